import { intervalInWords } from '../control/reasons.js';
import { costOfChange, movedKnobs } from '../knob-changes.js';
import type { KnobName, KnobSettings } from '../knobs.js';
import { isSamePoint, nameOfPoint } from '../operating-point.js';
import type { Optimization, ProposedChange } from '../optimization-strategy.js';

/** The strategies that move knobs, and the knobs that each moves; the first that has a moved knob has the change. */
export const KNOBS_OF = {
  model: ['model', 'variant', 'inputSize'],
  batching: ['batchSize', 'batchWindowMs'],
  scheduling: ['workers', 'intraOpThreads', 'inferenceIntervalMs'],
  compression: ['compressionQuality'],
} as const satisfies Partial<Record<Optimization, readonly KnobName[]>>;
export type KnobOptimization = keyof typeof KNOBS_OF;
export const KNOB_OPTIMIZATIONS = Object.keys(KNOBS_OF) as readonly KnobOptimization[];

/** Knobs that are to stand elsewhere. */
export interface KnobChange extends ProposedChange {
  readonly target: KnobSettings;
}

/** Whose change it is to move the knobs so; null where nothing moves. */
export function strategyOf(from: KnobSettings, to: KnobSettings): KnobOptimization | null {
  const moved = movedKnobs(from, to);
  const found = KNOB_OPTIMIZATIONS.find((type) =>
    moved.some((knob) => (KNOBS_OF[type] as readonly string[]).includes(knob)),
  );
  return found ?? (costOfChange(from, to) === 'none' ? null : 'scheduling');
}

/** The two settings in words: the whole points where they differ, and only what is moved of the rest. */
export function changeInWords(from: KnobSettings, to: KnobSettings): { readonly from: string; readonly to: string } {
  const samePoint = isSamePoint(from.point, to.point);
  const say = (settings: KnobSettings): string =>
    [
      ...(samePoint ? [] : [nameOfPoint(settings.point)]),
      ...(from.inferenceIntervalMs === to.inferenceIntervalMs ? [] : [intervalInWords(settings.inferenceIntervalMs)]),
      ...(from.batchWindowMs === to.batchWindowMs ? [] : [`batches wait ${settings.batchWindowMs} ms`]),
      ...(from.compressionQuality === to.compressionQuality ? [] : [`quality ${settings.compressionQuality}`]),
    ].join(', ');
  return { from: say(from), to: say(to) };
}
