import { KNOBS } from '../config/sections/tune.js';
import { MAX_BATCH } from '../detect/protocol.js';
import type { KnobName, KnobSettings } from './knobs.js';

/** What moving knobs takes: nothing, a moment, or another set of workers that loads beside the one that serves. */
export type ChangeCost = 'none' | 'cheap' | 'swap';

/** One knob: what moving it takes, and where it may stand. */
export interface KnobDeclaration {
  readonly cost: Exclude<ChangeCost, 'none'>;
  /** The values that it may have, both included; null: names, which only the models and the build know. */
  readonly range: { readonly least: number; readonly most: number; readonly unit: string } | null;
  readonly of: (settings: KnobSettings) => number | string;
}

/** `inputSize` is the variant's, and moves with it. */
const KNOB_TABLE: Readonly<Record<KnobName, KnobDeclaration>> = {
  model: { cost: 'swap', range: null, of: ({ point }) => point.model },
  variant: { cost: 'swap', range: null, of: ({ point }) => point.variant },
  inputSize: { cost: 'swap', range: null, of: ({ point }) => point.variant },
  batchSize: {
    cost: 'swap',
    range: { least: 1, most: MAX_BATCH, unit: 'pictures' },
    of: ({ point }) => point.batchSize,
  },
  batchWindowMs: {
    cost: 'cheap',
    range: { least: 0, most: 1000, unit: 'ms' },
    of: ({ batchWindowMs }) => batchWindowMs,
  },
  inferenceIntervalMs: {
    cost: 'cheap',
    range: { least: 0, most: 600_000, unit: 'ms' },
    of: ({ inferenceIntervalMs }) => inferenceIntervalMs,
  },
  workers: { cost: 'swap', range: { least: 1, most: 16, unit: 'processes' }, of: ({ point }) => point.workers },
  intraOpThreads: {
    cost: 'swap',
    range: { least: 1, most: 64, unit: 'threads' },
    of: ({ point }) => point.intraOpThreads,
  },
  compressionQuality: {
    cost: 'cheap',
    range: { least: 10, most: 100, unit: '%' },
    of: ({ compressionQuality }) => compressionQuality,
  },
};

/** Knobs that do not stand alike; `inputSize` is not told apart from `variant`. */
export function movedKnobs(from: KnobSettings, to: KnobSettings): readonly KnobName[] {
  return KNOBS.filter((name) => name !== 'inputSize' && KNOB_TABLE[name].of(from) !== KNOB_TABLE[name].of(to));
}

/** Settings with the knobs that are named as others have them. A provider is no knob, and stays; an input size moves with its variant. */
export function withKnobs(settings: KnobSettings, others: KnobSettings, names: readonly KnobName[]): KnobSettings {
  const { point } = settings;
  const from = (knob: KnobName): KnobSettings => (names.includes(knob) ? others : settings);
  return {
    point: {
      ...point,
      model: from('model').point.model,
      variant: from('variant').point.variant,
      workers: from('workers').point.workers,
      intraOpThreads: from('intraOpThreads').point.intraOpThreads,
      batchSize: from('batchSize').point.batchSize,
    },
    batchWindowMs: from('batchWindowMs').batchWindowMs,
    inferenceIntervalMs: from('inferenceIntervalMs').inferenceIntervalMs,
    compressionQuality: from('compressionQuality').compressionQuality,
  };
}

/** What going from one to the other takes. Another execution provider needs other workers, though no knob has its name. */
export function costOfChange(from: KnobSettings, to: KnobSettings): ChangeCost {
  if (from.point.provider !== to.point.provider) return 'swap';
  const moved = movedKnobs(from, to);
  if (moved.length === 0) return 'none';
  return moved.some((name) => KNOB_TABLE[name].cost === 'swap') ? 'swap' : 'cheap';
}

/** @throws RangeError with every knob that cannot stand so: `batchSize: expected a whole number from 1 to 64 pictures, got 0` */
export function checkKnobs(settings: KnobSettings): void {
  const problems = KNOBS.flatMap((name) => (name === 'inputSize' ? [] : problemOf(name, KNOB_TABLE[name], settings)));
  if (problems.length > 0) throw new RangeError(problems.join('; '));
}

function problemOf(name: KnobName, { range, of }: KnobDeclaration, settings: KnobSettings): string[] {
  const value = of(settings);
  if (range === null)
    return typeof value === 'string' && value !== '' ? [] : [`${name}: expected a name, got "${value}"`];
  const { least, most, unit } = range;
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return [];
  return [`${name}: expected a whole number from ${least} to ${most} ${unit}, got ${value}`];
}
