import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { DeviceMachine } from '../../../src/runtime/machine/device-machine.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { where } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const NOTHING = {
  cpuPercent: null,
  memoryPercent: null,
  memoryBytes: null,
  temperature: null,
  diskFreeBytes: null,
  throttledBy: [],
  isClockSynchronised: null,
};

where(
  process.platform === 'linux',
  '/proc',
  test,
)('it reads while it runs, each metric under its name, and knows nothing before and afterwards', async () => {
  const metrics = new Metrics();
  const config = configSchema.parse({ store: { dir: temporaryFolder('device-machine') } });
  const part = new DeviceMachine(config, { metrics, log: silentLog });
  metrics.register(part.metrics);
  await metrics.sample(0);
  assert.equal(part.status(), NOTHING, 'it has not started');
  const declared = metrics.definitions();

  part.start();
  await metrics.sample(1000);
  await eventually('memory and disk are read', () => {
    const { memoryPercent, diskFreeBytes } = part.status();
    return memoryPercent !== null && diskFreeBytes !== null;
  });
  const { memoryPercent, memoryBytes, diskFreeBytes } = part.status();
  assert.ok(memoryPercent! > 0 && memoryPercent! < 100);
  assert.ok(memoryBytes! > 2 ** 26);
  assert.ok(diskFreeBytes! > 0);
  const values = metrics.snapshot();
  assert.type(values['machine_memory'], 'number');
  assert.type(values['machine_disk_free.store'], 'number');
  assert.equal(metrics.definitions(), declared, 'no name comes later: it would cost a birth message');

  part.stop();
  await metrics.sample(5000);
  assert.equal(part.status(), NOTHING);
  part.stop();
});

test.run();
