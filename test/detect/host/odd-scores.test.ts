import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SupervisedDetector } from '../../../src/detect/host/supervised-detector.js';
import type { Log } from '../../../src/foundation/log.js';
import { lossCause } from '../../../src/frame/loss-cause.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode } from '../../../src/onnx/graph.js';
import { float32Tensor } from '../../../src/onnx/tensor.js';
import { int, smallModel } from '../../onnx/small-model.js';
import { temporaryFolder } from '../../temporary.js';
import { loadRequest } from '../worker/onnx-session.js';

const SIDE = 32;

/** A detector of one car whose score is the picture's mean brightness over 128: above 1 for a bright picture. */
function brightnessModel(): Uint8Array {
  return Buffer.concat(
    encodeModel(
      smallModel({
        inputs: [{ name: 'images', type: 'float32', dims: [1, 3, SIDE, SIDE] }],
        outputs: [{ name: 'detections', type: 'float32', dims: [1, 1, 5] }],
        constants: {
          car: float32Tensor([1, 1, 5], [2, 4, 12, 14, 0]),
          asScore: float32Tensor([1, 1, 5], [0, 0, 0, 0, 1 / 128]),
        },
        nodes: [
          makeNode('ReduceMean', 'mean', ['images'], ['brightness'], { keepdims: int(0) }),
          makeNode('Mul', 'scale', ['asScore', 'brightness'], ['score']),
          makeNode('Add', 'add', ['car', 'score'], ['detections']),
        ],
      }),
    ),
  );
}

const grey = (level: number) => ({ width: SIDE, height: SIDE, data: new Uint8Array(SIDE * SIDE * 3).fill(level) });

/** Written by the detector at level warn. */
function keeping(lines: { reason: string; text: string }[]): Log {
  const warn = ({ reason }: { reason: string }, text: string) => lines.push({ reason, text });
  return { debug: () => undefined, info: () => undefined, error: () => undefined, warn } as never;
}

test('a score far above 1 costs its picture, is said once, and the same worker answers the next', async () => {
  const model = brightnessModel();
  const file = join(temporaryFolder('odd-scores'), 'm.onnx');
  writeFileSync(file, model);
  const lines: { reason: string; text: string }[] = [];
  const detector = new SupervisedDetector({
    deadlineMs: 5000,
    loadDeadlineMs: 20_000,
    restartsPerMinute: 5,
    slowRetryMs: 1000,
    log: keeping(lines),
  });
  try {
    const sha256 = createHash('sha256').update(model).digest('hex');
    await detector.load(loadRequest({ file, sha256, classes: ['car'] }));
    const { detections, peakScores } = await detector.detect([grey(64)]);
    assert.equal([...detections[0]!.data], [2, 4, 12, 14, 0.5, 0]);
    assert.equal(peakScores, [0.5]);
    for (const level of [200, 255]) {
      const error = await detector.detect([grey(level)]).catch((reason: unknown) => reason);
      assert.is(lossCause(error), 'refused');
      assert.match((error as Error).message, /gives a score of 1\.\d+, expected 0 to 1/);
    }
    // 1.008: rounding may do that
    assert.equal((await detector.detect([grey(129)])).detections[0]!.data[4], 1);
    assert.is(detector.state.kind, 'ready');
    assert.equal(detector.counters.ends, { crashed: 0, stuck: 0, protocol: 0, memory: 0 });
    assert.is(detector.counters.lost.refused, 2);
    const said = lines.filter(({ text }) => text === 'the detector gave no answer for a picture');
    assert.is(said.length, 1);
    assert.match(said[0]!.reason, /gives a score of 1\.563/);
  } finally {
    await detector.close();
  }
});

test.run();
