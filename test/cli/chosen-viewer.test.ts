import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chosenViewer } from '../../src/cli/chosen-viewer.js';
import { configSchema } from '../../src/config/config.js';
import { explain } from '../../src/foundation/errors.js';
import { silentLog } from '../../src/foundation/log.js';
import { AlertHistory } from '../../src/store/alert-history.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrafficStore } from '../../src/store/traffic.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('chosen-viewer');
const site = join(folder, 'site.yaml');
const MINUTE = 60_000;

writeFileSync(
  site,
  `board: none
http: { enabled: false }
store: { dir: ${folder} }
tenants: [{ id: harbour }, { id: railway }]
cameras:
  - { id: quay, url: 'sim://road', tenant: harbour }
  - { id: bridge, url: 'sim://road', tenant: railway }
`,
);

/** What a running program keeps: of each tenant in its own folder, but for the alerts. */
function keepSomething(): void {
  const t = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE;
  const opened = (dir: string): StoreFile =>
    new StoreFile({
      what: 'the history',
      file: join(dir, 'history.db'),
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
    });
  const device = opened(folder);
  const alerts = new AlertHistory(device, 30);
  device.start();
  for (const [tenant, camera] of Object.entries({ harbour: 'quay', railway: 'bridge' })) {
    const file = opened(join(folder, 'tenants', tenant));
    const keeping = { keepMs: [1e9, 1e10, 1e11], maxBytes: [1e8, 1e8, 1e8] };
    const series = new SeriesStore({ file, keeping, log: silentLog });
    const traffic: TrafficStore = new TrafficStore(file, (interval) => traffic.told(interval));
    file.start();
    const point = { t, min: 1, mean: 2, max: 3, p95: 3, count: 60 };
    series.add(MINUTE, t, [
      { name: `vehicles.${camera}`, metric: 'vehicles', labels: { camera }, unit: '', kind: 'gauge', point },
    ]);
    const counts = { lines: { [`${camera}-line`]: { in: { car: 1 } } }, zones: {} };
    traffic.close({ camera, from: t, intervalS: 60, part: 1, coveredMs: MINUTE, leftOut: 0, counts });
    file.stop();
    const alert = {
      code: 'camera-lost',
      severity: 'warning',
      message: `no picture of ${camera}`,
      action: 'x',
      since: t,
    };
    const entry = { at: t, code: 'camera-lost', tenant, kind: 'raised', alert, by: null, until: null };
    alerts.add(entry, { code: 'camera-lost', alert, snooze: null });
  }
  device.stop();
}

onDisk('with --tenant a command prints what that tenant would be shown', async () => {
  keepSomething();
  const own = { harbour: 'quay', railway: 'bridge' };
  for (const args of [['history'], ['history', 'vehicles'], ['alerts'], ['traffic', '--since', '1h', '--csv']]) {
    for (const [tenant, camera] of Object.entries(own)) {
      const { code, stdout, stderr } = await edgeOptimizerHere([...args, '--config', site, '--tenant', tenant]);
      assert.is(code, 0, stderr);
      assert.equal(
        Object.values(own).filter((one) => stdout.includes(one)),
        [camera],
        args.join(' '),
      );
    }
  }
  const { stdout } = await edgeOptimizerHere(['alerts', '--config', site]);
  assert.ok(stdout.includes('WARNING camera-lost of harbour'), stdout);
  assert.match(stdout, 'bridge');
  const info = await edgeOptimizerHere(['store', 'info', '--config', site, '--tenant', 'harbour', '--json']);
  assert.is(JSON.parse(info.stdout).folder, join(folder, 'tenants', 'harbour'));
  const foreign = await edgeOptimizerHere(['traffic', '--config', site, '--tenant', 'harbour', '--camera', 'bridge']);
  assert.is(foreign.code, 2);
  assert.match(foreign.stderr, '--camera: nothing is known of a camera bridge');
});

test('a tenant that is not there is told with the one that was meant', () => {
  const of = (tenants: object[], tenant: string): string => {
    try {
      return chosenViewer(configSchema.parse({ tenants }), tenant).kind;
    } catch (error) {
      return explain(error);
    }
  };
  assert.is(of([{ id: 'harbour' }], 'harbour'), 'tenant');
  assert.match(
    of([{ id: 'harbour' }, { id: 'x' }], 'harbor'),
    /--tenant: expected one of harbour, x, got harbor, did you mean harbour\?/,
  );
  assert.match(
    of([], 'harbour'),
    /--tenant: expected no tenant, the configuration has none \(--config FILE\), got harbour/,
  );
});

test.run();
