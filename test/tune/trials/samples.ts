import type { ProposedChange } from '../../../src/tune/optimization-strategy.js';
import type { Circumstances } from '../../../src/tune/trials/circumstances.js';
import type { GuardReadings } from '../../../src/tune/trials/guards.js';
import type { TrialSample } from '../../../src/tune/trials/trials.js';

/** A board that has nothing to complain of. */
export const CALM: GuardReadings = {
  p95LatencyMs: 40,
  lateShare: 0,
  errorShare: 0,
  keptF1: 0.98,
  temperature: 60,
  throttleAt: 85,
  throttledBy: [],
  memoryBytes: 200 * 2 ** 20,
  memoryFreeBytes: 800 * 2 ** 20,
};

export const NOON: Circumstances = { hour: 12, temperature: 60, load: 4, cameras: 2, points: 8 };

/** A minute to see what it brings. */
export const STEP_UP: ProposedChange = {
  knobs: ['model', 'variant', 'inputSize'],
  from: 'roadside-n',
  to: 'roadside-s',
  reason: 'there is room for it',
  windowMs: 60_000,
};

export const sample = (
  at: number,
  value: number | null,
  guards: Partial<GuardReadings> = {},
  cameras = 2,
): TrialSample => ({
  at,
  score: { value, parts: { F1: value } },
  guards: { ...CALM, ...guards },
  cameras,
});
