import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { AlertHistory } from '../../src/store/alert-history.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { StoreFile } from '../../src/store/store-file.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('cli-alerts');
const store = join(folder, 'data');
const inStore = { EDGE_STORE_DIR: store };

onDisk('shows what holds and what happened, in words and as JSON', async () => {
  const file = new StoreFile({
    what: 'the history',
    file: join(store, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
  });
  const history = new AlertHistory(file, 30);
  file.start();
  const since = Date.now() - 60_000;
  const alert = { code: 'camera-lost', severity: 'warning', message: 'no pictures', action: 'Look.', since };
  history.add({ at: since, code: 'camera-lost', kind: 'raised', alert, by: null, until: null }, null);
  const acknowledged = { ...alert, acknowledged: { at: since + 5, by: 'Ana' } };
  history.add(
    { at: since + 5, code: 'camera-lost', kind: 'acknowledged', alert: acknowledged, by: 'Ana', until: null },
    { code: 'camera-lost', alert: acknowledged, snooze: null },
  );
  file.flush();

  const words = await edgeOptimizerHere(['alerts'], inStore);
  assert.is(words.code, 0);
  assert.match(
    words.stdout,
    /^WARNING camera-lost since .* UTC, acknowledged by Ana\n {2}no pictures\n {2}-> Look\.\n\n/,
  );
  assert.match(words.stdout, /raised {8}camera-lost {2}no pictures\n.*acknowledged {2}camera-lost {2}by Ana\n$/);
  const json = JSON.parse((await edgeOptimizerHere(['alerts', '--json', '--since', '1h'], inStore)).stdout);
  assert.equal(json.active, [acknowledged]);
  assert.is(json.history.length, 2);
  const hot = await edgeOptimizerHere(['alerts', '--code', 'hot'], inStore);
  assert.match(hot.stdout, /^hot does not hold\n\nnothing happened/);
  file.stop();
});

onDisk('says what is wrong with a time or a folder without a history', async () => {
  const wrong = await edgeOptimizerHere(['alerts', '--since', 'soon'], inStore);
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, /--since: expected a time like 24h, 7d, .*, got soon/);
  const none = await edgeOptimizerHere(['alerts'], { EDGE_STORE_DIR: join(folder, 'empty') });
  assert.is(none.code, 2);
  assert.match(none.stderr, /no history to show.*there is no .*empty\/history\.db: edge-optimizer run makes it/s);
});

test.run();
