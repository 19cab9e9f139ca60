import { type Command, Option } from 'commander';
import { LANGUAGE_CODES } from '../../diagnose/languages/codes.js';
import { PICTURE_FORMS } from '../aim/terminal-picture/terminal-picture.js';
import { numberArgument } from './argument.js';
import type { Perform } from './perform.js';

const HELP = `
The picture with what is found in it, and beneath it how sharp it is against the best so far, how light, how many vehicles come
by, and how small a vehicle may be to be found: the square in the corner of the picture is that large. Every frame is inferred;
nothing is stored or published. A camera at /dev/video* can be opened by one program only: stop the service first.

Examples:
  edge-optimizer aim north --config site.yaml
  edge-optimizer aim rtsp://192.168.1.20/stream1
  edge-optimizer aim north --config site.yaml --json | head -3`;

/** `edge-optimizer aim`. */
export function addAim(program: Command, perform: Perform): void {
  program
    .command('aim')
    .description('live help while a camera is being aimed: picture, focus, light, vehicles found')
    .argument('<camera>', 'id of a camera in the configuration, or an address')
    .option('-c, --config <file>', "the site's configuration file; default: the installed one, where there is one")
    .addOption(
      new Option('--picture <form>', 'how the terminal is told the picture; default: as it says of itself').choices(
        PICTURE_FORMS,
      ),
    )
    .addOption(new Option('--lang <language>', 'default: as LANG says').choices(LANGUAGE_CODES))
    .option('--duration <s>', 'end after so many seconds', numberArgument(0.1, 86_400))
    .option('--json', 'one JSON object a second')
    .addHelpText('after', HELP)
    .action((camera, options) => perform(async () => (await import('../aim/aim.js')).aim(camera, options)));
}
