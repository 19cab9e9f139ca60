import type { TuneMode } from '../budgets.js';

/**
 * What one watt must bring, in points (hundredths) of effective accuracy, to be spent.
 *
 * `accuracy` wants a twentieth of a point for it, so that it does not burn what nobody sees; `balanced` a quarter of a point; `eco` two.
 */
export const POINTS_PER_WATT: Readonly<Record<TuneMode, number>> = { accuracy: 0.05, balanced: 0.25, eco: 2 };

/** What effective accuracy (0..1) at so many watts is worth, in points. */
export function worth(effectiveAccuracy: number, watts: number, mode: TuneMode): number {
  return 100 * effectiveAccuracy - POINTS_PER_WATT[mode] * watts;
}
