import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCHMARKS } from '../../bench/benchmarks.js';
import { buildProgram } from '../../src/cli/program/program.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { parseCommandLine } from '../cli/program/parse.js';

const SCRIPTS = Object.keys(JSON.parse(read('package.json')).scripts as object);
const TESTS = readdirSync(join(PROJECT_ROOT, 'test'), { recursive: true }).map(String);
/** Of the program where it lies, and of an unpacked bundle. */
const INSTALLERS = ['scripts/install.sh', 'scripts/bundle/install.sh'] as const;
const NPM_OF_ITSELF = ['ci', 'install', 'pack', 'prune', 'rebuild'];
/** Options of the mqtt package's own command that documents use. */
const MQTT_OPTIONS = ['-t', '-m', '-v', '-h', '-p', '-q', '-r', '-u', '-P'];

function read(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), 'utf8');
}

/**
 * What is wrong with a command that a document tells people to type, where it is one of ours.
 * @param words as the shell splits them
 * @returns null where nothing is, or where the command is somebody else's
 */
export async function problemOf(words: readonly string[]): Promise<string | null> {
  const [program, ...args] = ownWords(words);
  if (program === 'edge-optimizer') return commandProblem(args);
  if (program === 'npx' && args[0] === 'edge-optimizer') return commandProblem(args.slice(1));
  if (program === 'npx' && args[0] === 'mqtt') return mqttProblem(args.slice(1));
  if (program === 'npm') return npmProblem(args);
  if (program === 'sh' && args[0]?.endsWith('scripts/install.sh')) return installProblem(INSTALLERS[0], args.slice(1));
  if (program?.endsWith('/install')) return installProblem(INSTALLERS[1], args);
  if (program !== undefined && /(^|\/)node$/.test(program)) return nodeProblem(args);
  return null;
}

/** Without what stands before the command itself: variables, `runuser … --`, and sudo with its options. */
function ownWords(words: readonly string[]): readonly string[] {
  let rest = words;
  while (/^\w+=/.test(rest[0] ?? '')) rest = rest.slice(1);
  if (rest[0] === 'runuser' && rest.includes('--')) return ownWords(rest.slice(rest.indexOf('--') + 1));
  if (rest[0] !== 'sudo') return rest;
  rest = rest.slice(1);
  while (rest[0]?.startsWith('-')) rest = rest.slice(/^-[ugD]$/.test(rest[0]) ? 2 : 1);
  return ownWords(rest);
}

async function commandProblem(args: readonly string[]): Promise<string | null> {
  try {
    await parseCommandLine(args);
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === 'commander.helpDisplayed' || code === 'commander.version' ? null : message;
  }
}

function nodeProblem(args: readonly string[]): Promise<string | null> | string | null {
  const at = args.findIndex((word) => !word.startsWith('-'));
  const script = args[at] ?? '';
  if (/(^|\/)(dist\/src\/main\.js|scripts\/edge-optimizer\.mjs)$/.test(script))
    return commandProblem(args.slice(at + 1));
  if (!/^(dist|scripts|bench|test)\//.test(script)) return null;
  const source = script.replace(/^dist\/(.*)\.js$/, '$1.ts');
  if (existsSync(join(PROJECT_ROOT, source)) || source.includes('PATH')) return null;
  return `no such script: ${source}`;
}

async function npmProblem(args: readonly string[]): Promise<string | null> {
  const words = args.filter((word, index) => !word.startsWith('-') || index > args.indexOf('--'));
  const [command, ...rest] = words.filter((word) => word !== '--');
  if (command === undefined || NPM_OF_ITSELF.includes(command)) return null;
  if (command === 'start') return commandProblem(['run', ...rest]);
  if (command === 'test')
    return missing('test file', rest, (part) => part === 'PATTERN' || TESTS.some((t) => t.includes(part)));
  if (command !== 'run') return `npm ${command} is not used here`;
  const [script, ...more] = rest;
  if (script === undefined || !SCRIPTS.includes(script)) return `package.json has no script ${script}`;
  return script === 'bench' ? benchProblem(more) : null;
}

function missing(what: string, names: readonly string[], exists: (name: string) => boolean): string | null {
  const gone = names.filter((name) => !exists(name));
  return gone.length > 0 ? `no such ${what}: ${gone.join(', ')}` : null;
}

/** A benchmark and its options, which its help and its sources tell. */
function benchProblem([name, ...args]: readonly string[]): string | null {
  if (name === undefined || name === 'NAME' || name.startsWith('--')) return null;
  if (name === 'compare') return missing('benchmark', args, (benchmark) => benchmark in BENCHMARKS);
  if (!(name in BENCHMARKS)) return `no such benchmark: ${name}`;
  return missing(
    'option',
    args.filter((word) => word.startsWith('--')),
    (option) => benchOptions(name).has(option),
  );
}

function benchOptions(name: string): Set<string> {
  const own = `bench/${name}/options.ts`;
  const files = ['bench/main.ts', `bench/${name}.ts`, ...(existsSync(join(PROJECT_ROOT, own)) ? [own] : [])];
  return new Set(files.flatMap((file) => read(file).match(/--[a-z][\w-]*/g) ?? []));
}

function mqttProblem([command, ...args]: readonly string[]): string | null {
  if (command !== 'sub' && command !== 'pub') return `npx mqtt ${command} is neither sub nor pub`;
  const unknown = missing(
    'option',
    args.filter((word) => /^--?[a-z]/i.test(word)),
    (option) => MQTT_OPTIONS.includes(option),
  );
  if (unknown !== null) return unknown;
  const topic = args[args.indexOf('-t') + 1] ?? '';
  return topic.startsWith('edge/v1/') ? null : `the topic ${topic} is none of this program's`;
}

/** Options that an installer's own help tells. */
const installOptions = (script: string) => new Set(read(script).match(/(?<=^ {2})--[a-z][\w-]*/gm) ?? []);

function installProblem(script: string, args: readonly string[]): string | null {
  const options = args.filter((word) => word.startsWith('--'));
  return missing('option', options, (option) => installOptions(script).has(option));
}

/** Every option of every command, benchmarks, bundles and installers included: `--frames`. */
export function everyOption(): Set<string> {
  return new Set([
    ...commandsOf(buildProgram(async () => undefined)).flatMap(({ command }) =>
      command.options.map(({ long }) => long ?? ''),
    ),
    ...Object.keys(BENCHMARKS).flatMap((name) => [...benchOptions(name)]),
    ...['scripts/bundle.mjs', 'scripts/receiver.ts'].flatMap((file) => read(file).match(/--[a-z][\w-]*/g) ?? []),
    ...INSTALLERS.flatMap((script) => [...installOptions(script)]),
  ]);
}

/** Whether the words name a command and say nothing of its arguments: `edge-optimizer models optimize`. */
export function isBareName([program, ...words]: readonly string[]): boolean {
  const commands = commandsOf(buildProgram(async () => undefined));
  return program === 'edge-optimizer' && commands.some(({ name }) => name === words.join(' '));
}

type Command = ReturnType<typeof buildProgram>;

interface Named {
  /** Empty for the program itself, `models list` for a command of a group. */
  readonly name: string;
  readonly command: Command;
}

function commandsOf(command: Command, name = ''): Named[] {
  const children = command.commands.flatMap((child) => commandsOf(child, `${name} ${child.name()}`.trim()));
  return [{ name, command }, ...children];
}

/**
 * What is wrong with a command that prose mentions without saying all of it: `models optimize`, `run --results FILE`.
 * @returns null where the words name no command of ours
 */
export function problemOfMention(words: readonly string[]): string | null {
  const commands = commandsOf(buildProgram(async () => undefined));
  const top = commands.find(({ name }) => name === words[0]);
  if (top === undefined || words.length < 2) return null;
  const found = commands.find(({ name }) => name === `${words[0]} ${words[1]}`) ?? top;
  if (found === top && top.command.commands.length > 0) return `unknown command ${words.join(' ')}`;
  const options = words.filter((word) => word.startsWith('--') && word !== '--');
  return missing('option', options, (option) => found.command.options.some(({ long }) => long === option));
}
