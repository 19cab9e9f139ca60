import type { Command } from 'commander';
import type { Perform } from './perform.js';

const TRAFFIC_HELP = `
Vehicles that crossed lines, came into and out of zones and broke rules, by the clock and by class, with the share of the time in which
the camera was seen. Where it was not seen at all there is no number, never 0. Intervals of 1, 5 or 15 minutes (publish.trafficIntervalMin)
are kept for 90 days, then hours for ten years. Steps are aligned to the clock, days to UTC, and are whole intervals: of intervals of
5 minutes 7m is 10m. Totals go on over restarts.

Times are like 15m, 24h, 7d before now (--since: before --until), ISO 8601 (with Z, or in local time), or Unix seconds.

Examples:
  edge-optimizer traffic
  edge-optimizer traffic --since 7d --step 1d --camera north
  edge-optimizer traffic --since 2026-11-26T00:00Z --until 2026-11-27T00:00Z --csv

Works beside the running program, of which it knows all but the last second, and without it.`;

/** `edge-optimizer traffic`. */
export function addTraffic(program: Command, perform: Perform): void {
  program
    .command('traffic')
    .description('print what was counted over lines, in zones and of rules broken: minutes or years ago')
    .option('--since <time>', 'how far back, or from when; default 24h')
    .option('--until <time>', 'up to when; default now')
    .option('--step <time>', 'length of an interval: 5m, 1h, 1d; default 1h, in files as it was counted')
    .option('--camera <id>', 'only what was counted before this camera')
    .option('--tenant <id>', 'only what this tenant would be shown')
    .option('--forecast', 'what the next 24 hours will be like, learned from up to half a year before')
    .option('--csv', 'a line for each count')
    .option('--json', 'one JSON object')
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .addHelpText('after', TRAFFIC_HELP)
    .action((options) =>
      perform(async () =>
        options.forecast
          ? (await import('../traffic-forecast.js')).showForecast(options)
          : (await import('../traffic.js')).showTraffic(options),
      ),
    );
}
