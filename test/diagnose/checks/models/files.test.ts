import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { modelFilesCheck } from '../../../../src/diagnose/checks/models/files.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('model files');

/** A copy of the models that come with the program. */
function copied(): string {
  const dir = temporaryFolder('models');
  cpSync(join(PROJECT_ROOT, 'models'), dir, { recursive: true });
  return dir;
}

function look(dir: string, name = 'roadside-n', variant = 'fp32-416x256') {
  const env = { EDGE_MODEL_DIR: dir, EDGE_MODEL_NAME: name, EDGE_MODEL_VARIANT: variant };
  return findingsOf(modelFilesCheck(), patientAt('/', { config: loadConfig({ env }).config }));
}

test('models as they came are fine, by name and where the choice is left', async () => {
  const dir = copied();
  assert.equal(told(await look(dir)), ['fine model-files-fine']);
  const [found] = await look(dir, 'auto', 'auto');
  assert.is(found?.condition, 'fine');
  assert.ok(['roadside-n', 'roadside-s'].includes(String(found?.values['model'])));
});

test('a changed byte in the file that is used breaks it', async () => {
  const dir = copied();
  writeFileSync(join(dir, 'roadside-n/roadside-n.onnx'), 'half of it');
  const findings = await look(dir);
  assert.equal(told(findings), ['broken model-file-wrong']);
  assert.equal(findings[0]?.subject, 'fp32-416x256');
  assert.match(String(findings[0]?.values['reason']), 'roadside-n.onnx has 10 bytes, expected 5290925');
  assert.is(
    remedyOf(findings),
    'Copy the folder of roadside-n anew from the release or a backup; edge-optimizer models verify roadside-n says when it is right.',
  );
});

test('a wrong file of a variant that is not used is less bad, and told once for all sizes of it', async () => {
  const dir = copied();
  writeFileSync(join(dir, 'roadside-n/roadside-n.int8-4e2cf578.onnx'), 'half of it');
  assert.equal(told(await look(dir)), ['degraded model-spare-wrong']);
});

test('a file that is not there, a model that is not there and a folder that is not there', async () => {
  const dir = copied();
  rmSync(join(dir, 'roadside-n/roadside-n.onnx'));
  const gone = await look(dir);
  assert.equal(told(gone), ['broken model-missing']);
  assert.match(String(gone[0]?.values['reason']), 'roadside-n.onnx is missing');
  assert.equal(told(await look(dir, 'roadside-m', 'auto')), ['broken model-missing']);
  assert.equal(told(await look(join(dir, 'nowhere'))), ['broken model-missing']);
});

test('a manifest that is no JSON ends the model that is used, and is told of another', async () => {
  const dir = copied();
  writeFileSync(join(dir, 'roadside-s/model.json'), '{');
  const findings = await look(dir);
  assert.equal(told(findings), ['degraded model-manifest-broken']);
  assert.is(findings[0]?.subject, 'roadside-s');
  assert.equal(told(await look(dir, 'roadside-s', 'auto')), ['broken model-missing']);
});

test.run();
