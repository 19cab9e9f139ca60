import { median } from '../../foundation/statistics.js';

/** What devices are compared by: how far they may differ without that meaning anything, and which way is worse. */
export const COMPARED = {
  accuracy: { grain: 0.015, worse: 'low' },
  latencyMs: { grain: 5, worse: 'high' },
  fpsPerCamera: { grain: 0.5, worse: 'low' },
  withoutInference: { grain: 0.03, worse: 'low' },
  cpu: { grain: 5, worse: 'high' },
  memory: { grain: 5, worse: 'high' },
  temperature: { grain: 3, worse: 'high' },
  power: { grain: 0.5, worse: 'high' },
  reconnectsPerHour: { grain: 0.5, worse: 'high' },
  restartsPerHour: { grain: 0.2, worse: 'high' },
  waitingS: { grain: 60, worse: 'high' },
  clockS: { grain: 2, worse: 'high' },
  lost: { grain: 3, worse: 'high' },
} as const satisfies Readonly<Record<string, { readonly grain: number; readonly worse: 'low' | 'high' }>>;

export type ComparedName = keyof typeof COMPARED;
export const COMPARED_NAMES: readonly ComparedName[] = Object.keys(COMPARED) as ComparedName[];

/** A device as it is compared. */
export interface ComparedDevice<Whose> {
  readonly whose: Whose;
  /** Devices of one kind are compared with one another: board, model and variant alike. */
  readonly kind: string;
  /** null: there is no reading. */
  readonly values: Readonly<Record<ComparedName, number | null>>;
}

/** In what a device is unlike those of its kind. */
export interface Difference {
  readonly name: ComparedName;
  readonly value: number;
  /** Of its kind. */
  readonly median: number;
  /** How many times the usual spread of its kind lies between; negative: it is below the median. */
  readonly times: number;
  readonly isWorse: boolean;
}

/** A device that is unlike the others of its kind. */
export interface UnlikeDevice<Whose> {
  readonly whose: Whose;
  readonly kind: string;
  /** Devices of its kind that were compared, it included. */
  readonly among: number;
  /** The larger, the more unlike. */
  readonly score: number;
  /** The largest first; never empty. */
  readonly differences: readonly Difference[];
}

/** What came of a comparison. */
export interface Comparison<Whose> {
  /** The most unlike first. */
  readonly unlike: readonly UnlikeDevice<Whose>[];
  readonly compared: number;
  /** Devices of kinds with too few to say what is usual. */
  readonly tooFew: number;
}

/** With fewer of a kind nobody can say what is usual of it. */
export const LEAST_OF_A_KIND = 8;
/** Of what is read of fewer devices nothing is said. */
const LEAST_READ = 6;
/** Of 2,000 devices alike in 13 numbers some lie beyond 4 by chance, hardly one beyond 5. */
const LEAST_TIMES = 5;
/** One number that is wrong beyond all measure must not be all that counts. */
export const MOST_TIMES = 30;
/** Of normally distributed numbers the standard deviation is so many median absolute deviations. */
const MAD_TO_DEVIATION = 1.4826;

/**
 * Which devices are unlike the others of their kind: by how far each number lies from the median of its kind, in spreads of its kind, as
 * the median absolute deviation says it. Neither is moved by the few that are unlike, were they a third of all.
 */
export function compareByKind<Whose>(devices: readonly ComparedDevice<Whose>[]): Comparison<Whose> {
  const kinds = new Map<string, ComparedDevice<Whose>[]>();
  for (const device of devices) {
    const kind = kinds.get(device.kind);
    if (kind === undefined) kinds.set(device.kind, [device]);
    else kind.push(device);
  }
  const large = [...kinds.values()].filter((kind) => kind.length >= LEAST_OF_A_KIND);
  const unlike = large.flatMap(unlikeIn).sort((a, b) => b.score - a.score);
  const compared = large.reduce((sum, kind) => sum + kind.length, 0);
  return { unlike, compared, tooFew: devices.length - compared };
}

function unlikeIn<Whose>(kind: readonly ComparedDevice<Whose>[]): UnlikeDevice<Whose>[] {
  const usual = COMPARED_NAMES.flatMap((name) => usualOf(kind, name) ?? []);
  return kind.flatMap((device) => {
    const differences = usual
      .flatMap((one) => differenceOf(device, one) ?? [])
      .sort((a, b) => Math.abs(b.times) - Math.abs(a.times));
    if (differences.length === 0) return [];
    const score = Math.hypot(...differences.map(({ times }) => Math.min(MOST_TIMES, Math.abs(times))));
    return [{ whose: device.whose, kind: device.kind, among: kind.length, score, differences }];
  });
}

interface Usual {
  readonly name: ComparedName;
  readonly middle: number;
  /** As a standard deviation; never 0. */
  readonly spread: number;
}

function usualOf(kind: readonly ComparedDevice<unknown>[], name: ComparedName): Usual | null {
  const read = kind.flatMap(({ values }) => values[name] ?? []);
  if (read.length < LEAST_READ) return null;
  const middle = median(read)!;
  const deviation = MAD_TO_DEVIATION * median(read.map((value) => Math.abs(value - middle)))!;
  // among devices that hardly differ a difference that means nothing is none
  return { name, middle, spread: Math.max(deviation, COMPARED[name].grain) };
}

function differenceOf({ values }: ComparedDevice<unknown>, { name, middle, spread }: Usual): Difference | null {
  const value = values[name];
  if (value === null) return null;
  const times = (value - middle) / spread;
  if (Math.abs(times) < LEAST_TIMES) return null;
  return { name, value, median: middle, times, isWorse: times > 0 === (COMPARED[name].worse === 'high') };
}
