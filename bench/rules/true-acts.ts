import { type Box, iou } from '../../src/frame/box.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { Offence } from '../../src/frame/offence.js';
import type { TrueAct } from '../../src/simulator/manoeuvres.js';
import type { Truth } from '../../src/simulator/road.js';
import { BUS, TRUCK } from '../../src/simulator/vehicles.js';
import type { FilmedRoad } from './filmed-road.js';
import { FAR, GRACE_MS, NEAR, type RuledCamera, STANDS_LONGER_S } from './ruled-road.js';

/** Why an act is judged neither way: so near to a limit of its rule that both verdicts are right, or not to be seen well. */
export type Doubt = 'limit' | 'unclear';

/** An infraction that there was. */
export interface ExpectedAct {
  readonly offence: Offence;
  readonly vehicle: number;
  /** ms on the scene's clock from when on it was one. */
  readonly at: number;
  /** In which it goes on, ms. */
  readonly from: number;
  readonly until: number;
  readonly doubt: Doubt | null;
  /** Whether the detector finds the vehicle in most frames that the rule needs: what it does not see, no rule can judge. */
  readonly isDetected: boolean;
}

/** A vehicle in a frame as it really was: where it touches the road in shares of the picture, and on the road in metres. */
interface Sight {
  readonly at: number;
  readonly x: number;
  readonly y: number;
  /** Share of it that was to be seen, and the root of its box's area in widths of the picture. */
  readonly visible: number;
  readonly size: number;
  readonly across: number;
  readonly z: number;
  /** Whether the detector finds it in this frame. */
  readonly isDetected: boolean;
}

interface History {
  readonly sights: Sight[];
  acts: readonly TrueAct[];
  readonly isHeavy: boolean;
}

/** Seconds around a limit in which both verdicts are right. */
const OPEN_S = 1.5;
const OPEN_RED_MS = 350;
/** Time of a lorry in the zone of a lane that it must not be in: from when on it is expected, and below which it is not, s. */
const LANE_S = { expected: 2, none: 1 };
/** What begins so soon, while the program gets to know the road, or is not over so long before the end, is judged neither way, ms. */
const WARM_UP_MS = 15_000;
const LAST_MS = 3000;
/** Of a vehicle that is seen well more than this is before whatever hides it, and it is as large: 24 pixels of 640. */
const WELL_VISIBLE = 0.6;
const WELL_SIZE = 24 / 640;
/** An act is to be seen where its vehicle is seen well in so many of the frames that its rule needs. */
const WELL_SHARE = 0.8;
/** A vehicle is detected where a box has so much in common with it; share of the frames in which it must be. */
const DETECTED_IOU = 0.5;
const DETECTED_SHARE = 0.5;
/** Who is so near to an end of the zone of a lane may be seen in it or not, metres. */
const BORDER_M = 1.5;
/** Before and after a crossing or a turn, ms. */
const AROUND_MS = 1000;
/** Who is away for so long, and elsewhere then, has left a zone, ms; who stays within so many metres stands. */
const AWAY_MS = 1000;
const STANDS_M = 1;

/** Class indices of lorries and buses. */
const HEAVY: readonly number[] = [TRUCK, BUS];

/** Collects what vehicles of a simulated road do, and says which of it the rules forbid. */
export class TrueActs {
  readonly #road: Pick<FilmedRoad, 'camera' | 'width' | 'height' | 'layout'>;
  readonly #vehicles = new Map<number, History>();
  /** Of all frames, ms. */
  readonly #times: number[] = [];

  constructor(road: Pick<FilmedRoad, 'camera' | 'width' | 'height' | 'layout'>) {
    this.#road = road;
  }

  /** @param boxes what the detector finds in that very frame */
  see({ count, data, ids, visible, acts, ground }: Truth, at: number, boxes: Detections): void {
    const { width, height } = this.#road;
    this.#times.push(at);
    for (let row = 0; row < count; row++) {
      const [x1, y1, x2, y2] = boxOf(data, row);
      let history = this.#vehicles.get(ids[row]!);
      if (history === undefined) {
        const isHeavy = HEAVY.includes(data[row * STRIDE + 5]!);
        this.#vehicles.set(ids[row]!, (history = { sights: [], acts: [], isHeavy }));
      }
      const place = { x: (x1 + x2) / 2 / width, y: y2 / height, across: ground[row * 2]!, z: ground[row * 2 + 1]! };
      const size = Math.sqrt((x2 - x1) * (y2 - y1)) / width;
      const isDetected = isAmong([x1, y1, x2, y2], boxes);
      history.sights.push({ at, ...place, visible: visible[row]!, size, isDetected });
      history.acts = acts[row]!;
    }
  }

  /** @param untilMs end of what was seen: what is not over before is judged neither way */
  expected(untilMs: number): ExpectedAct[] {
    return [...this.#vehicles].flatMap(([vehicle, history]) =>
      [
        ...this.#stops(history),
        ...this.#stays(history),
        ...history.acts.flatMap((act) => this.#actsOf(act, history, untilMs)),
      ].map(({ offence, at, from, until, isNear }): ExpectedAct => {
        const isOutside = from < WARM_UP_MS || until > untilMs - LAST_MS;
        const doubt = isNear || isOutside ? 'limit' : this.#isSeenWell(history, from, until) ? null : 'unclear';
        const isDetected = this.#shareOf(history, from, until, (sight) => sight.isDetected) >= DETECTED_SHARE;
        return { offence, vehicle, at, from, until, doubt, isDetected };
      }),
    );
  }

  #actsOf(act: TrueAct, history: History, untilMs: number): Candidate[] {
    const { lines } = this.#road.camera;
    switch (act.act) {
      case 'wrong-way':
        return crossings(history, lines.slice(0, 2)).map((at) => ({
          offence: 'wrong-way',
          ...around(at),
          isNear: false,
        }));
      case 'u-turn': {
        const at = act.untilMs ?? untilMs;
        const seen = { from: act.fromMs - AROUND_MS, until: at + AROUND_MS };
        return [{ offence: 'u-turn', at, ...seen, isNear: act.untilMs === null }];
      }
      case 'red-light': {
        const redMs = act.redMs!;
        const [over] = crossings(history, lines.slice(2), act.fromMs - 3000, act.fromMs + 4000);
        if (over === undefined || redMs < GRACE_MS - OPEN_RED_MS) return [];
        // who stops right behind the line is before it for whoever looks at its rear
        const isNear = Math.abs(redMs - GRACE_MS) <= OPEN_RED_MS || Math.abs(over - act.fromMs) > 1500;
        return [{ offence: 'red-light', ...around(act.fromMs), isNear }];
      }
      default:
        return [];
    }
  }

  #isSeenWell(history: History, from: number, until: number): boolean {
    const isWell = ({ visible, size }: Sight) => visible >= WELL_VISIBLE && size >= WELL_SIZE;
    return this.#shareOf(history, from, until, isWell) >= WELL_SHARE;
  }

  /** Share of the frames of a time in which a vehicle is as asked for. */
  #shareOf({ sights }: History, from: number, until: number, is: (sight: Sight) => boolean): number {
    const isNeeded = (at: number) => at >= from && at <= until;
    const frames = this.#times.filter(isNeeded).length;
    return frames === 0 ? 0 : sights.filter((sight) => isNeeded(sight.at) && is(sight)).length / frames;
  }

  /** Stops on a verge that are longer than allowed, whether its driver wanted to or waits behind another. */
  #stops({ sights }: History): Candidate[] {
    const { halfWidth } = this.#road.layout;
    const beside = sights.filter(({ across, z }) => Math.abs(across) > halfWidth && z >= NEAR && z <= FAR);
    return splitWhere(beside, (a, b) => b.at - a.at > AWAY_MS && Math.abs(b.z - a.z) > STANDS_M).flatMap(
      (visit): Candidate[] => {
        const stands = splitWhere(visit, (_, b, first) => Math.abs(b.z - first.z) > STANDS_M);
        const long = stands.filter((one) => secondsOf(one) >= STANDS_LONGER_S - OPEN_S);
        return long.map((stand, i) => {
          const from = stand[0]!.at;
          const at = from + STANDS_LONGER_S * 1000;
          // one that drives on within the zone and stops again may be told again, or not
          const isNear = i > 0 || Math.abs(secondsOf(stand) - STANDS_LONGER_S) <= OPEN_S;
          return { offence: 'no-stopping', at, from, until: at, isNear };
        });
      },
    );
  }

  /** Stays of lorries and buses in the inner lanes, on the ground, that are long enough to be told. */
  #stays({ sights, isHeavy }: History): Candidate[] {
    if (!isHeavy) return [];
    const { laneX, lanesPerDirection: n, laneWidth } = this.#road.layout;
    return [laneX[n - 1]!, laneX[2 * n - 1]!].flatMap((lane): Candidate[] => {
      const inLane = sights.filter(({ across }) => Math.abs(across - lane) < laneWidth / 2);
      const between = (margin: number) => inLane.filter(({ z }) => z >= NEAR - margin && z <= FAR + margin);
      const [within, about] = [between(0), between(BORDER_M)];
      if (about.length === 0 || secondsOf(about) < LANE_S.none) return [];
      const [from, until] = [about[0]!.at, about.at(-1)!.at];
      const isNear = within.length === 0 || secondsOf(within) < LANE_S.expected;
      return [{ offence: 'class-lane', at: within[0]?.at ?? from, from, until, isNear }];
    });
  }
}

/** An act with the time in which its rule must see the vehicle, ms. */
interface Candidate extends Pick<ExpectedAct, 'offence' | 'at'> {
  readonly from: number;
  readonly until: number;
  readonly isNear: boolean;
}

const around = (at: number) => ({ at, from: at - AROUND_MS, until: at + AROUND_MS });

const secondsOf = (sights: readonly Sight[]): number => (sights.at(-1)!.at - sights[0]!.at) / 1000;

/** x1, y1, x2, y2 of a row. */
export function boxOf(data: Float32Array, row: number): Box {
  const at = row * STRIDE;
  return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
}

/** When a vehicle went over one of the lines, ms. */
function crossings({ sights }: History, lines: RuledCamera['lines'], from = 0, until = Infinity): number[] {
  return lines.flatMap(({ from: [x0, y0], to: [x1, y1] }) => {
    for (let i = 1; i < sights.length; i++) {
      const [a, b] = [sights[i - 1]!, sights[i]!];
      const above = ({ x, y }: Sight) => y < y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
      const isBetween = b.x >= x0 && b.x <= x1;
      if (above(a) !== above(b) && isBetween && b.at >= from && b.at <= until && b.at - a.at < 1000) return [b.at];
    }
    return [];
  });
}

function splitWhere(
  sights: readonly Sight[],
  isApart: (before: Sight, sight: Sight, first: Sight) => boolean,
): Sight[][] {
  const parts: Sight[][] = [];
  for (const [i, sight] of sights.entries()) {
    if (i === 0 || isApart(sights[i - 1]!, sight, parts.at(-1)![0]!)) parts.push([]);
    parts.at(-1)!.push(sight);
  }
  return parts;
}

function isAmong(box: Box, { data, count }: Detections): boolean {
  for (let row = 0; row < count; row++) if (iou(box, 0, boxOf(data, row), 0) >= DETECTED_IOU) return true;
  return false;
}
