import { type Command, Option } from 'commander';
import { REPORT_LANGUAGE_CODES } from '../../config/report-languages.js';
import type { Perform } from './perform.js';

const HELP = `
The running program makes both by itself once a day or week is over, in reports/ of store.dir, and tells them over MQTT; this makes one
anew from history.db, beside the running program or without it. Days and hours are those of report.timeZone, or else of this machine.

Without --json, --markdown or --html it is printed as Markdown. What nobody knows is a dash, never 0.

Examples:
  edge-optimizer report
  edge-optimizer report --day 2026-11-26 --open --lang es
  edge-optimizer report --week 2026-11-26 --html week.html
  edge-optimizer report --day yesterday --json`;

/** `edge-optimizer report`. */
export function addReport(program: Command, perform: Perform): void {
  program
    .command('report')
    .description('what a day or a week was: traffic, availability, accuracy, costs, trends, and what to do')
    .addOption(new Option('--day <date>', '2026-11-27, today or yesterday; default yesterday').conflicts('week'))
    .option('--week <date>', 'the week that has this day; twelve weeks up to it are looked at')
    .option('--open', 'show it as a page in a browser')
    .option('--html <file>', 'write it as one page')
    .option('--markdown', 'print it as Markdown')
    .option('--json', 'one JSON object')
    .addOption(new Option('--lang <language>', 'default: as LANG says').choices(REPORT_LANGUAGE_CODES))
    .option('--tenant <id>', 'that of this tenant')
    .option('-c, --config <file>', "the site's configuration file: store.dir, cameras, prices, time zone")
    .option('--file <history.db>', 'a history.db from elsewhere, a backup for one')
    .addHelpText('after', HELP)
    .action((options) => perform(async () => (await import('../show-report.js')).showReport(options)));
}
