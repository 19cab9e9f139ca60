import { type Command, Option } from 'commander';
import { each, numberArgument } from './argument.js';
import { TLS_CA_FILE, TLS_FINGERPRINT } from './certificate-options.js';
import type { Perform } from './perform.js';

const OPTIMIZE_EXAMPLES = `
Examples:
  edge-optimizer models optimize roadside-n --frames rtsp://camera/stream
  edge-optimizer models optimize junction --frames monday.mp4 --frames night.mp4 --sizes 416x256,640x384
  edge-optimizer models optimize junction --frames pictures/ --labels labels.json --target cuda --dry-run

Runs at the lowest priority, on one thread: a runtime beside it loses no frame. Ctrl-C leaves the models as they were.`;

const COMPARE_EXAMPLES = `
Examples:
  edge-optimizer models compare roadside-n:fp32-416x256 int8-416x256 --frames monday.mp4
  edge-optimizer models compare roadside-n roadside-s --frames pictures/ --labels labels.json
  edge-optimizer models compare junction roadside-s --frames set/images --keep`;

const SHOW_EXAMPLES = `
Examples:
  edge-optimizer models show roadside-n
  edge-optimizer models show roadside-n:fp32-640x384 --json`;

/** `edge-optimizer models optimize | compare | show`. */
export function addWorkshop(models: Command, dir: Option, perform: Perform): void {
  const frames = new Option(
    '-f, --frames <source>',
    'folder of pictures, clip, camera URL, sim://road or diary folder; repeatable',
  ).argParser(each);
  const labels = new Option(
    '--labels <file.json>',
    'COCO labels of the pictures; those of Ultralytics, Roboflow, COCO and Pascal VOC sets are found by themselves',
  );
  models
    .command('optimize <name>')
    .description('make the faster variants that this device can use, and keep those that kept their accuracy')
    .addOption(dir)
    .addOption(frames)
    .option('--judge-on <source>', 'frames that only judge; default: a third of --frames; repeatable', each)
    .addOption(labels)
    .addOption(TLS_FINGERPRINT)
    .addOption(TLS_CA_FILE)
    .option('--count <n>', 'frames to take of each at most; default 256', numberArgument(12, 100_000, true))
    .option('--target <where>', 'cpu, cuda, tensorrt or arm; default: the processor of this device')
    .option(
      '--min-f1 <share>',
      'F1 against the fp32 model below which a variant is refused; default 0.97',
      numberArgument(0, 1),
    )
    .option('--only <kinds>', 'some of int8, fused, fp16, pruned, sizes; default: all that the target knows')
    .option(
      '--sizes <WxH,…>',
      'input sizes to offer too, e.g. 416x256,640x384; default: the usual ones of a dynamic model',
    )
    .option('--classes <names>', 'cut all other classes out of the model')
    .option('--report <folder>', 'where report.html and report.md go; default: reports/… in store.dir')
    .option('-c, --config <file>', "the site's configuration file, for its store.dir")
    .option('--dry-run', 'make, judge and report, but register nothing')
    .option('--json', 'one JSON object')
    .addHelpText('after', OPTIMIZE_EXAMPLES)
    .action((name: string, options) =>
      perform(async () => (await import('../optimize.js')).optimizeModel({ name, ...options })),
    );
  models
    .command('compare <a> <b>')
    .description('run two variants on the same frames: agreement, accuracy where there are labels, speed')
    .addOption(dir)
    .addOption(frames)
    .addOption(labels)
    .addOption(TLS_FINGERPRINT)
    .addOption(TLS_CA_FILE)
    .option('--count <n>', 'frames to take at most; default 256', numberArgument(1, 100_000, true))
    .option('--keep', 'write the F1 against the labels into both manifests: model.name auto goes by it')
    .option('--json', 'one JSON object')
    .addHelpText('after', COMPARE_EXAMPLES)
    .action((first: string, second: string, options) =>
      perform(async () => (await import('../compare-models.js')).compareModels({ first, second, ...options })),
    );
  models
    .command('show <name>')
    .description('layers, multiplications, parameters and sizes of a model, or of NAME:VARIANT')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .addHelpText('after', SHOW_EXAMPLES)
    .action((what: string, options) =>
      perform(async () => (await import('../show-model.js')).showModel({ what, ...options })),
    );
}
