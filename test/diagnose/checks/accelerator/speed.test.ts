import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintId } from '../../../../src/board/fingerprint.js';
import { loadConfig } from '../../../../src/config/load.js';
import { judgeSpeed, type SpeedState, speedCheck } from '../../../../src/diagnose/checks/accelerator/speed.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { ModelRegistry } from '../../../../src/models/registry.js';
import { deviceFingerprint, placeAt } from '../../../../src/profile/device-fingerprint.js';
import { openDatabase } from '../../../../src/store/database.js';
import { PROFILE_MIGRATIONS } from '../../../../src/store/migrations.js';
import { Profiles } from '../../../../src/store/profiles.js';
import { needs } from '../../../optional.js';
import { MEASURED } from '../../../store/measured.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('accelerator speed');
const onDisk = needs('better-sqlite3', test);

const folder = temporaryFolder('accelerator-speed');
const VARIANT = 'fp32-416x256';

const STATE: SpeedState = {
  ms: 20,
  wanted: { model: 'roadside-n', variant: VARIANT, sha256: 'ab', provider: 'cuda', threads: 1, workers: 1 },
  stored: { measurement: { ...MEASURED, p50Ms: 10 }, changed: [] },
  heldBy: [],
  load: 0.5,
  cores: 4,
};

test('as fast as it was is fine, and half as fast again is not yet slow', () => {
  assert.equal(told([judgeSpeed({ ...STATE, ms: 10 })]), ['fine speed-fine']);
  assert.equal(told([judgeSpeed({ ...STATE, ms: 15 })]), ['fine speed-fine']);
});

test('one that became slow is told with the reason that is seen', () => {
  const slow = judgeSpeed(STATE);
  assert.equal(told([slow]), ['degraded speed-slow']);
  assert.equal([slow.values['ms'], slow.values['before'], slow.values['times']], [20, 10, 2]);
  assert.equal(told([judgeSpeed({ ...STATE, heldBy: ['heat'] })]), ['degraded speed-heat']);
  assert.equal(told([judgeSpeed({ ...STATE, heldBy: ['power'] })]), ['degraded speed-power']);
  assert.equal(told([judgeSpeed({ ...STATE, load: 9 })]), ['degraded speed-busy']);
});

test('another power mode is named, and another driver is another device', () => {
  const { measurement } = STATE.stored!;
  const mode = { measurement, changed: ['power mode: nvpmodel 0, now nvpmodel 2'] };
  const finding = judgeSpeed({ ...STATE, stored: mode });
  assert.equal(told([finding]), ['degraded speed-power-mode']);
  assert.is(finding.values['changed'], 'power mode: nvpmodel 0, now nvpmodel 2');
  assert.match(remedyOf([finding])!, /sudo nvpmodel -m/);
  const driver = { measurement, changed: ['driver: NVIDIA 550.90.07, now NVIDIA 560.35.03'] };
  assert.equal(told([judgeSpeed({ ...STATE, stored: driver })]), ['unknown speed-other-device']);
});

/** This machine, with a profile in which the variant took so many ms. */
async function measuredBefore(name: string, p50Ms: number) {
  const dir = join(folder, name);
  const { config } = loadConfig({
    env: { EDGE_BOARD: 'none', EDGE_MODEL_NAME: 'roadside-n', EDGE_MODEL_VARIANT: VARIANT, EDGE_STORE_DIR: dir },
  });
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const { sha256 } = (await registry.find('roadside-n', VARIANT)).variant;
  const fingerprint = deviceFingerprint(config.detector, 'cpu', placeAt('/'));
  const file = join(dir, 'profiles.db');
  const open = () => openDatabase({ file, migrations: PROFILE_MIGRATIONS, log: silentLog });
  const profiles = new Profiles({ open, log: silentLog });
  profiles.start();
  const measurement = { ...MEASURED, model: 'roadside-n', variant: VARIANT, sha256, provider: 'cpu', threads: 1 };
  const device = { id: fingerprintId(fingerprint), fingerprint: { ...fingerprint }, seenAt: 1000 };
  profiles.save(device, [{ ...measurement, batch: 1, workers: 1, p50Ms }]);
  profiles.stop();
  return patientAt('/', { config });
}

onDisk('a detector that takes as long as its profile says is fine', async () => {
  assert.equal(told(await findingsOf(speedCheck(), await measuredBefore('as-before', 10_000))), ['fine speed-fine']);
});

onDisk('one that takes much longer is degraded', async () => {
  const [finding] = await findingsOf(speedCheck(), await measuredBefore('faster-before', 0.01));
  assert.is(finding?.condition, 'degraded');
  assert.is(finding?.values['before'], 0);
});

test('without a profile it is not known how fast it should be', async () => {
  const env = { EDGE_MODEL_NAME: 'roadside-n', EDGE_MODEL_VARIANT: VARIANT, EDGE_STORE_DIR: join(folder, 'none') };
  const findings = await findingsOf(speedCheck(), patientAt('/', { config: loadConfig({ env }).config }));
  assert.equal(told(findings), ['unknown speed-unprofiled']);
  assert.is(
    remedyOf(findings),
    'Measure once, with nothing else running: edge-optimizer profile roadside-n --budget 5m',
  );
});

test.run();
