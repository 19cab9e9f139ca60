import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { judgeReuse, type ReuseState, reuseCheck } from '../../../../src/diagnose/checks/accuracy/reuse.js';
import type { InferenceReason } from '../../../../src/frame/inference-reason.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('reuse');

const { config } = loadConfig({ env: {} });
const NONE: ReuseState['due'] = {
  first: 0,
  'every-frame': 0,
  vehicles: 0,
  entry: 0,
  region: 0,
  'whole-picture': 0,
  cut: 0,
  age: 0,
  unprofitable: 0,
};

/** A camera of which 40 % of 5000 frames were answered without inference, most of the others for one reason. */
const busy = (reason: InferenceReason, strictness = 0): ReuseState => ({
  camera: 'north',
  answered: 5000,
  without: 2000,
  due: { ...NONE, vehicles: 1000, [reason]: 2000 },
  strictness,
});

const judge = (state: ReuseState) => {
  const finding = judgeReuse(state, config.answer);
  return finding === null ? [] : [finding];
};

test('a camera most of whose frames need no inference is fine, and too few frames say nothing', () => {
  const state = { ...busy('region'), without: 4000 };
  assert.equal(told(judge(state)), ['fine reuse-fine']);
  assert.is(judge(state)[0]?.values['percent'], 80);
  assert.equal(judge({ ...busy('region'), answered: 1000 }), []);
});

test('each reason for many inferences has its own remedy', () => {
  const remedies = {
    'whole-picture': ['degraded reuse-unsteady', /^Fasten the camera/],
    cut: ['degraded reuse-gaps', /^See why its frames come with gaps/],
    unprofitable: ['degraded reuse-unprofitable', /^Have the camera send 10 frames a second/],
    region: ['degraded reuse-movement', /^Mask what moves beside the road/],
    'every-frame': ['degraded reuse-strict', /^Set answer\.accuracyFloor lower/],
    age: ['degraded reuse-age', /^Set answer\.maxAgeMs/],
  } as const;
  for (const [reason, [code, remedy]] of Object.entries(remedies)) {
    const findings = judge(busy(reason as InferenceReason));
    assert.equal(told(findings), [code]);
    assert.match(remedyOf(findings)!, remedy);
  }
});

test('traffic is no fault', () => {
  assert.equal(told(judge(busy('entry'))), ['fine reuse-traffic']);
});

test('an audit that lets hardly any answer stand is told with the floor', () => {
  const findings = judge(busy('entry', 0.95));
  assert.equal(told(findings), ['degraded reuse-strict']);
  assert.is(findings[0]?.values['floor'], 0.97);
});

test('what the running program tells of each camera is read', async () => {
  const metrics = [
    'edge_frames_answered_total{camera="north",origin="inferred"} 3000',
    'edge_frames_answered_total{camera="north",origin="propagated"} 1500',
    'edge_frames_answered_total{camera="north",origin="reused-memory"} 500',
    'edge_inferences_due_total{camera="north",reason="region"} 2500',
    'edge_inferences_due_total{camera="north",reason="vehicles"} 500',
    'edge_strictness{camera="north"} 0.1',
  ].join('\n');
  const cameras = loadConfig({ env: {}, flags: { cameras: [{ id: 'north', url: 'sim://road' }] } }).config.cameras;
  const patient = patientAt('/', { config: { ...config, cameras }, running: runningAs(77, metrics) });
  const findings = await findingsOf(reuseCheck(), patient);
  assert.equal(told(findings), ['degraded reuse-movement']);
  assert.equal(findings[0]?.values, { camera: 'north', percent: 40, share: 83 });
});

test('where every frame is to be inferred nothing is missed', async () => {
  const answer = { ...config.answer, accuracyFloor: 1 };
  const patient = patientAt('/', { config: { ...config, answer }, running: runningAs(77, '') });
  assert.equal(await findingsOf(reuseCheck(), patient), []);
});

test.run();
