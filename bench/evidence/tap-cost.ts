import { CameraStills } from '../../src/evidence/stills/camera-stills.js';
import { StillCandidates } from '../../src/evidence/stills/candidates.js';
import type { ApproachingTraffic } from './approaching-traffic.js';

/** Frames shown before it is measured: then each vehicle has a best picture already. */
const WARM_UP = 400;
/** Frames that are made before they are shown. */
const AT_ONCE = 200;
/** Frames from an event until its picture is chosen, and from one event to the next. */
const [WAITED, APART] = [25, 40];

/** Processor time, ms a frame, that looking for the best picture of each vehicle takes where nothing happens. @param frames a multiple of 200 */
export function tapCost(traffic: ApproachingTraffic, frames: number): number {
  const stills = new CameraStills({ kinds: ['crossed'], waitMs: 1000, maxPerMinute: 60, dropped: () => undefined });
  let spentUs = 0;
  for (let shown = 0; shown < WARM_UP + frames; shown += AT_ONCE) {
    const made = Array.from({ length: AT_ONCE }, () => traffic.next());
    const before = process.cpuUsage();
    for (const [frame, result] of made) {
      stills.see(frame, result);
      stills.ripe(frame.sceneMs);
    }
    const { user, system } = process.cpuUsage(before);
    if (shown >= WARM_UP) spentUs += user + system;
  }
  return spentUs / 1000 / frames;
}

/** How good the picture of a vehicle is a second after its event, as a share of the best that any frame showed: mean and least. */
export function stillQuality(traffic: ApproachingTraffic, events: number): { mean: number; least: number } {
  const kept = new StillCandidates();
  const all = new StillCandidates({ maxBytes: Number.POSITIVE_INFINITY });
  const shares: number[] = [];
  let wanted = new Set<number>();
  for (let shown = 1; shares.length < events; shown++) {
    const [frame, result] = traffic.next();
    const at = shown % APART;
    // as in the program: the event comes before the frame that shows it
    if (at === 0) wanted = new Set([traffic.one.id]);
    kept.see(frame, result, wanted);
    all.see(frame, result, new Set(result.trackIds));
    if (at !== WAITED || wanted.size === 0) continue;
    const [id] = wanted;
    shares.push((kept.best(id!)?.quality ?? 0) / all.best(id!)!.quality);
    wanted = new Set();
  }
  return { mean: shares.reduce((sum, share) => sum + share, 0) / shares.length, least: Math.min(...shares) };
}
