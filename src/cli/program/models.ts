import { type Command, Option } from 'commander';
import { FAMILIES } from '../../detect/detector.js';
import { each, numberArgument } from './argument.js';
import { TLS_CA_FILE, TLS_FINGERPRINT } from './certificate-options.js';
import type { Perform } from './perform.js';
import { addWorkshop } from './workshop.js';

/** `edge-optimizer models list | verify | add | pull`, and the commands of the workshop. */
export function addModels(program: Command, perform: Perform): void {
  const models = program.command('models').description('list, verify, add, fetch and optimize models');
  const dir = new Option('--dir <folder>', 'where models are kept').default('models');
  const colour = new Option('--colour <order>', 'order of the colours at the input').choices(['rgb', 'bgr']);
  models
    .command('list')
    .description('models and their variants')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .action((options) => perform(async () => (await import('../models.js')).listModels(options)));
  models
    .command('verify [name]')
    .description('compare every file with its sha256')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .action((name: string | undefined, options) =>
      perform(async () => (await import('../models.js')).verifyModels({ name, ...options })),
    );
  models
    .command('add <file>')
    .description('bring your own .onnx: runs it on pictures, finds out how it is to be read, and writes its manifest')
    .addOption(dir)
    .option(
      '--family <family>',
      `how its output is to be read, checked against its numbers: ${FAMILIES.join(', ')}, or a name such as yolo11, rt-detr, deim`,
    )
    .option('--name <name>', 'name in the registry; default: the file name')
    .option(
      '--classes <names>',
      'class names in order, comma-separated, a file with one a line, or coco; default: as the file says',
    )
    .option('--input <WxH>', 'input size, e.g. 640x384; default: what the model says')
    .addOption(colour)
    .option(
      '--scale <n>',
      'what bytes are multiplied by before they enter the model; default: what finds most',
      numberArgument(0, 1),
    )
    .option(
      '--fill <name=values>',
      "what goes into an input besides the picture, may be repeated: numbers, width and height (the input's), e.g. size=height,width; default: what its name says",
      each,
    )
    .option('--licence <text>', "the model's licence")
    .option('--origin <text>', 'where it comes from')
    .option('-f, --frames <source>', 'pictures of your own to try it on: a folder, a clip, a camera; repeatable', each)
    .addOption(TLS_FINGERPRINT)
    .addOption(TLS_CA_FILE)
    .option('--out <folder>', "for pictures with its boxes; default: `seen` in the model's folder")
    .option('--dry-run', 'try it, and add nothing')
    .option('--force', 'add it although its numbers make no sense')
    .option('--json', 'one JSON object')
    .action((file: string, options) =>
      perform(async () => {
        const { addModel, discardWhenStopped } = await import('../add-model.js');
        discardWhenStopped(options);
        return addModel({ file, ...options });
      }),
    );
  models
    .command('pull <name-or-url>')
    .description('fetch a published model, or any URL with --sha256')
    .addOption(dir)
    .option('--sha256 <hex>', 'what the file must hash to; required for a URL')
    .option('--family <family>', 'how its output is to be read; default: what its numbers fit')
    .option('--name <name>', 'name in the registry')
    .option('--classes <names>', 'class names in order, comma-separated, a file with one a line, or coco')
    .option('--input <WxH>', 'input size, e.g. 640x384')
    .option('--json', 'one JSON object')
    .action((what: string, options) =>
      perform(async () => {
        const { discardWhenStopped, pullModel } = await import('../add-model.js');
        discardWhenStopped(options);
        return pullModel({ what, ...options });
      }),
    );
  addWorkshop(models, dir, perform);
}
