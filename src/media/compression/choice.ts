import { CODERS, type Coder, logCoarsenessOf } from './coders.js';
import type { PictureOutlook } from './picture-outlook.js';

/** What bounds a picture, as logarithms; null where nothing does. */
export interface CodingBounds {
  readonly logMaxBytes: number | null;
  /** 1 − likeness at most. */
  readonly logDamage: number | null;
  /** Quality of JPEG that it is not better than. */
  readonly maxQuality: number;
}

/** How a picture is to be encoded, and what is expected of it. */
export interface CodingChoice {
  readonly coder: Coder;
  /** Of the coder, 1..100. */
  readonly quality: number;
  readonly logBytes: number;
  readonly logDamage: number;
}

/** What a forecast is to be corrected by, and how far it is off then, in logarithms. */
export interface Corrected {
  readonly offset: number;
  readonly spread: number;
}

/** Forecasts of one picture, and their corrections by coder. */
export interface Forecasts {
  readonly outlook: Pick<PictureOutlook, 'logBytes' | 'logDamage'>;
  readonly learnt: (coder: Coder) => { readonly bytes: Corrected; readonly damage: Corrected };
}

/** Damage, in logarithms, that is forgiven beyond what was asked for: a step of quality makes as much. */
export const TOLERANCE: number = 0.05;
/** Standard deviations that are left for what a forecast is off by: nine pictures in ten are as wished, nineteen in twenty fit. */
const LIKENESS_MARGIN = 1.3;
const BYTES_MARGIN = 1.7;
/** Quality of JPEG below which a picture is all blocks. */
const WORST_QUALITY = 15;
/** More damage than was aimed at, in logarithms, is the bytes' doing. */
const BOUND_BY_BYTES = 0.05;

/**
 * The coder and quality with the fewest bytes that do what is asked; where the bytes bound it, with the least damage. A coder of which
 * little is known is believed to be a little better than it seems, so that it is tried.
 *
 * @param coders at least one
 */
export function chooseCoding(coders: readonly Coder[], bounds: CodingBounds, forecasts: Forecasts): CodingChoice {
  const choices = coders.map((coder) => codingWith(coder, bounds, forecasts));
  const isBound = choices.some((choice) => isShort(choice, bounds, forecasts));
  const worth = ({ coder, logBytes, logDamage }: CodingChoice): number => {
    const { bytes, damage } = forecasts.learnt(coder);
    return isBound ? logDamage - damage.spread : logBytes - bytes.spread - damage.spread;
  };
  return choices.reduce((best, other) => (worth(other) < worth(best) ? other : best));
}

/** Whether the bytes that are allowed keep it from being as good as it might be. */
export function isShort({ logDamage }: CodingChoice, bounds: CodingBounds, forecasts: Forecasts): boolean {
  return bounds.logMaxBytes !== null && logDamage > aimOf(bounds, forecasts) + BOUND_BY_BYTES;
}

/** The damage that is asked for, and never less than the highest quality of JPEG does. */
function aimOf(bounds: CodingBounds, { outlook, learnt }: Forecasts): number {
  const cap = outlook.logDamage(CODERS.jpeg, bounds.maxQuality) + learnt(CODERS.jpeg).damage.offset;
  return Math.max(bounds.logDamage ?? cap, cap);
}

function codingWith(coder: Coder, bounds: CodingBounds, forecasts: Forecasts): CodingChoice {
  const { outlook, learnt } = forecasts;
  const { bytes, damage } = learnt(coder);
  const logDamage = (quality: number): number => outlook.logDamage(coder, quality) + damage.offset;
  const logBytes = (quality: number): number => outlook.logBytes(coder, quality) + bytes.offset;
  const asked = aimOf(bounds, forecasts);
  // what is forgiven is left for errors; on the whole it is to be as alike as asked for
  const margin = bounds.logDamage === asked ? Math.max(0, LIKENESS_MARGIN * damage.spread - TOLERANCE) : 0;
  const aim = asked - margin;
  const best = coder.format === 'jpeg' ? Math.floor(bounds.maxQuality) : 100;
  let quality = Math.min(
    best,
    leastQuality((other) => logDamage(other) <= aim),
  );
  if (bounds.logMaxBytes !== null) {
    const room = bounds.logMaxBytes - BYTES_MARGIN * bytes.spread;
    quality = Math.min(quality, leastQuality((other) => logBytes(other) > room) - 1);
  }
  quality = Math.max(worstQuality(coder), quality);
  return { coder, quality, logBytes: logBytes(quality), logDamage: logDamage(quality) };
}

/** The least quality that anybody should be shown: of a coder, that which is as coarse as the one of JPEG. */
export function worstQuality(coder: Coder): number {
  const worst = logCoarsenessOf(CODERS.jpeg, WORST_QUALITY);
  return Math.min(
    100,
    leastQuality((quality) => logCoarsenessOf(coder, quality) <= worst),
  );
}

/** The least quality, 1..101, from which on it holds; 101 where it holds for none. */
function leastQuality(holds: (quality: number) => boolean): number {
  let [low, high] = [1, 101];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
