import type { Command } from 'commander';
import { each, numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HISTORY_HELP = `
Every metric is read once a second and kept as minimum, mean, maximum, 95th percentile and number of readings: in steps of 10 s
for 2 days, of 1 min for 30 days and of 1 h for 2 years (history.keep10sDays, keep1minDays, keep1hDays). Counters are kept as what
they grow by per second, histograms as what they observed. A time without readings is a gap, never 0.

Times are like 90s, 15m, 24h, 7d or 1h30m before now (--since: before --until), ISO 8601 (with Z, or in local time), or Unix
seconds. Steps are rounded up to what can be made of 10 s, 1 min and 1 h, and to what is still kept of that time.

Examples:
  edge-optimizer history
  edge-optimizer history fps_inferred
  edge-optimizer history latency_p95.north --since 7d --step 1h
  edge-optimizer history frames_dropped --label cause=stale --since 2026-11-26T06:00Z --until 2026-11-26T09:00Z --csv

Works beside the running program, of which it knows all but the minute that goes on, and without it.`;

/** `edge-optimizer history`. */
export function addHistory(program: Command, perform: Perform): void {
  program
    .command('history')
    .description('print and draw what was measured: every metric, minutes or years ago')
    .argument('[metric]', 'a metric (fps_inferred) or one series (fps_inferred.north); without one all are listed')
    .option('--since <time>', 'how far back, or from when; default 24h, or what there is of them')
    .option('--until <time>', 'up to when; default now')
    .option('--step <time>', 'of one point: 10s, 1m, 1h; default: as fits the terminal, 500 points in files')
    .option('--label <name=value>', 'only series with this label; repeatable', each)
    .option('--tenant <id>', 'only what this tenant would be shown')
    .option('--csv', 'a line for each point')
    .option('--json', 'one JSON object')
    .option('--width <n>', 'characters of a chart; default: the terminal', numberArgument(20, 1000, true))
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .addHelpText('after', HISTORY_HELP)
    .action((metric: string | undefined, options) =>
      perform(async () => (await import('../history/history.js')).showHistory({ metric, ...options })),
    );
}
