import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { isGone } from './cli/reader-gone.js';
import { EdgeError, explain } from './errors.js';
import { maskCredentials } from './log.js';
import { PROJECT_ROOT } from './root.js';

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
  addModels(program.command('models').description('list, verify, add and fetch models'));
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
