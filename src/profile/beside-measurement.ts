import type { Measurement } from '../store/measurement.js';
import { nameOf } from './configuration.js';

/**
 * What is to be kept of a candidate that was measured beside the variant in use while that served. How busy and warm the
 * device was shows in how fast the one in use was compared with what is stored of it, and stands as the candidate's drift;
 * so numbers of an idle hour at night and of a busy noon can be compared. Where nothing is stored of the one in use, this is it.
 *
 * @param measured of the one in use and of the candidate, or of the candidate alone where it is the one in use
 * @param candidate its variant
 * @param stored of the one in use, on this device and of this file
 * @returns what is to be stored, the candidate last
 */
export function besideMeasurement(
  measured: readonly Measurement[],
  candidate: string,
  stored: readonly Measurement[],
): Measurement[] {
  const own = measured.at(-1)!;
  const beside = measured.length > 1 ? measured[0]! : null;
  if (beside === null || beside.imagesPerSecond === null) return [own];
  const before = stored.find((one) => nameOf(one) === nameOf(beside) && one.imagesPerSecond !== null);
  if (before === undefined) return [beside, { ...own, variant: candidate }];
  const asBefore = before.imagesPerSecond! / (before.drift || 1);
  return [{ ...own, variant: candidate, drift: beside.imagesPerSecond / asBefore }];
}
