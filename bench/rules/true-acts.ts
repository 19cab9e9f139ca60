import type { Box } from '../../src/frame/box.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Offence } from '../../src/frame/offence.js';
import type { Road } from '../../src/simulator/road.js';
import { FAR, GRACE_MS, NEAR, type RuledCamera, STANDS_LONGER_S } from './ruled-road.js';

/** An infraction that there was. */
export interface ExpectedAct {
  readonly offence: Offence;
  readonly vehicle: number;
  /** ms on the scene's clock from when on it was one. */
  readonly at: number;
  /** So near to a limit of its rule, or so hidden, that both verdicts are right. */
  readonly isOpen: boolean;
}

/** A vehicle as it really was over the frames. */
interface History {
  readonly feet: {
    readonly at: number;
    readonly x: number;
    readonly y: number;
    readonly visible: number;
    readonly across: number;
    readonly z: number;
  }[];
  acts: readonly { act: string; fromMs: number; untilMs: number | null; redMs?: number }[];
}

/** Seconds around a limit in which both verdicts are right; and the share of a vehicle that must be seen, on average. */
const OPEN_S = 1.5;
const OPEN_RED_MS = 350;
const LEAST_VISIBLE = 0.35;
/** Time of a lorry in the zone of a lane that it must not be in: from when on it is expected, and below which it is not, s. */
const LANE_S = { expected: 2, none: 1 };

/** Collects what vehicles of a simulated road do, and says which of it the rules forbid. */
export class TrueActs {
  readonly #camera: RuledCamera;
  readonly #height: number;
  readonly #vehicles = new Map<number, History>();

  constructor(camera: RuledCamera, road: Road) {
    this.#camera = camera;
    this.#height = road.height;
    this.#width = road.width;
    const { laneX, lanesPerDirection: n, laneWidth } = road.layout;
    this.#innerLanes = [laneX[n - 1]!, laneX[2 * n - 1]!];
    this.#laneWidth = laneWidth;
  }

  readonly #width: number;
  /** Middles of the inner lanes across the road, metres. */
  readonly #innerLanes: readonly number[];
  readonly #laneWidth: number;

  see(road: Road, index: number): void {
    const { count, data, ids, visible, acts, ground } = road.truth(index);
    for (let row = 0; row < count; row++) {
      const [x1, , x2, y2] = boxOf(data, row);
      let history = this.#vehicles.get(ids[row]!);
      if (history === undefined) this.#vehicles.set(ids[row]!, (history = { feet: [], acts: [] }));
      const foot = { x: (x1 + x2) / 2 / this.#width, y: y2 / this.#height };
      history.feet.push({
        at: road.sceneMs(index),
        ...foot,
        visible: visible[row]!,
        across: ground[row * 2]!,
        z: ground[row * 2 + 1]!,
      });
      history.acts = acts[row]!;
    }
  }

  /** @param untilMs end of what was seen: what is not over before is open */
  expected(untilMs: number): ExpectedAct[] {
    return [...this.#vehicles].flatMap(([vehicle, history]) =>
      history.acts.flatMap((act): ExpectedAct[] => {
        const open = (at: number, isOpen: boolean) =>
          isOpen || at > untilMs - 3000 || visibleAround(history, at) < LEAST_VISIBLE;
        switch (act.act) {
          case 'wrong-way':
            return crossings(history, this.#camera.lines.slice(0, 2)).map((at) => ({
              offence: 'wrong-way',
              vehicle,
              at,
              isOpen: open(at, false),
            }));
          case 'stopping': {
            const stoodS = ((act.untilMs ?? untilMs) - act.fromMs) / 1000;
            const at = act.fromMs + STANDS_LONGER_S * 1000;
            if (stoodS < STANDS_LONGER_S - OPEN_S) return [];
            const isOpen = Math.abs(stoodS - STANDS_LONGER_S) <= OPEN_S;
            return [{ offence: 'no-stopping', vehicle, at, isOpen: open(at, isOpen) }];
          }
          case 'wrong-lane':
            return this.#stays(history).map(({ at, seconds }) => ({
              offence: 'class-lane',
              vehicle,
              at,
              isOpen: open(at + 1000, seconds < LANE_S.expected),
            }));
          case 'u-turn':
            return [
              {
                offence: 'u-turn',
                vehicle,
                at: act.untilMs ?? untilMs,
                isOpen: open(act.fromMs, act.untilMs === null),
              },
            ];
          case 'red-light': {
            const redMs = act.redMs!;
            const [over] = crossings(history, this.#camera.lines.slice(2), act.fromMs - 3000, act.fromMs + 4000);
            if (over === undefined || redMs < GRACE_MS - OPEN_RED_MS) return [];
            // who stops right behind the line is before it for whoever looks at its rear
            const isOpen = Math.abs(redMs - GRACE_MS) <= OPEN_RED_MS || Math.abs(over - act.fromMs) > 1500;
            return [{ offence: 'red-light', vehicle, at: act.fromMs, isOpen: open(act.fromMs, isOpen) }];
          }
          default:
            return [];
        }
      }),
    );
  }

  /** Stays in the inner lanes, on the ground, that are long enough to be told. */
  #stays({ feet }: History): { at: number; seconds: number }[] {
    return this.#innerLanes.flatMap((lane) => {
      const within = feet.filter(
        ({ across, z }) => Math.abs(across - lane) < this.#laneWidth / 2 && z >= NEAR && z <= FAR,
      );
      if (within.length === 0) return [];
      const seconds = (within.at(-1)!.at - within[0]!.at) / 1000;
      return seconds < LANE_S.none ? [] : [{ at: within[0]!.at, seconds }];
    });
  }
}

/** x1, y1, x2, y2 of a row. */
export function boxOf(data: Float32Array, row: number): Box {
  const at = row * STRIDE;
  return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
}

/** When a vehicle went over one of the lines, ms. */
function crossings({ feet }: History, lines: RuledCamera['lines'], from = 0, until = Infinity): number[] {
  return lines.flatMap(({ from: [x0, y0], to: [x1, y1] }) => {
    for (let i = 1; i < feet.length; i++) {
      const [a, b] = [feet[i - 1]!, feet[i]!];
      const above = ({ x, y }: { x: number; y: number }) => y < y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
      const isBetween = b.x >= x0 && b.x <= x1;
      if (above(a) !== above(b) && isBetween && b.at >= from && b.at <= until && b.at - a.at < 1000) return [b.at];
    }
    return [];
  });
}

function visibleAround({ feet }: History, at: number): number {
  const near = feet.filter((foot) => Math.abs(foot.at - at) <= 1500);
  return near.length === 0 ? 0 : near.reduce((sum, { visible }) => sum + visible, 0) / near.length;
}
