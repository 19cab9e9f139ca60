import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isGone } from './cli/reader-gone.js';
import { EdgeError, explain } from './foundation/errors.js';
import { PROJECT_ROOT } from './foundation/home.js';
import { maskCredentials } from './foundation/log.js';

/*
 * The command line. Each command's work is in cli/, loaded only when the command is called. Exit codes: 0 done,
 * 1 failed, 2 the command line or the configuration cannot be used.
 */

/** What a timer can hold: 24 days. */
const MAX_TIMER_S = 2_147_483;

const FAILED = 1;
const UNUSABLE = 2;

function number(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const fits = text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!fits)
      throw new InvalidArgumentError(`Expected ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`);
    return value;
  };
}

const OPTIMIZE_EXAMPLES = `
Examples:
  edge-optimizer models optimize roadside-n --frames rtsp://camera/stream
  edge-optimizer models optimize junction --frames monday.mp4 --frames night.mp4 --sizes 416x256,640x384
  edge-optimizer models optimize junction --frames pictures/ --labels labels.json --target cuda --dry-run

Runs at the lowest priority, on one thread: a runtime beside it loses no frame. Ctrl-C leaves the models as they were.`;

const COMPARE_EXAMPLES = `
Examples:
  edge-optimizer models compare roadside-n:fp32-416x256 int8-416x256 --frames monday.mp4
  edge-optimizer models compare roadside-n roadside-s --frames pictures/ --labels labels.json`;

const SHOW_EXAMPLES = `
Examples:
  edge-optimizer models show roadside-n
  edge-optimizer models show roadside-n:fp32-640x384 --json`;

const PROFILE_EXAMPLES = `
Examples:
  edge-optimizer profile --budget 5m
  edge-optimizer profile --model roadside-n --variants fp32-416x256,int8-416x256 --threads 1,2
  edge-optimizer profile --show --json

Kept under a fingerprint of this device; a later call goes on where this one stopped. Ctrl-C leaves a valid partial profile.`;

const each = (text: string, earlier: string[] = []): string[] => [...earlier, text];

interface DetectorCheckOptions {
  readonly config?: string;
  readonly model?: string;
  readonly variant?: string;
  readonly batch?: number;
  readonly json?: boolean;
}

/** Runs a command's work and ends the process with its exit code. */
function finish(work: (...args: never[]) => Promise<number> | number): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const code = await work(...(args as never[]));
    if (code !== 0) process.exitCode = code;
  };
}

function buildProgram(): Command {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  const program = new Command('edge-optimizer')
    .description('Says which vehicles are where, from fixed roadside cameras, and reports over MQTT.')
    .version(version)
    .showSuggestionAfterError()
    .exitOverride((error) => {
      throw error;
    });
  addRun(program);
  addConfig(program.command('config').description('check and show the configuration'));
  addModels(program.command('models').description('list, verify, add, fetch and optimize models'));
  addProfile(program);
  addDetector(program.command('detector').description('work with detector workers'));
  return program;
}

function addRun(program: Command): void {
  program
    .command('run')
    .description('watch cameras, detect vehicles, publish')
    .option('-s, --source <url>', 'camera, file, images:DIR or sim://road?traffic=mixed; repeatable', each)
    .option('-c, --config <file>', "the site's configuration file")
    .option('--site <name>', 'site name in MQTT topics')
    .option('--device <name>', 'device name in MQTT topics')
    .option('--board <name>', 'device-config/<board>.yaml to use; auto recognises it')
    .option('--broker <url>', 'off, embedded, or mqtt[s]://host[:port]')
    .option('--model <name>', 'model to detect with')
    .option('--variant <id>', "one of the model's variants")
    .option('--threads <n>', 'intra-op threads per session', number(1, 64, true))
    .option('--workers <n>', 'detector processes', number(1, 16, true))
    .addOption(
      new Option('--pace <pace>', 'files and sim://: at their own rate, or as fast as they are answered').choices([
        'realtime',
        'fast',
      ]),
    )
    .option('--loop', 'start files again when they end')
    .option('--max-fps <n>', 'take at most so many frames a second', number(0.01, 120))
    .option('--duration <s>', 'stop after so many seconds of serving', number(0.1, MAX_TIMER_S))
    .option('--frames <n>', 'stop after so many answered frames', number(1, 1e12, true))
    .option('--json', 'JSON lines on stdout, the last one a summary')
    .option('--results <file.jsonl>', 'append one JSON line per answered frame')
    .option('--preview <file.jpg>', 'keep the latest annotated frame here; {camera} becomes the camera id')
    .option('--no-http', 'do not serve /metrics, /healthz and /readyz')
    .addOption(
      new Option('--log-level <level>', 'least important log line').choices([
        'silent',
        'error',
        'warn',
        'info',
        'debug',
      ]),
    )
    .action(finish(async (options) => (await import('./cli/run.js')).run(options)));
}

function addConfig(config: Command): void {
  config
    .command('check <file>')
    .description('report every problem of a configuration file; exit code 2 if there is one')
    .option('--board <name>', 'check it for this board')
    .option('--json', 'one JSON object')
    .action(
      finish(async (file: string, options) =>
        (await import('./cli/config.js')).checkConfig({ file, ...(options as object) }),
      ),
    );
  config
    .command('show')
    .description('print the effective values and where each came from')
    .option('-c, --config <file>', "the site's configuration file")
    .option('--board <name>', 'device-config/<board>.yaml to use; auto recognises it')
    .option('--changed', 'only values that differ from the defaults')
    .option('--json', 'one JSON object')
    .action(finish(async (options) => (await import('./cli/config.js')).showConfig(options)));
}

function addModels(models: Command): void {
  const dir = new Option('--dir <folder>', 'where models are kept').default('models');
  const colour = new Option('--colour <order>', 'order of the colours at the input').choices(['rgb', 'bgr']);
  models
    .command('list')
    .description('models and their variants')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .action(finish(async (options) => (await import('./cli/models.js')).listModels(options)));
  models
    .command('verify [name]')
    .description('compare every file with its sha256')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .action(
      finish(async (name: string | undefined, options) =>
        (await import('./cli/models.js')).verifyModels({ name, ...(options as object) }),
      ),
    );
  models
    .command('add <file>')
    .description('bring your own .onnx: runs it to check its shapes, then writes its manifest')
    .addOption(dir)
    .requiredOption('--family <family>', 'roadside, yolox, yolov8, yolov10 or detr')
    .option('--name <name>', 'name in the registry; default: the file name')
    .option('--classes <names>', 'class names in order, comma-separated, a file with one a line, or coco')
    .option('--input <WxH>', 'input size, e.g. 640x384; default: what the model says')
    .addOption(colour)
    .option(
      '--scale <n>',
      'what bytes are multiplied by before they enter the model; default: as the family is exported',
      number(0, 1),
    )
    .option('--licence <text>', "the model's licence")
    .option('--origin <text>', 'where it comes from')
    .option('--json', 'one JSON object')
    .action(
      finish(async (file: string, options) =>
        (await import('./cli/models.js')).addModel({ file, ...(options as object) }),
      ),
    );
  models
    .command('pull <name-or-url>')
    .description('fetch a published model, or any URL with --sha256 and --family')
    .addOption(dir)
    .option('--sha256 <hex>', 'what the file must hash to; required for a URL')
    .option('--family <family>', 'how to read its output; required for a URL')
    .option('--name <name>', 'name in the registry')
    .option('--classes <names>', 'class names in order, comma-separated, a file with one a line, or coco')
    .option('--input <WxH>', 'input size, e.g. 640x384')
    .option('--json', 'one JSON object')
    .action(
      finish(async (what: string, options) =>
        (await import('./cli/models.js')).pullModel({ what, ...(options as object) }),
      ),
    );
  addWorkshop(models, dir);
}

function addWorkshop(models: Command, dir: Option): void {
  const frames = new Option(
    '-f, --frames <source>',
    'folder of pictures, clip, camera URL, sim://road or diary folder; repeatable',
  ).argParser(each);
  const labels = new Option(
    '--labels <file.json>',
    'COCO labels of the pictures; YOLO text beside them is found by itself',
  );
  models
    .command('optimize <name>')
    .description('make the faster variants that this device can use, and keep those that kept their accuracy')
    .addOption(dir)
    .addOption(frames)
    .option('--judge-on <source>', 'frames that only judge; default: a third of --frames; repeatable', each)
    .addOption(labels)
    .option('--count <n>', 'frames to take of each at most; default 256', number(12, 100_000, true))
    .option('--target <where>', 'cpu, cuda, tensorrt or arm; default: the processor of this device')
    .option(
      '--min-f1 <share>',
      'F1 against the fp32 model below which a variant is refused; default 0.97',
      number(0, 1),
    )
    .option('--only <kinds>', 'some of int8, fused, fp16, pruned, sizes; default: all that the target knows')
    .option(
      '--sizes <WxH,…>',
      'input sizes to offer too, e.g. 416x256,640x384; default: the usual ones of a dynamic model',
    )
    .option('--classes <names>', 'cut all other classes out of the model')
    .option('--report <folder>', 'where report.html and report.md go; default: data/reports/…')
    .option('--dry-run', 'make, judge and report, but register nothing')
    .option('--json', 'one JSON object')
    .addHelpText('after', OPTIMIZE_EXAMPLES)
    .action(
      finish(async (name: string, options) =>
        (await import('./cli/optimize.js')).optimizeModel({ name, ...(options as object) }),
      ),
    );
  models
    .command('compare <a> <b>')
    .description('run two variants on the same frames: agreement, accuracy where there are labels, speed')
    .addOption(dir)
    .addOption(frames)
    .addOption(labels)
    .option('--count <n>', 'frames to take at most; default 256', number(1, 100_000, true))
    .option('--json', 'one JSON object')
    .addHelpText('after', COMPARE_EXAMPLES)
    .action(
      finish(async (first: string, second: string, options) =>
        (await import('./cli/compare-models.js')).compareModels({ first, second, ...(options as object) }),
      ),
    );
  models
    .command('show <name>')
    .description('layers, multiplications, parameters and sizes of a model, or of NAME:VARIANT')
    .addOption(dir)
    .option('--json', 'one JSON object')
    .addHelpText('after', SHOW_EXAMPLES)
    .action(
      finish(async (what: string, options) =>
        (await import('./cli/show-model.js')).showModel({ what, ...(options as object) }),
      ),
    );
}

function addProfile(program: Command): void {
  program
    .command('profile')
    .description("measure how a model's variants run on this device: threads, batch, workers, provider")
    .option('-c, --config <file>', "the site's configuration file: its model and detector settings")
    .option('--model <name>', 'model to measure')
    .option('--variants <ids>', 'variants to measure, comma-separated; default: all')
    .option('--providers <names>', 'execution providers to try; default: those configured')
    .option('--threads <counts>', 'intra-op threads to try, e.g. 1,2,4; default: up to the cores')
    .option('--batch <sizes>', 'batch sizes to try')
    .option('--workers <counts>', 'detector processes to try')
    .option('--budget <time>', 'stop after so long: 90s, 5m, 1h; what was measured stays')
    .option('--rounds <n>', 'windows per configuration', number(1, 100, true))
    .option('--window <ms>', 'length of a window', number(10, 60_000))
    .option('--brute-force', 'measure every configuration instead of searching')
    .option('--fresh', 'measure again what is known already')
    .option('--show', 'only print what is stored')
    .option('--json', 'one JSON object')
    .addHelpText('after', PROFILE_EXAMPLES)
    .action(finish(async (options) => (await import('./cli/profile.js')).profile(options)));
}

function addDetector(detector: Command): void {
  detector
    .command('check')
    .description(
      'run any worker through the conformance test of the worker protocol: detector check -- python3 my_worker.py',
    )
    .argument('[command...]', 'the worker and its arguments; default: the built-in worker')
    .option('--json', 'one JSON object')
    .option('-c, --config <file>', "the site's configuration file: its model and detector settings")
    .option('--model <name>', 'model that the worker is asked to load')
    .option('--variant <id>', "one of the model's variants")
    .option('--batch <n>', 'check batches of so many pictures too, if the model takes them', number(2, 64, true))
    .action(
      finish(async (command: string[], options: DetectorCheckOptions) => {
        const { checkDetector, requestToCheck } = await import('./cli/detector.js');
        return checkDetector(command, { ...options, request: await requestToCheck(options) });
      }),
    );
}

async function main(): Promise<void> {
  // whoever stops reading (`… | head`) has seen enough; anything else that goes wrong there is a failure
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isGone(error)) process.exitCode = FAILED;
    });
  }
  try {
    await buildProgram().parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Prints what a person must know about a failure; a defect of the program keeps its stack. */
function exitCodeOf(error: unknown): number {
  if (isCommanderExit(error)) return error.exitCode === 0 ? 0 : UNUSABLE;
  if (error instanceof EdgeError) {
    process.stderr.write(`${error.code}: ${maskCredentials(explain(error))}\n`);
    return error.code === 'E_CONFIG' ? UNUSABLE : FAILED;
  }
  process.stderr.write(`${maskCredentials(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  return FAILED;
}

/** Commander ends with an error of its own for --help, --version and bad usage; it has printed the text already. */
function isCommanderExit(error: unknown): error is Error & { exitCode: number } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('commander.')
  );
}

await main();
