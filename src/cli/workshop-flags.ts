import { ConfigError } from '../foundation/errors.js';
import { didYouMean } from '../foundation/validate.js';
import { KINDS, type Kind, kindsOf, type Size, TARGETS, type Target } from '../optimize/workshop/plan.js';

const UNUSABLE = 'the command line cannot be used';

/** `cpu`, or where boards have an ARM processor `arm`, unless the flag says otherwise. @throws ConfigError */
export function parseTarget(text: string | undefined, arch: string = process.arch): Target {
  if (text === undefined) return arch === 'arm64' ? 'arm' : 'cpu';
  const target = TARGETS.find((known) => known === text);
  if (target) return target;
  throw new ConfigError(UNUSABLE, [`--target: expected ${TARGETS.join(', ')}, got "${text}"${hint(text, TARGETS)}`]);
}

/** `int8,fused` @throws ConfigError for what is not known, or not made for the target */
export function parseOnly(text: string | undefined, target: Target): readonly Kind[] | null {
  if (text === undefined) return null;
  const known = kindsOf(target);
  const names = text.split(',').map((name) => name.trim());
  const problems = names.flatMap((name) => {
    if (known.some((kind) => kind === name)) return [];
    const why = KINDS.some((kind) => kind === name) ? ` is not made for ${target}` : hint(name, known);
    return [`--only: expected some of ${known.join(', ')}, got "${name}"${why}`];
  });
  if (problems.length > 0) throw new ConfigError(UNUSABLE, problems);
  return known.filter((kind) => names.includes(kind));
}

/** `416x256,640x384` @throws ConfigError */
export function parseSizes(text: string | undefined): readonly Size[] | null {
  if (text === undefined) return null;
  return text.split(',').map((one) => {
    const match = /^(\d{1,5})x(\d{1,5})$/i.exec(one.trim());
    if (match) return { width: Number(match[1]), height: Number(match[2]) };
    throw new ConfigError(UNUSABLE, [`--sizes: expected sizes like 416x256,640x384, got "${one}"`]);
  });
}

/** `car,truck`: names of the model. @throws ConfigError */
export function parseKept(text: string | undefined, classes: readonly string[]): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !classes.includes(name));
  if (unknown.length === 0) return names;
  const problems = unknown.map((name) => `--classes: the model has no class "${name}"${hint(name, classes)}`);
  throw new ConfigError(UNUSABLE, problems);
}

/** `roadside-n:fp32-416x256`, or a model's name alone for its default variant. */
export function parseVariantName(text: string): { readonly name: string; readonly variant: string | undefined } {
  const at = text.indexOf(':');
  return at < 0 ? { name: text, variant: undefined } : { name: text.slice(0, at), variant: text.slice(at + 1) };
}

function hint(text: string, known: readonly string[]): string {
  const near = didYouMean(text, known);
  return near ? `; did you mean ${near}?` : '';
}
