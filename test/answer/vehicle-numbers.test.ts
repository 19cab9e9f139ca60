import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VehicleNumbers } from '../../src/answer/vehicle-numbers.js';
import type { Road } from '../../src/simulator/road.js';
import { detected, frameOf, simulatedRoad } from './roads.js';

const THRESHOLDS = new Array(6).fill(0.35);
const roadOf = (options: string): Road => simulatedRoad(`sim://road?seed=3&fps=10&${options}`);

/** The numbers given to the vehicles of successive frames. */
const idsIn = (numbers: VehicleNumbers, road: Road, from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => [
    ...numbers.number(frameOf(road, from + i), detected(road, from + i)).trackIds,
  ]).flat();

test('vehicles keep their numbers from frame to frame', () => {
  const road = roadOf('traffic=mixed');
  const most = Math.max(...idsIn(new VehicleNumbers(THRESHOLDS), road, 0, 60));
  const vehicles = new Set(Array.from({ length: 60 }, (_, i) => [...road.truth(i).ids]).flat()).size;
  assert.ok(most <= 1.2 * vehicles, `${most} numbers for ${vehicles} vehicles`);
});

test('the answer is the inference, in pixels of the camera’s own picture, without the boxes too weak to report', () => {
  const road = roadOf('traffic=rush');
  const inference = detected(road, 0);
  inference.data[6 * (inference.count - 1) + 4] = 0.3;
  const answer = new VehicleNumbers(THRESHOLDS).number(frameOf(road, 0), inference);
  const { origin, ageMs, confidence, sceneId } = answer;
  assert.equal({ origin, ageMs, confidence, sceneId }, { origin: 'inferred', ageMs: 0, confidence: 1, sceneId: null });
  assert.is(answer.detections.count, inference.count - 1);
  assert.equal([...answer.detections.data.slice(0, 4)], [...inference.data.slice(0, 4)]);
});

test('vehicles in pictures of another size are new ones, and numbers are not given again', () => {
  const numbers = new VehicleNumbers(THRESHOLDS);
  const most = Math.max(...idsIn(numbers, roadOf('traffic=rush'), 0, 5));
  const after = idsIn(numbers, roadOf('traffic=rush&width=320&height=180'), 5, 6);
  assert.ok(after.length > 0);
  assert.ok(Math.min(...after) > most);
});

test.run();
