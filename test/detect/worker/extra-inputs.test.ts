import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExtraInput, LoadRequest } from '../../../src/detect/detector.js';
import { extraFeeds, pictureDims, pictureInput } from '../../../src/detect/worker/extra-inputs.js';
import { loadRuntime } from '../../../src/detect/worker/onnx-runtime.js';
import { openSession } from '../../../src/detect/worker/session.js';
import { explain } from '../../../src/foundation/errors.js';
import { onnxModel, type Value } from '../../fixtures/onnx-builder.js';
import { temporaryFolder } from '../../temporary.js';
import { loadRequest } from './onnx-session.js';

const folder = temporaryFolder('extra-inputs');
const picture: Value = { name: 'images', dims: ['n', 3, 'h', 'w'] };
const { ort } = loadRuntime(null);

/** A model that gives back what is put into its inputs, under the same names with `_out`; the picture comes last. */
function echo(...extra: readonly Value[]): Buffer {
  const inputs = [...extra, picture];
  const outputs = inputs.map((input) => ({ ...input, name: `${input.name}_out` }));
  const nodes = inputs.map(({ name }) => ({ op: 'Identity', inputs: [name], outputs: [`${name}_out`] }));
  return onnxModel({ inputs, outputs, constants: [], nodes });
}

/** What is fed into the one extra input of a model for two pictures of 48 × 32. */
async function fed(input: Value, values: ExtraInput['values']): Promise<{ dims: readonly number[]; data: unknown }> {
  const session = await ort.InferenceSession.create(echo(input));
  const request = loadRequest({ width: 48, height: 32 });
  try {
    const extra = [{ name: input.name, values }];
    assert.is(pictureInput(session, { extra }).name, 'images');
    const { dims, data } = extraFeeds(ort, session, { ...request.input, extra }, 2)[input.name]!;
    return { dims, data };
  } finally {
    await session.release();
  }
}

test('the size of the input, once for each picture of a batch', async () => {
  assert.equal(await fed({ name: 'orig_target_sizes', type: 'int64', dims: ['n', 2] }, ['width', 'height']), {
    dims: [2, 2],
    data: BigInt64Array.of(48n, 32n, 48n, 32n),
  });
});

test('the size for all pictures at once, numbers of other types, and numbers of half precision', async () => {
  assert.equal(await fed({ name: 'a', type: 'int64', dims: [2] }, ['height', 'width']), {
    dims: [2],
    data: BigInt64Array.of(32n, 48n),
  });
  assert.equal(await fed({ name: 'a', dims: ['n'] }, [0.5]), { dims: [1], data: Float32Array.of(0.5) });
  assert.equal(await fed({ name: 'a', dims: ['n', 3] }, ['height', 'width', 1]), {
    dims: [2, 3],
    data: Float32Array.of(32, 48, 1, 32, 48, 1),
  });
  assert.equal((await fed({ name: 'a', type: 'uint8', dims: [] }, [1])).dims, []);
});

test('a mask of the whole picture', async () => {
  const { dims, data } = await fed({ name: 'pixel_mask', type: 'int64', dims: ['n', 'h', 'w'] }, [1]);
  assert.equal(dims, [2, 32, 48]);
  assert.ok((data as BigInt64Array).every((value) => value === 1n));
  assert.equal((await fed({ name: 'pixel_mask', type: 'int64', dims: [2, 64, 64] }, [1])).dims, [2, 64, 64]);
});

/** Opens a model whose one box is what is put into `row`. */
async function openRow(extra: readonly ExtraInput[] | undefined) {
  const row: Value = { name: 'row', dims: ['n', 1, 6] };
  const out: Value = { name: 'detections', dims: ['n', 1, 6] };
  const nodes = [{ op: 'Identity', inputs: ['row'], outputs: ['detections'] }];
  const model = onnxModel({ inputs: [row, picture], outputs: [out], constants: [], nodes });
  const file = join(folder, 'row.onnx');
  writeFileSync(file, model);
  const sha256 = createHash('sha256').update(model).digest('hex');
  const plain = loadRequest({ file, sha256, width: 48, height: 32 });
  const request: LoadRequest = { ...plain, input: { ...plain.input, extra }, batchSizes: [1, 2] };
  return openSession(request, () => undefined);
}

test('a session feeds them with every batch', async () => {
  const session = await openRow([{ name: 'row', values: [1, 2, 'width', 'height', 0.75, 0] }]);
  const boxes = await session.detect(2, new Uint8Array(2 * 48 * 32 * 3));
  assert.is(boxes, 2);
  assert.equal([...session.rows.subarray(0, 6)], [1, 2, 48, 32, 0.75, 0]);
  assert.equal([...session.rows.subarray(6, 12)], [1, 2, 48, 32, 0.75, 0]);
  await session.release();
});

test('inputs that nothing would be put into are named', async () => {
  const error = await openRow(undefined).catch(explain);
  assert.match(
    String(error),
    /expected a model with one input.* it has row float32 \[n, 1, 6\], images float32 \[n, 3, h, w\]: say there what goes/,
  );
});

test('values that do not fit are named', async () => {
  const error = await openRow([{ name: 'row', values: [1, 2, 3, 4] }]).catch(explain);
  assert.match(String(error), /row float32 \[n, 1, 6\] cannot hold the 4 value\(s\).*: 1, 2, 3, 4/);
});

test('what a manifest fills and the model does not have is left out', async () => {
  const session = await openRow([
    { name: 'row', values: [1, 2, 'width', 'height', 0.75, 0] },
    { name: 'folded', values: [1] },
  ]);
  assert.is(await session.detect(1, new Uint8Array(48 * 32 * 3)), 1);
  await session.release();
});

test('a picture without an axis for the batch is one, and no more', () => {
  const { input } = loadRequest({ width: 48, height: 32 });
  const metadata = { name: 'x', isTensor: true, type: 'float32', shape: [3, 'h', 'w'] } as const;
  assert.equal(pictureDims(metadata, input, 1), [3, 32, 48]);
  assert.equal(pictureDims({ ...metadata, shape: [1, 'h', 'w', 3] }, { ...input, layout: 'nhwc' }, 2), [2, 32, 48, 3]);
  assert.throws(
    () => pictureDims(metadata, input, 2),
    (error: Error) =>
      error.message === "the model's input x [3, h, w] has no axis for the batch: it takes one picture at once, not 2",
  );
});

test.run();
