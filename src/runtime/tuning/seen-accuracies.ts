import type { Config } from '../../config/config.js';
import type { StoredAccuracy } from '../../store/profiles.js';

/** What was found on the own cameras is of use for so long: seasons change, and lenses get dirty. */
const SEEN_FOR_MS = 30 * 86_400_000;

/** What was found holds for these cameras at this size of their pictures. */
export function camerasKey({ cameras, capture }: Pick<Config, 'cameras' | 'capture'>): string {
  const ids = cameras.map(({ id }) => id).sort();
  return `${ids.join(' ')} at ${capture.maxWidth}`;
}

/** @param now Unix ms */
export function stillSeen(found: readonly StoredAccuracy[], now: number): StoredAccuracy[] {
  return found.filter(({ measuredAt }) => now - measuredAt < SEEN_FOR_MS);
}
