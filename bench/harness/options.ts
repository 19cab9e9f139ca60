import { join } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { explain } from '../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

/** Something on the command line is wrong: the message alone is shown, without a stack. */
export class OptionError extends Error {}

/** One option of a benchmark: what its text means, and what holds where it is not given. */
export interface Option<Value> {
  /** It takes no text: to be there is what it says. */
  readonly isFlag: boolean;
  /** It may be given several times, and is a list. */
  readonly isRepeated?: boolean;
  readonly usual: Value;
  /** In place of `usual` in a run with `--quick`. */
  readonly quick: Value;
  /** @throws OptionError naming the option and what was expected */
  readonly read: (name: string, given: string) => Value;
}

/** What is declared, by the name on the command line without its dashes. */
type Declared = Readonly<Record<string, Option<unknown>>>;

/** What was read, by the same names. */
type Read<Options extends Declared> = {
  readonly [Name in keyof Options]: Options[Name] extends Option<infer Value> ? Value : never;
};

/**
 * Reads a benchmark's command line; an option that is given counts more than what `--quick` takes for it.
 * `--help` shows the usage and ends the process.
 *
 * @throws OptionError where an option is not among the declared ones, or its value is wrong; what `parseArgs` of Node throws
 * where a value is missing
 */
export function readOptions<Options extends Declared>(args: string[], usage: string, declared: Options): Read<Options> {
  refuseUnknown(args, [...Object.keys(declared), 'help']);
  const types: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const [name, { isFlag, isRepeated = false }] of Object.entries(declared))
    types[name] = { type: isFlag ? 'boolean' : 'string', multiple: isRepeated };
  const { values } = parseArgs({ args, options: types });
  if (values['help'] === true) {
    process.stderr.write(usage);
    process.exit(0);
  }
  const without = values['quick'] === true ? 'quick' : 'usual';
  const read = Object.entries(declared).map(([name, option]) => {
    const given = values[name];
    if (given === undefined) return [name, option[without]];
    if (Array.isArray(given)) return [name, given.flatMap((one) => option.read(name, String(one)))];
    return [name, typeof given === 'string' ? option.read(name, given) : given];
  });
  return Object.fromEntries(read) as Read<Options>;
}

/** The same for a script, which ends with 2 and the message where its command line is wrong. */
export function optionsOrExit<Options extends Declared>(
  args: string[],
  usage: string,
  declared: Options,
): Read<Options> {
  try {
    return readOptions(args, usage, declared);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function refuseUnknown(args: readonly string[], known: readonly string[]): void {
  const unknown = args.find((arg) => arg.startsWith('--') && !known.includes(arg.slice(2).split('=', 1)[0]!));
  if (unknown === undefined) return;
  throw new OptionError(`${unknown}: there is no such option, only ${known.map((name) => `--${name}`).join(', ')}`);
}

/** An option without a value. */
export const flag: Option<boolean> = { isFlag: true, usual: false, quick: false, read: () => true };

/** What a whole number may be, and is where the option is not given. */
interface WholeNumber<Usual> {
  readonly least: number;
  readonly usual: Usual;
  readonly quick?: Usual;
}

export const wholeNumber = <Usual extends number | null = number>(of: WholeNumber<Usual>): Option<number | Usual> => ({
  ...withoutText(of),
  read: (name, given) => count(name, given, of.least),
});

/** A number, with decimals too. */
export const decimal = ({ least, usual }: { readonly least: number; readonly usual: number }): Option<number> => ({
  ...withoutText({ usual }),
  read: (name, given) => {
    const value = Number(given);
    if (given.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new OptionError(`--${name}: expected a number of at least ${least}, got ${given || 'nothing'}`);
  },
});

/** Whole numbers, separated by commas. */
export const wholeNumbers = (of: WholeNumber<readonly number[]>): Option<readonly number[]> => ({
  ...withoutText(of),
  read: (name, given) => given.split(',').map((one) => count(name, one, of.least)),
});

/** Text as it is given. */
export const text = (usual: string): Option<string> => ({ ...withoutText({ usual }), read: (_, given) => given });

/** Texts as they are given, one each time. */
export const texts = (usual: readonly string[]): Option<readonly string[]> => ({
  ...withoutText({ usual }),
  isRepeated: true,
  read: (_, given) => [given],
});

/** Text that may be missing: null then. */
export const optionalText: Option<string | null> = { ...withoutText({ usual: null }), read: (_, given) => given };

/** A file or folder. @param usual from the project's folder */
export const place = (usual: string): Option<string> => text(join(PROJECT_ROOT, usual));

/** Some of the known names, separated by commas; usually all. */
export const someOf = <Name extends string>(known: readonly Name[]): Option<readonly Name[]> => ({
  ...withoutText({ usual: known }),
  read: (name, given) => namesOf(name, given, known),
});

function withoutText<Value>({ usual, quick = usual }: { readonly usual: Value; readonly quick?: Value }) {
  return { isFlag: false, usual, quick };
}

/** A count given on the command line. @throws OptionError where it is no whole number or less than `least` */
export function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new OptionError(`--${option}: expected a whole number of at least ${least}, got ${text}`);
}

/** The names of a comma-separated list. @throws OptionError naming the known ones where one is not among them */
export function namesOf<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text.split(',').map((name) => {
    const found = known.find((one) => one === name);
    if (found !== undefined) return found;
    throw new OptionError(`--${option}: expected some of ${known.join(', ')}, got ${name || 'an empty name'}`);
  });
}

/** Removes `--name` from the arguments and says whether it was there. */
export function takeFlag(args: string[], name: string): boolean {
  const at = args.indexOf(name);
  if (at >= 0) args.splice(at, 1);
  return at >= 0;
}

/** Removes `--name VALUE` from the arguments and gives the value. @throws OptionError where the value is missing */
export function takeOption(args: string[], name: string): string | null {
  const at = args.indexOf(name);
  if (at < 0) return null;
  const [, value] = args.splice(at, 2);
  if (value === undefined) throw new OptionError(`${name} needs a value`);
  return value;
}
