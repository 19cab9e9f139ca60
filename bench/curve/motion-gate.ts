import { brightnessOf } from '../../src/answer/tracking/luma-picture.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import { ConstantVelocity } from './constant-velocity.js';
import type { Contender } from './contender.js';
import { MotionPicture } from './motion-picture.js';

/** Looks after which a vehicle that has not moved is stationary, and between two looks at one. */
const STATIONARY_AFTER = 50;
const RECHECK_EVERY = 50;
/** Of its size, by which the middle may wander without having moved. */
const STILL = 0.1;

/**
 * The gate that Frigate documents, in front of the same detector: so many pictures a second are looked at, and inferred where
 * something moves, a vehicle is not stationary, or a stationary one is due. What it does not have is given to it: one inference for all of
 * its regions together, and vehicles that go on at constant velocity between two looks.
 *
 * @param fps looks per second; its default is 5
 */
export function motionGate(thresholds: readonly number[], fps: number): Contender {
  const vehicles = new ConstantVelocity(thresholds);
  const stationary = new Stationary();
  let picture: MotionPicture | null = null;
  const everyMs = 1000 / fps;
  let nextAt: number | null = null;
  return {
    family: 'motion gate',
    setting: `${fps} looks/s`,
    answer(frame, infer) {
      // half a ms: pictures of a film come at rounded times
      if (nextAt !== null && frame.sceneMs + 0.5 < nextAt)
        return { boxes: vehicles.next(frame, null).detections, isInferred: false };
      nextAt = Math.max((nextAt ?? frame.sceneMs) + everyMs, frame.sceneMs + everyMs / 2);
      picture ??= new MotionPicture(frame);
      const moves = picture.moves(luma(frame));
      const isInferred = moves || stationary.asks();
      const { detections, trackIds } = vehicles.next(frame, isInferred ? infer() : null);
      if (isInferred) stationary.see(trackIds, detections.data);
      return { boxes: detections, isInferred };
    },
  };
}

/** Reads a level of luma of the picture. */
function luma(frame: Frame): (x: number, y: number) => number {
  const { data, width, first, step } = brightnessOf(frame);
  return (x, y) => data[(y * width + x) * step + first]!;
}

/** Which vehicles stand, and for how long. */
class Stationary {
  #vehicles = new Map<number, { readonly x: number; readonly y: number; readonly looks: number }>();
  #isFirst = true;

  /** Whether one of them is to be looked at, though nothing moves. One more look for each. */
  asks(): boolean {
    let asks = this.#isFirst;
    this.#isFirst = false;
    for (const [id, { x, y, looks }] of this.#vehicles) {
      this.#vehicles.set(id, { x, y, looks: looks + 1 });
      asks ||= looks + 1 < STATIONARY_AFTER || (looks + 1) % RECHECK_EVERY === 0;
    }
    return asks;
  }

  see(ids: Int32Array, data: Float32Array): void {
    const seen = new Map<number, { x: number; y: number; looks: number }>();
    for (const [row, id] of ids.entries()) {
      const [x1, y1, x2, y2] = data.subarray(row * STRIDE, row * STRIDE + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const [x, y, size] = [(x1 + x2) / 2, (y1 + y2) / 2, Math.sqrt((x2 - x1) * (y2 - y1))];
      const before = this.#vehicles.get(id);
      const stands = before !== undefined && Math.hypot(x - before.x, y - before.y) < STILL * size;
      seen.set(id, stands ? before : { x, y, looks: 0 });
    }
    this.#vehicles = seen;
  }
}
