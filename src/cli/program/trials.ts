import { type Command, Option } from 'commander';
import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
Each change that the tuning makes is a trial: the score before, the change, the score after. kept: it did no harm, and paid where it had to;
rolled-back: it harmed or did not pay, and what was before stands again; expired: nothing could be said about it.

Examples:
  edge-optimizer trials
  edge-optimizer trials --since 30d --strategy model --verdict rolled-back
  edge-optimizer trials --limit 50 --page 2 --json

They are read from history.db in store.dir, beside a running program or without one. docs/optimization.md says how they are judged.`;

/** `edge-optimizer trials`. */
export function addTrials(program: Command, perform: Perform): void {
  program
    .command('trials')
    .description('show what the tuning tried, and what became of it')
    .option('--since <time>', 'those that began from then on: 24h, 7d, a date; default 7d')
    .option('--until <time>', 'up to when; default now')
    .addOption(new Option('--strategy <name>', 'only those of this strategy').choices(OPTIMIZATIONS))
    .addOption(
      new Option('--verdict <verdict>', 'only those that ended so').choices([
        'kept',
        'rolled-back',
        'expired',
        'under-way',
      ]),
    )
    .option('--limit <n>', 'so many, the newest first', numberArgument(1, 100_000, true), 30)
    .option('--page <n>', 'the second so many, and so on', numberArgument(1, 100_000, true), 1)
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .option('--csv', 'a line for each trial')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../trials.js')).showTrials(options)));
}
