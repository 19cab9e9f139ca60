import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  answeredShare,
  answerTimes,
  type FrameLine,
  framesPerSecond,
  readResults,
} from '../../../bench/harness/results.js';
import { temporaryFolder } from '../../temporary.js';

const frame = (seq: number, detections: number[][], capturedAt = 1000, latencyMs = 5): FrameLine => ({
  seq,
  capturedAt,
  latencyMs,
  detections,
});

test('frames per second count from the first result to the last', () => {
  const lines = [frame(0, [], 1000, 10), frame(1, [], 1400, 110), frame(2, [], 1900, 110)];
  assert.equal(answerTimes(lines), [1010, 1510, 2010]);
  assert.is(framesPerSecond(answerTimes(lines)), 2);
  assert.is(framesPerSecond([1000]), null);
});

test('frames that a program dropped on the way lower its answered share', () => {
  assert.is(answeredShare([frame(3, []), frame(4, []), frame(6, [])]), 0.75);
  assert.is(answeredShare([]), null);
});

test('a results file with a line that is no result is refused with its number', () => {
  const file = join(temporaryFolder('results'), 'results.jsonl');
  writeFileSync(file, `${JSON.stringify(frame(0, [[10, 10, 50, 50, 0.9, 2]]))}\n{"type":"summary"}\n`);
  assert.throws(() => readResults(file), /line 2 of .* is not a frame's result/);
});

test.run();
