import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
Examples:
  edge-optimizer alerts
  edge-optimizer alerts --since 24h --code camera-lost --json

They are read from history.db in store.dir, beside a running service or without one. A service that runs also answers
GET /api/alerts; docs/alerts.md says how to acknowledge and to snooze.`;

/** `edge-optimizer alerts`. */
export function addAlerts(program: Command, perform: Perform): void {
  program
    .command('alerts')
    .description('show the alerts that hold, and what happened to alerts')
    .option('--since <time>', 'the history from then on: 24h, 7d, a date; default 7d')
    .option('--code <code>', 'only this one')
    .option('--tenant <id>', 'only what this tenant would be shown')
    .option('--limit <n>', 'the newest so many steps of the history', numberArgument(1, 100_000, true), 100)
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../alerts.js')).showAlerts(options)));
}
