import type { SceneAnswer } from '../../src/answer/scene-answer.js';
import { VehicleEvents } from '../../src/events/vehicle-events.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import type { Road } from '../../src/simulator/road.js';
import { resultOf } from '../harness/answers.js';

/** Where the simulated road is crossed, as shares of the picture's height: far away, at the signal, where vehicles enter. */
const SHARES = [0.4, 0.5, 0.6, 0.7, 0.85];
const CLASSES = ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];

/** Crossings of one line. */
export interface Crossings {
  away: number;
  near: number;
}

const none = (): Crossings[] => SHARES.map(() => ({ away: 0, near: 0 }));

/** Who really crosses the lines, by the vehicles' own numbers: also who does so behind another. */
export class TrueCrossings {
  readonly counts: readonly Crossings[] = none();
  readonly #isAway = new Map<string, boolean>();

  see(road: Road, index: number): void {
    const { count, data, ids } = road.truth(index);
    for (let row = 0; row < count; row++) {
      for (const [i, share] of SHARES.entries()) {
        const key = `${ids[row]} ${i}`;
        const isAway = data[row * STRIDE + 3]! < share * road.height;
        const before = this.#isAway.get(key);
        if (before !== undefined && before !== isAway) this.counts[i]![isAway ? 'away' : 'near']++;
        this.#isAway.set(key, isAway);
      }
    }
  }
}

/** Who crosses the lines by the answers given. */
export class ToldCrossings {
  readonly counts: readonly Crossings[] = none();
  readonly #events = new VehicleEvents({
    classes: CLASSES,
    lines: SHARES.map((y, i) => ({ id: `${i}`, from: [0, y], to: [1, y], left: 'away', right: 'near' })),
    zones: [],
  });

  see(frame: Frame, answer: SceneAnswer): void {
    for (const event of this.#events.push(resultOf(frame, answer), frame.sceneMs)) {
      if (event.kind === 'crossed') this.counts[Number(event.line)]![event.direction as keyof Crossings]++;
    }
  }
}

/** All crossings of all lines. */
export function total(counts: readonly Crossings[]): number {
  return counts.reduce((sum, { away, near }) => sum + away + near, 0);
}

/** Crossings too many and too few, per line and direction. */
export function differences(one: readonly Crossings[], other: readonly Crossings[]): number {
  return one.reduce(
    (sum, { away, near }, i) => sum + Math.abs(away - other[i]!.away) + Math.abs(near - other[i]!.near),
    0,
  );
}
