import { CameraStills } from '../../src/evidence/stills/camera-stills.js';
import type { Frame } from '../../src/frame/frame.js';
import { FrameTaps } from '../../src/frame/frame-taps.js';
import { PrivacyMask } from '../../src/frame/privacy-mask.js';
import type { ApproachingTraffic } from './approaching-traffic.js';

/** Frames that are made before they are shown. */
const AT_ONCE = 200;
/** A pavement on the left, and a garden at the top right: a fifth of the picture. */
const AREAS = [
  [
    [0, 0.3],
    [0.2, 0.5],
    [0.15, 1],
    [0, 1],
  ],
  [
    [0.7, 0],
    [1, 0],
    [1, 0.25],
  ],
] as [number, number][][];

/**
 * Processor time, ms a frame, from a camera with `privacyMasks` to where evidence has looked at it.
 *
 * @param takesYuv false: each frame is turned into RGB24 for it, as whoever knows nothing else has to
 * @param frames a multiple of 200
 */
export function maskedFrameCost(traffic: ApproachingTraffic, frames: number, takesYuv: boolean): number {
  const stills = new CameraStills({ kinds: ['crossed'], waitMs: 1000, maxPerMinute: 60, dropped: () => undefined });
  const taps = new FrameTaps(new Map([['road', new PrivacyMask(AREAS)]]));
  taps.add({
    takesYuv,
    wants: () => true,
    take: (frame: Frame, result) => {
      // what is masked is black in all that is handed out, so that each frame is painted
      if (!takesYuv) frame.data;
      stills.see(frame, result);
      frame.release();
    },
  });
  let spentUs = 0;
  for (let shown = 0; shown < AT_ONCE + frames; shown += AT_ONCE) {
    const made = Array.from({ length: AT_ONCE }, () => traffic.next());
    const before = process.cpuUsage();
    for (const [frame, result] of made) taps.offer(frame, result);
    const { user, system } = process.cpuUsage(before);
    if (shown >= AT_ONCE) spentUs += user + system;
  }
  return spentUs / 1000 / frames;
}
