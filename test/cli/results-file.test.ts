import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ResultsFile } from '../../src/cli/results-file.js';
import { EdgeError } from '../../src/foundation/errors.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('results-file');

const result = (seq: number): FrameResult => ({
  camera: 'north',
  seq,
  capturedAt: 1_700_000_000_000,
  sceneMs: 0,
  sourceWidth: 640,
  sourceHeight: 360,
  detections: { count: 1, data: Float32Array.of(1.26, 2, 30, 40, 0.87654, 2) },
  origin: 'propagated',
  trackIds: Int32Array.of(7),
  ageMs: 120.4567,
  confidence: 0.98123,
  latencyMs: 12.3456,
  model: 'm',
  variant: 'v',
  provider: 'cpu',
});

test('writes a line per frame, after what the file holds already', () => {
  const path = join(folder, 'results.jsonl');
  for (const seq of [0, 1]) {
    const file = new ResultsFile(path);
    file.open();
    file.write(result(seq));
    file.close();
  }
  const line = (seq: number) =>
    `{"camera":"north","seq":${seq},"capturedAt":1700000000000,"origin":"propagated","ageMs":120.5,"confidence":0.981,"latencyMs":12.35,"detections":[[1.3,2,30,40,0.877,2,7]]}`;
  assert.is(readFileSync(path, 'utf8'), `${line(0)}\n${line(1)}\n`);
});

test('says what to do where the file cannot be opened', () => {
  let thrown: unknown;
  try {
    new ResultsFile(join(folder, 'no/such/folder.jsonl')).open();
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, EdgeError);
  assert.is((thrown as EdgeError).code, 'E_OUTPUT');
  assert.match((thrown as EdgeError).message, /name a file in a folder that exists and is writable/);
});

if (existsSync('/dev/full')) {
  test('a full disk costs lines, which are counted, and nothing else', () => {
    const file = new ResultsFile('/dev/full');
    file.open();
    for (let seq = 0; seq < 3; seq++) file.write(result(seq));
    file.close();
    assert.is(file.lostLines, 3);
  });
} else console.log('SKIPPED (no /dev/full here): a full disk costs lines');

test.run();
