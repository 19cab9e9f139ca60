import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { needs } from '../optional.js';
import { listener } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);

if (existsSync('/dev/full')) {
  onDisk(
    'a disk that takes no results, and a history that is no file, are alerts and metrics, and frames go on',
    async () => {
      const store = temporaryFolder('disk-alerts');
      // in the place of the history's file
      mkdirSync(join(store, 'history.db'));
      const broker = new EmbeddedBroker(0);
      const url = await broker.start();
      const heard = await listener(url);
      const config = configSchema.parse({
        device: 'cabinet',
        cameras: [{ id: 'sim', url: 'sim://road?traffic=rush&seed=3', pace: 'fast' }],
        mqtt: { broker: url },
        http: { enabled: false },
        store: { dir: store },
        output: { resultsFile: '/dev/full' },
        publish: { metricsIntervalMs: 200, dailyBytes: 0 },
      });
      const runtime = new Runtime(config, silentLog);
      await runtime.start();
      const raised = (code: string) => heard.of(`edge/v1/demo/cabinet/alert/${code}`).find(({ json }) => json !== null);
      await eventually(
        'the alerts',
        () => ['results-failed', 'history-degraded'].every((code) => raised(code) !== undefined),
        30_000,
      );
      assert.match(raised('results-failed')!.json.message, /^results cannot be written to \/dev\/full \(ENOSPC/);
      assert.match(raised('history-degraded')!.json.message, /^the history cannot be stored \(cannot be opened/);
      assert.is(raised('cache-degraded'), undefined);
      const told = (metric: string): unknown[] =>
        heard.of('edge/v1/demo/cabinet/metrics').map(({ json }) => json.values[metric]);
      // a message has what changed since the one before: the two may stand in different ones
      await eventually('the metrics', () => told('results_failed').includes(1) && told('history_degraded').includes(1));
      await runtime.stop('stopped');
      assert.ok(runtime.parts.results.lost > 0);
      await heard.end();
      await broker.stop();
    },
  );
} else console.log('SKIPPED (no /dev/full here): a disk that takes no results is an alert');

test.run();
