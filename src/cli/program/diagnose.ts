import { type Command, Option } from 'commander';
import { LANGUAGE_CODES } from '../../diagnose/languages/codes.js';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
It takes ten seconds at most, changes nothing, and works beside the running service and without it. Each fault comes with how it was
seen, what it means, and what mends it.

Exit codes: 0 all is well, or could not be looked at; 1 degraded; 2 broken.

Examples:
  edge-optimizer diagnose --config /etc/edge-optimizer/site.yaml
  edge-optimizer diagnose --only cameras,broker --lang es
  edge-optimizer diagnose --json
  sudo edge-optimizer diagnose --bundle cabinet7.tar.gz`;

/** `edge-optimizer diagnose`. */
export function addDiagnose(program: Command, perform: Perform): void {
  program
    .command('diagnose')
    .description('find out what is wrong with this device, and what mends it')
    .option('-c, --config <file>', "the site's configuration file; default: the installed one, where there is one")
    .option('--only <names>', 'grounds (system, storage, cameras …) or single checks (system/clock), comma-separated')
    .option('--root <folder>', 'look at the recorded files of another machine')
    .option('--open-cameras', 'open cameras too that the running service holds')
    .option('--thumbnails', 'small pictures of the cameras that are opened, black where they are masked')
    .addOption(new Option('--lang <language>', 'default: as LANG says').choices(LANGUAGE_CODES))
    .option('--watch [s]', 'look again every so many seconds, until it is stopped', numberArgument(1, 86_400))
    .option(
      '--bundle <file>',
      'pack the report with log, metrics and configuration, without secrets: a .tar.gz to send; - is stdout',
    )
    .option('--bundle-max <MiB>', 'how large it may be; default 8', numberArgument(0.05, 256))
    .option('--json', 'one JSON object; with --watch one a line')
    .addHelpText('after', HELP)
    // a check that hangs, on a disk or a socket, would keep the process for as long
    .action((options) =>
      perform(async () => (await import('../diagnose.js')).diagnoseDevice(options), { atOnce: true }),
    );
}
