import { ConstantVelocity } from './constant-velocity.js';
import type { Contender } from './contender.js';

/** One frame in so many is inferred, and vehicles go on at constant velocity between. */
export function fixedInterval(thresholds: readonly number[], frames: number): Contender {
  const vehicles = new ConstantVelocity(thresholds);
  let since = 0;
  return {
    family: 'fixed interval',
    setting: `1 in ${frames}`,
    answer(frame, infer) {
      const isInferred = since === 0;
      since = (since + 1) % frames;
      return { boxes: vehicles.next(frame, isInferred ? infer() : null).detections, isInferred };
    },
  };
}
