import { iou } from '../../frame/box.js';
import type { Sighting, WatchedVehicle } from './watched-vehicle.js';

/** Of one that stands, and of one that drives, so long after it was lost another number may be it, ms. */
const STANDING_LOST_MS = 20_000;
const DRIVING_LOST_MS = 2500;
const SAME_PLACE = 0.5;
/** Overlap of one that begins to drive with where it stood. */
const STARTING = 0.3;
/** How near to where it was going, in sizes, and how alike in size, as a logarithm. */
const REACH = 0.8;
const ALIKE = 0.5;
/** One that was there before the other was lost is that one only where they overlap by so much. */
const BESIDE = 0.15;
/** Who turns is not where it was going, but no farther from where it was lost than its way at so many times its speed. */
const TURNING_REACH = 1.2;
/** Seen from its side it is larger than from behind, as a logarithm. */
const TURNING_ALIKE = 0.65;
/** Nobody comes into the middle of the picture but out of the distance: who is this large there was hidden or lost, widths. */
const LEAST_INSIDE = 0.045;

/**
 * The vehicle among those lost that a new number is; null: it is none of them.
 *
 * @param first where the new one was seen first, or where it is now while it is young
 * @param heir the new one
 */
export function earlierSelf(
  lost: Iterable<WatchedVehicle>,
  first: Sighting,
  { firstAt: bornAt, bornOver }: Pick<WatchedVehicle, 'firstAt' | 'bornOver'>,
): WatchedVehicle | null {
  let best: WatchedVehicle | null = null;
  let least = Infinity;
  const turning: WatchedVehicle[] = [];
  for (const vehicle of lost) {
    const lostMs = first.step.at - vehicle.seenAt;
    if (vehicle.isStanding) {
      const common = iou(vehicle.standing.box, 0, first.box, 0);
      if (common >= SAME_PLACE && lostMs <= STANDING_LOST_MS && lostMs < least) [best, least] = [vehicle, lostMs];
      // who passes by is not the one that stands
      if (common >= SAME_PLACE || common < STARTING) continue;
    }
    if (lostMs > DRIVING_LOST_MS || vehicle.isCut) continue;
    const isDouble = vehicle.seenAt > bornAt && bornOver.includes(vehicle.trackId);
    if (vehicle.seenAt > bornAt && !isDouble && iou(vehicle.box, 0, first.box, 0) < BESIDE) continue;
    const off = isDouble ? 0 : offCourse(vehicle, first);
    if (off < REACH) {
      if (off * 1000 < least) [best, least] = [vehicle, off * 1000];
    } else if (vehicle.seenAt <= bornAt && mayHaveTurned(vehicle, first)) turning.push(vehicle);
  }
  return best ?? (turning.length === 1 ? turning[0]! : null);
}

/** How far a sighting is from where a lost one was going, or was lost, in sizes; Infinity: it is of another size. */
function offCourse({ path }: WatchedVehicle, { step: { at, x, y, size } }: Sighting): number {
  const [last, expected] = [path.last!, path.ahead(at)!];
  if (Math.min(Math.abs(Math.log(size / expected.size)), Math.abs(Math.log(size / last.size))) > ALIKE) return Infinity;
  const away = (from: { readonly x: number; readonly y: number }) => Math.hypot(x - from.x, y - from.y);
  return Math.min(away(expected), away(last)) / size;
}

function mayHaveTurned({ path }: WatchedVehicle, { step: { at, x, y, size }, isCut }: Sighting): boolean {
  const last = path.last!;
  if (
    !path.isTurning ||
    isCut ||
    Math.min(size, last.size) < LEAST_INSIDE ||
    Math.abs(Math.log(size / last.size)) > TURNING_ALIKE
  )
    return false;
  return Math.hypot(x - last.x, y - last.y) <= path.speed * (at - last.at) * TURNING_REACH;
}
