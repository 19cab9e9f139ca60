import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { testPictureCheck } from '../../../../src/diagnose/checks/detector/test-picture.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('detector test picture');

/** @param rest of the environment */
function look(rest: NodeJS.ProcessEnv, changes = {}) {
  const env = { EDGE_MODEL_NAME: 'roadside-n', EDGE_MODEL_VARIANT: 'fp32-416x256', ...rest };
  return findingsOf(testPictureCheck(), patientAt('/', { config: loadConfig({ env }).config, ...changes }));
}

test('the model that comes with the program finds what was drawn', async () => {
  const findings = await look({});
  assert.equal(told(findings), ['fine detector-fine']);
  const { provider, wanted, found } = findings[0]!.values;
  assert.equal([provider, wanted], ['cpu', 6]);
  assert.ok(Number(found) >= 5, `found ${found} of 6`);
});

test('a model that is not there is told of the models, and not again', async () => {
  const findings = await look({ EDGE_MODEL_NAME: 'roadside-x' });
  assert.equal(told(findings), ['unknown detector-without-model']);
});

test('beside the running program the processor is tried, and no accelerator is opened', async () => {
  const findings = await look({ EDGE_DETECTOR_PROVIDERS: 'cuda,cpu' }, { running: runningAs(77) });
  assert.equal(told(findings), ['fine detector-fine']);
  const held = await look({ EDGE_DETECTOR_PROVIDERS: 'cuda' }, { running: runningAs(77) });
  assert.equal(told(held), ['unknown detector-held']);
});

test('a worker that ends at once is no detector', async () => {
  const config = loadConfig({ env: {} }).config;
  const broken = { ...config, detector: { ...config.detector, command: ['false'] } };
  const findings = await look({}, { config: broken, configFile: '/etc/site.yaml' });
  assert.equal(told(findings), ['broken detector-fails']);
  assert.is(remedyOf(findings), 'See each step of its protocol: edge-optimizer detector check --config /etc/site.yaml');
});

test('a worker on a socket is left to the program that it serves', async () => {
  const config = loadConfig({ env: {} }).config;
  const onSocket = { ...config, detector: { ...config.detector, socket: '/run/detector.sock' } };
  const findings = await look({}, { config: onSocket, running: runningAs(77) });
  assert.equal(told(findings), ['unknown detector-socket-busy']);
});

test('what it looks at ends with its signal', async () => {
  const abort = new AbortController();
  const run = testPictureCheck().run(patientAt('/'), abort.signal);
  setTimeout(() => abort.abort(), 20);
  const reason = await run.then(
    () => null,
    (error: Error) => error.name,
  );
  assert.is(reason, 'AbortError');
});

test.run();
