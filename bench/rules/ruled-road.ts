import { type CameraConfig, configSchema } from '../../src/config/config.js';
import type { Road } from '../../src/simulator/road.js';
import { clippedPolygon } from './clipped-polygon.js';

/** Lines, zones and rules of the benchmark. */
export type RuledCamera = Pick<CameraConfig, 'lines' | 'zones' | 'rules'>;

/** Where drivers on the wrong side are looked for, and how far zones reach, metres along the road. */
const GATE_Z = 40;
export const NEAR = 32;
export const FAR = 62;
/** A vehicle that drives away is seen from behind: its rear is here when the front of a car passes the stop line. */
const REAR_BEFORE = 1.4 - 4.3;
export const STANDS_LONGER_S = 12;
export const GRACE_MS = 500;
export const SIGNAL = 'north';

/** What a technician would draw on a simulated road: lines over both carriageways, lanes and verges as zones, and the rules. */
export function ruledRoad(road: Road): RuledCamera {
  const { layout } = road;
  const { halfWidth, median, laneWidth, lanesPerDirection: n, laneX, stopAway } = layout;
  const clipped = ([x, y]: [number, number]) => [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
  const at = (x: number, z: number) => clipped(road.pictureOf(x, z));
  const strip = (from: number, to: number) =>
    clippedPolygon([
      road.pictureOf(from, NEAR),
      road.pictureOf(to, NEAR),
      road.pictureOf(to, FAR),
      road.pictureOf(from, FAR),
    ]);
  const lane = (index: number) => strip(laneX[index]! - laneWidth / 2, laneX[index]! + laneWidth / 2);
  const edge = halfWidth + 0.4;
  const sides = { left: 'away', right: 'near' };
  const stopZ = stopAway + REAR_BEFORE;
  const camera = {
    id: 'sim',
    url: 'sim://road',
    lines: [
      { id: 'oncoming', from: at(-edge, GATE_Z), to: at(-median / 4, GATE_Z), ...sides },
      { id: 'leaving', from: at(median / 4, GATE_Z), to: at(edge, GATE_Z), ...sides },
      { id: 'stop', from: at(median / 4, stopZ), to: at(edge, stopZ), ...sides },
    ],
    zones: [
      { id: 'left-verge', polygon: strip(-halfWidth - 3.2, -halfWidth) },
      { id: 'right-verge', polygon: strip(halfWidth, halfWidth + 3.2) },
      { id: 'left-inner', polygon: lane(n - 1) },
      { id: 'right-inner', polygon: lane(2 * n - 1) },
    ],
    rules: [
      { id: 'no-entry-left', offence: 'wrong-way', line: 'oncoming', direction: 'away' },
      { id: 'no-entry-right', offence: 'wrong-way', line: 'leaving', direction: 'near' },
      { id: 'clear-left', offence: 'no-stopping', zone: 'left-verge', longerThanS: STANDS_LONGER_S },
      { id: 'clear-right', offence: 'no-stopping', zone: 'right-verge', longerThanS: STANDS_LONGER_S },
      { id: 'no-lorries-left', offence: 'class-lane', zone: 'left-inner', classes: ['truck', 'bus'] },
      { id: 'no-lorries-right', offence: 'class-lane', zone: 'right-inner', classes: ['truck', 'bus'] },
      { id: 'no-turning', offence: 'u-turn' },
      { id: 'signal', offence: 'red-light', line: 'stop', direction: 'away', signal: SIGNAL, graceMs: GRACE_MS },
    ],
  };
  return configSchema.parse({ cameras: [camera] }).cameras[0]!;
}
