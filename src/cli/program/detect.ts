import type { Command } from 'commander';
import { numberArgument } from './argument.js';
import { TLS_CA_FILE, TLS_FINGERPRINT } from './certificate-options.js';
import type { Perform } from './perform.js';

const EXAMPLES = `
Examples:
  edge-optimizer detect crossing.jpg
  edge-optimizer detect pictures/ https://example.org/road.png --out annotated --score 0.5
  cat crossing.jpg | edge-optimizer detect - --json --classes car,bus

Pictures have nothing to do with one another here: no tracks, no memory. Exit code 1 where a picture could not be read.`;

/** `edge-optimizer detect`. */
export function addDetect(program: Command, perform: Perform): void {
  program
    .command('detect')
    .description('say what is in single pictures: files, folders with all beneath them, http(s) addresses, - for stdin')
    .argument('<picture...>', 'JPEG, PNG or WebP')
    .option('-c, --config <file>', "the site's configuration file: its model, detector and capture settings")
    .option('--model <name>', 'model to detect with')
    .option('--variant <id>', "one of the model's variants")
    .option(
      '--score <n>',
      'leave out boxes under this score; default: as the model is configured',
      numberArgument(0, 1),
    )
    .option('--classes <names>', 'report these classes only, comma-separated')
    .option('--out <folder>', 'write each picture there with its boxes drawn in, as JPEG; nothing is replaced')
    .addOption(TLS_FINGERPRINT)
    .addOption(TLS_CA_FILE)
    .option('--json', 'one JSON object a picture, a line each')
    .addHelpText('after', EXAMPLES)
    .action((pictures: string[], options) =>
      perform(async () => (await import('../detect.js')).detect({ pictures, ...options })),
    );
}
