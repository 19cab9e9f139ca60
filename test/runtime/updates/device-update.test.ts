import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { DeviceUpdate } from '../../../src/runtime/updates/device-update.js';
import { Alerts } from '../../../src/telemetry/alerts/alerts.js';
import { BY_HAND, TrialFile, type UpdateTrial } from '../../../src/update/trial.js';
import { temporaryFolder } from '../../temporary.js';

const OPEN: UpdateTrial = {
  id: '1',
  state: 'trying',
  new: '2.0.0-bbbbbbbb',
  old: '1.0.0-aaaaaaaa',
  digest: 'b'.repeat(64),
  watchMs: 300_000,
  config: null,
  startedAt: Date.now(),
  before: null,
  endedAt: null,
  reason: null,
};

/** What is told at the start of a version, after a trial that was begun and went on so. */
async function told(running: string, after: (trials: TrialFile) => Promise<unknown>): Promise<string[]> {
  const prefix = temporaryFolder('device-update');
  const home = join(prefix, 'versions', running);
  mkdirSync(home, { recursive: true });
  const trials = new TrialFile(prefix);
  await trials.begin(OPEN);
  await after(trials);
  const alerts = new Alerts(Date.now);
  const part = new DeviceUpdate({ alerts, log: silentLog, home });
  alerts.declare(part.alerts);
  part.start();
  return alerts.active().map(({ code, message }) => `${code}: ${message}`);
}

test('the version that runs again says why the update was taken back, for a week', async () => {
  const ended = (endedAt: number) => (trials: TrialFile) =>
    trials.step(OPEN, 'rolled-back', 'inference runs on cpu, it ran on cuda before', endedAt);
  assert.equal(await told(OPEN.old, ended(Date.now())), [
    'update-rolled-back: the update to 2.0.0-bbbbbbbb was taken back, 1.0.0-aaaaaaaa runs: inference runs on cpu, it ran on cuda before',
  ]);
  assert.equal(await told(OPEN.old, ended(Date.now() - 8 * 86_400_000)), []);
  assert.equal(await told('3.0.0-cccccccc', ended(Date.now())), [], 'another update has followed');
});

test('a trial that goes on, was confirmed, or was ended by hand is no alert', async () => {
  assert.equal(await told(OPEN.new, async () => undefined), []);
  assert.equal(await told(OPEN.new, (trials) => trials.step(OPEN, 'confirmed', 'it does no worse', Date.now())), []);
  assert.equal(await told(OPEN.old, (trials) => trials.step(OPEN, 'rolled-back', BY_HAND, Date.now())), []);
});

test('a program without versions beside it has nothing to tell', () => {
  const alerts = new Alerts(Date.now);
  const part = new DeviceUpdate({ alerts, log: silentLog, home: temporaryFolder('clone') });
  alerts.declare(part.alerts);
  part.start();
  assert.equal(alerts.active(), []);
});

test.run();
