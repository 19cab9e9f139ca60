import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { readModel, writeModel } from '../../src/onnx/model-file.js';
import { float32Tensor, floatsOf } from '../../src/onnx/tensor.js';
import { GraphSession } from '../../src/optimize/graph-session.js';

const MODEL = join(PROJECT_ROOT, 'models/roadside-n/roadside-n.onnx');
const folder = mkdtempSync(join(tmpdir(), 'edge-onnx-'));

test.after(() => rmSync(folder, { recursive: true, force: true }));

async function answers(model: Parameters<typeof GraphSession.open>[0]): Promise<Float32Array> {
  const session = await GraphSession.open(model);
  const picture = Float32Array.from({ length: 3 * 64 * 96 }, (_, i) => (i * 7919) % 256);
  const outputs = await session.run(new Map([['images', float32Tensor([1, 3, 64, 96], picture)]]));
  await session.close();
  return floatsOf(outputs.get('detections')!);
}

test('a model that is read and written again computes the same numbers', async () => {
  const file = join(folder, 'copy.onnx');
  await writeModel(file, readModel(MODEL));
  assert.equal(await answers(file), await answers(MODEL));
});

test('reading turns Constant nodes into initializers', () => {
  const { graph } = readModel(MODEL);
  assert.is(graph.nodes.filter(({ op }) => op === 'Constant').length, 0);
  assert.ok(graph.initializers.size > 66);
});

test('a file that is no model is refused as such', () => {
  const file = join(folder, 'text.onnx');
  writeFileSync(file, 'not a model');
  assert.throws(
    () => readModel(file),
    (error: { code: string; message: string }) => error.code === 'E_MODEL' && error.message.includes('text.onnx'),
  );
});

test('a model cut off in the middle is refused', () => {
  const file = join(folder, 'half.onnx');
  writeFileSync(file, readFileSync(MODEL).subarray(0, 1_000_000));
  assert.throws(
    () => readModel(file),
    (error: { code: string }) => error.code === 'E_MODEL',
  );
});

test('a model that cannot be written leaves nothing behind', async () => {
  const model = readModel(MODEL);
  let code = '';
  await writeModel(join(folder, 'missing/model.onnx'), model).catch((error: { code: string }) => {
    code = error.code;
  });
  assert.is(code, 'E_MODEL');
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test.run();
