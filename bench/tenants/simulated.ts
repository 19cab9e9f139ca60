import { quantile } from '../../src/foundation/statistics.js';
import type { Curve } from '../schedule/curves.js';
import { emulate } from '../schedule/emulation.js';
import { type Arm, NOISY, QUIET, type QuietRun, TIMES } from './arms.js';

/** Workers that the arms share, with what a picture takes on each. */
export interface SimulatedCase {
  readonly name: string;
  readonly workers: readonly Curve[];
  /** Cameras of the quiet tenant, and inferences per second that each asks for, at any time, as scenes do. */
  readonly cameras: number;
  readonly perS: number;
  readonly maxBatch: number;
  readonly budgetMs: number;
}

/** In simulated time through the dispatcher that serves real workers; the quiet tenant's cameras ask at the same moments in each arm. */
export function simulatedRun(one: SimulatedCase, arm: Arm, seconds: number, seed: number): QuietRun {
  const { cameras: quiet } = one;
  const isQuiet = (camera: number): boolean => camera < quiet;
  const { ofCamera } = emulate({
    workers: one.workers,
    cameras: quiet * (1 + TIMES),
    framesPerS: one.perS,
    arrivals: 'random',
    budgetMs: one.budgetMs,
    seconds,
    seed,
    maxBatch: one.maxBatch,
    windowMs: 10,
    isSilent: (camera) => arm === 'alone' && !isQuiet(camera),
    ...(arm !== 'fifo' && {
      tenantOf: (camera: number) => (isQuiet(camera) ? QUIET : NOISY),
      shares: new Map([
        [QUIET, 1],
        [NOISY, 1],
      ]),
    }),
  });
  const ages = ofCamera.slice(0, quiet).flatMap(({ ages: own }) => own);
  const captured = ofCamera.slice(0, quiet).reduce((sum, camera) => sum + camera.captured, 0);
  const noisy = ofCamera.slice(quiet).reduce((sum, camera) => sum + camera.ages.length, 0);
  const p95Ms = quantile(ages, 0.95) ?? Number.NaN;
  return {
    p95Ms,
    inferredP95Ms: p95Ms,
    answered: ages.length / captured,
    withoutInference: null,
    noisyPerS: noisy / seconds,
  };
}
