import { type Command, InvalidArgumentError } from 'commander';
import { PAST_TIME_IN_WORDS, pastTime } from '../../foundation/past-time.js';
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
    .option('--since <when>', 'history from then on: 24h, 7d, a date', since, undefined)
    .option('--code <code>', 'only this one')
    .option('--limit <n>', 'the newest so many steps of the history', numberArgument(1, 100_000, true), 100)
    .option('-c, --config <file>', "the site's configuration file: where store.dir is")
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../alerts.js')).showAlerts(options)));
}

function since(text: string): number {
  const at = pastTime(text, Date.now());
  if (at === null) throw new InvalidArgumentError(`Expected ${PAST_TIME_IN_WORDS}.`);
  return at;
}
