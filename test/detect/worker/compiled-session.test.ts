import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { openSession } from '../../../src/detect/worker/session.js';
import { ModelError } from '../../../src/foundation/errors.js';
import { temporaryFolder } from '../../temporary.js';
import { GREY, needsModel, roadsideRequest } from '../roadside-request.js';

const root = temporaryFolder('compiled');
const withModel = needsModel(test);

const cached = (name: string, changes: Partial<LoadRequest> = {}): LoadRequest =>
  roadsideRequest({
    scoreThresholds: Array(6).fill(0.01),
    artifacts: { folder: join(root, name), maxBytes: 100_000_000 },
    ...changes,
  });

/** Boxes of a patterned picture, and what was warned of. */
async function answer(request: LoadRequest): Promise<{ rows: number[]; warnings: string[] }> {
  const warnings: string[] = [];
  const session = await openSession(request, (text) => warnings.push(text));
  const picture = GREY.data.map((_, i) => (i * 31) % 251);
  const rows = [...session.rows.subarray(0, (await session.detect(1, picture)) * 6)];
  await session.release();
  return { rows, warnings };
}

withModel('the second start uses what the first kept, and answers the same', async () => {
  const plain = await answer(roadsideRequest({ scoreThresholds: Array(6).fill(0.01) }));
  const first = await answer(cached('twice'));
  const kept = readdirSync(join(root, 'twice'));
  const second = await answer(cached('twice'));
  assert.is(kept.length, 1);
  assert.equal(readdirSync(join(root, 'twice')), kept);
  assert.ok(plain.rows.length > 0);
  assert.equal(first, plain);
  assert.equal(second, plain);
});

withModel('a damaged artifact falls back to the original, says so, and is made again', async () => {
  const before = await answer(cached('damaged'));
  const [name] = readdirSync(join(root, 'damaged'));
  writeFileSync(join(root, 'damaged', name!), 'not what it was');
  const { rows, warnings } = await answer(cached('damaged'));
  assert.equal(rows, before.rows);
  assert.match(warnings.join(), /a compiled artifact of .* was damaged: removed, made again/);
  const again = readdirSync(join(root, 'damaged'));
  assert.is(again.length, 1);
  assert.is(readFileSync(join(root, 'damaged', again[0]!)).length > 1_000_000, true);
});

withModel('an artifact that is whole but no model falls back too', async () => {
  const before = await answer(cached('wrong'));
  const [name] = readdirSync(join(root, 'wrong'));
  const content = 'whole, but no model';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const wrong = name!.replace(/[0-9a-f]{64}/, sha256);
  renameSync(join(root, 'wrong', name!), join(root, 'wrong', wrong));
  writeFileSync(join(root, 'wrong', wrong), content);
  const { rows, warnings } = await answer(cached('wrong'));
  assert.equal(rows, before.rows);
  assert.match(warnings.join(), /could not be used .*: removed, the original is loaded/);
  assert.equal(readdirSync(join(root, 'wrong')), []);
});

withModel('a folder that cannot be written changes nothing', async () => {
  writeFileSync(join(root, 'file'), '');
  const { rows, warnings } = await answer(cached('file/inside'));
  assert.ok(rows.length > 0);
  assert.equal(warnings, []);
});

withModel('what does not fit the bound is not kept', async () => {
  const artifacts = { folder: join(root, 'small'), maxBytes: 1000 };
  assert.ok((await answer(cached('small', { artifacts }))).rows.length > 0);
  assert.equal(readdirSync(join(root, 'small')), []);
});

test('a model that cannot be loaded leaves nothing behind', async () => {
  const file = join(root, 'not.onnx');
  writeFileSync(file, 'this is not a model');
  const sha256 = createHash('sha256').update('this is not a model').digest('hex');
  const error = await openSession(cached('none', { file, sha256 }), () => undefined).catch((reason: unknown) => reason);
  assert.instance(error, ModelError);
  assert.equal(readdirSync(join(root, 'none')), []);
});

test.run();
