import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addModel, pullModel } from '../../src/cli/add-model.js';
import { listModels, verifyModels } from '../../src/cli/models.js';
import { EdgeError } from '../../src/foundation/errors.js';
import { constantModel } from '../fixtures/onnx-builder.js';
import { temporaryFolder } from '../temporary.js';
import { output } from './output.js';

const folder = temporaryFolder('cli-models');
const file = join(folder, 'one.onnx');
const data = Float32Array.of(2, 4, 12, 14, 0.8);
writeFileSync(file, constantModel({ name: 'images', dims: [1, 3, 32, 64] }, [{ name: 'd', dims: [1, 1, 5], data }]));

async function failureOf(command: () => Promise<number>): Promise<EdgeError> {
  const error = await command().catch((reason: unknown) => reason);
  assert.instance(error, EdgeError);
  return error as EdgeError;
}

test('list shows the shipped models and their variants', async () => {
  const { code, out } = await output(() => listModels({}));
  assert.is(code, 0);
  assert.match(out, /^MODEL +VARIANT/);
  assert.match(out, /roadside-n +fp32-416x256 +roadside +416x256 +fp32 +5\.3/);
});

test('add, then verify and list as JSON', async () => {
  const dir = join(folder, 'models');
  const added = await output(() =>
    addModel({ dir, file, family: 'roadside', classes: 'car', licence: 'MIT', json: true }),
  );
  const report = JSON.parse(added.out);
  const { model, variant, folder: at, provider, family, classes, classesFrom, pictures } = report;
  assert.equal(
    { model, variant, at, added: report.added, provider, family, classes, classesFrom },
    {
      model: 'one',
      variant: 'fp32-64x32',
      at: join(dir, 'one'),
      added: true,
      provider: 'cpu',
      family: 'roadside',
      classes: ['car'],
      classesFrom: 'you',
    },
  );
  assert.equal(report.seen[4], {
    picture: 'noise',
    boxes: [{ class: 'car', score: 0.8, box: [22.5, 45, 134.7, 157.5] }],
  });
  assert.match(report.remarks[0], /the very same numbers for all 6 pictures, noise and plain grey among them/);
  assert.equal(pictures, [join(dir, 'one', 'seen', 'road-1.jpg')]);
  assert.is(readFileSync(pictures[0]).readUInt16BE(0), 0xffd8);
  const verified = await output(() => verifyModels({ dir, json: true }));
  assert.is(verified.code, 0);
  assert.equal(JSON.parse(verified.out), { results: [{ model: 'one', variant: 'fp32-64x32', problem: null }] });
  const listed = await output(() => listModels({ dir, json: true }));
  assert.is(JSON.parse(listed.out).models[0].manifest.licence, 'MIT');
});

test('verify ends with 1 when a file was changed', async () => {
  writeFileSync(join(folder, 'models/one/one.onnx'), 'changed');
  const { code, out } = await output(() => verifyModels({ dir: join(folder, 'models') }));
  assert.is(code, 1);
  assert.match(out, /one +fp32-64x32 +NOT RIGHT: one\.onnx has 7 bytes, expected \d+/);
});

test('class names can come from a file, one a line', async () => {
  const dir = join(folder, 'lines');
  const names = join(folder, 'names.txt');
  writeFileSync(names, 'vehicle\n');
  await output(() => addModel({ dir, file, family: 'roadside', classes: names }));
  const { out } = await output(() => listModels({ dir, json: true }));
  assert.equal(JSON.parse(out).models[0].manifest.classes, ['vehicle']);
});

test('bad flags are configuration errors that say what was expected, and change nothing', async () => {
  const dir = join(folder, 'flags');
  mkdirSync(dir);
  for (const [flags, expected] of [
    [{ family: 'yolo-v8' }, /--family: expected roadside, .*got "yolo-v8"; did you mean yolov8\?/],
    [{ family: 'yolox', input: '640' }, /--input: expected WIDTHxHEIGHT like 640x384, got "640"/],
    [{ family: 'yolox', classes: 'car,,bus' }, /--classes: expected names without gaps/],
  ] as const) {
    const error = await failureOf(() => addModel({ dir, file, ...flags }));
    assert.is(error.code, 'E_CONFIG');
    assert.match(error.message, expected);
  }
  assert.equal(readdirSync(dir), []);
});

test('pulling an unknown URL without its sha256 is refused', async () => {
  const error = await failureOf(() => pullModel({ dir: join(folder, 'pull'), what: 'http://127.0.0.1:1/m.onnx' }));
  assert.is(error.code, 'E_DOWNLOAD');
});

test.run();
