import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { openDatabase } from '../../../src/store/database.js';
import { OUTBOX_MIGRATIONS } from '../../../src/store/outbox-table.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { TunedOutbox } from '../databases/tuned-outbox.js';

const folder = temporaryFolder('database-strategy');
const test = suite('database strategy');
const withSqlite = needs('better-sqlite3', test);
const OWN = ['edge_auto_ix_messages_stream', 'reports'];

withSqlite(
  'an index that makes the outbox faster is kept, what gets worse is taken back, both are in the ledger',
  async () => {
    const outbox = new TunedOutbox(join(folder, 'own'), { mostCacheBytes: 2 ** 17 });
    await outbox.engine.start();
    await outbox.until(() => outbox.ended.length > 0);
    const [kept] = outbox.ended;
    assert.equal(
      [kept!.verdict, kept!.from, kept!.to],
      [
        'kept',
        'outbox.db: without it',
        'outbox.db: CREATE INDEX "edge_auto_ix_messages_stream" ON "messages" ("stream")',
      ],
    );
    assert.match(kept!.reason, /^on a copy it saved [\d.]+ of [\d.]+ ms of what was asked, and took [\d.]+ MiB$/);
    assert.ok(kept!.after!.value > kept!.before!.value / 2, 'the same queries take less than half the time');
    assert.equal(outbox.indexes, OWN);
    // a page cache of twice the size is tried now, and something else makes all queries slower meanwhile
    outbox.watched.set('cache_size', -64);
    await outbox.until(() => outbox.engine.underWay.length > 0);
    assert.is(outbox.watched.setting('cache_size'), -128);
    outbox.isSlow = true;
    await outbox.until(() => outbox.ended.length > 1);
    const [, back] = outbox.ended;
    assert.equal([back!.verdict, back!.to, back!.undone], ['rolled-back', 'outbox.db: PRAGMA cache_size = -128', true]);
    assert.match(back!.why, /^it harms: the score went from/);
    assert.is(outbox.watched.setting('cache_size'), -64);
    assert.equal(
      outbox.trials.read({ since: 0, limit: 10 })!.map(({ strategy, verdict }) => [strategy, verdict]),
      [
        ['database', 'rolled-back'],
        ['database', 'kept'],
      ],
    );
    outbox.engine.stop();
    outbox.close();
    // what was kept outlives a restart
    const next = new TunedOutbox(join(folder, 'own'));
    await next.engine.start();
    assert.equal([next.indexes, next.engine.reversible], [OWN, [kept!.id]]);
    // and can be taken back then
    await next.engine.takeBack(kept!.id, 'by hand');
    assert.equal(next.indexes, ['reports']);
    next.engine.stop();
    next.close();
    const last = new TunedOutbox(join(folder, 'own'));
    await last.engine.start();
    assert.equal([last.indexes, last.engine.reversible], [['reports'], []]);
    last.close();
  },
);

withSqlite('an index that was kept is dropped when it is taken back, and no later run has it', async () => {
  const outbox = new TunedOutbox(join(folder, 'taken-back'));
  await outbox.engine.start();
  await outbox.until(() => outbox.ended.length > 0);
  const [kept] = outbox.ended;
  assert.equal([kept!.verdict, outbox.indexes], ['kept', OWN]);
  await outbox.until(() => outbox.engine.obstacleToTakingBack(kept!.id) === null);
  await outbox.engine.takeBack(kept!.id, 'by hand');
  assert.equal(outbox.indexes, ['reports']);
  assert.is(outbox.trials.read({ since: 0, limit: 1 })![0]!.verdict, 'rolled-back');
  outbox.engine.stop();
  outbox.close();
  const next = new TunedOutbox(join(folder, 'taken-back'));
  await next.engine.start();
  assert.equal(next.indexes, ['reports']);
  next.close();
});

withSqlite('asked what it would do it says the SQL, and does nothing', async () => {
  const outbox = new TunedOutbox(join(folder, 'dry'));
  await outbox.engine.start();
  for (let second = 0; second < 100; second++) outbox.ask();
  await outbox.engine.tick();
  outbox.clock.at += 61_000;
  for (let second = 0; second < 100; second++) outbox.ask();
  const { strategies } = await outbox.engine.optimizeSystem({ only: ['database'], dryRun: true });
  const [report] = strategies;
  assert.is(report?.change?.to, 'outbox.db: CREATE INDEX "edge_auto_ix_messages_stream" ON "messages" ("stream")');
  assert.equal(outbox.indexes, ['reports']);
  outbox.close();
});

withSqlite('an index that is taken back leaves nothing behind, however often it is taken back', async () => {
  const outbox = new TunedOutbox(join(folder, 'undone'));
  await outbox.strategy.begin(null);
  await outbox.strategy.observe();
  for (let second = 0; second < 100; second++) outbox.ask();
  outbox.clock.at += 61_000;
  await outbox.strategy.observe();
  const before = outbox.state();
  const undo = await outbox.strategy.apply((await outbox.strategy.propose())!);
  assert.equal(outbox.indexes, OWN);
  for (let times = 0; times < 2; times++) {
    await undo();
    assert.equal(outbox.state(), before);
  }
  outbox.close();
});

withSqlite('while the device is hot or busy nothing is looked for', async () => {
  const outbox = new TunedOutbox(join(folder, 'hot'));
  outbox.obstacle = '80 °C is near 85 °C';
  await outbox.engine.start();
  for (let second = 0; second < 120; second++) await outbox.second();
  const { strategies } = await outbox.engine.optimizeSystem({ only: ['database'] });
  assert.is(strategies[0]?.outcome, 'nothing');
  assert.match(strategies[0]!.why, /^outbox\.db was asked \d+ times, which is looked at after a while$/);
  outbox.close();
});

withSqlite(
  'kill -9 while an index is tried: the next start takes it away, with what the planner was told',
  async () => {
    const dir = join(folder, 'killed');
    const program = fileURLToPath(new URL('../databases/killed-with-an-index.js', import.meta.url));
    const { signal, stdout } = spawnSync(process.execPath, [program, dir], { encoding: 'utf8' });
    assert.is(signal, 'SIGKILL');
    assert.equal(indexesOf(join(dir, 'outbox.db')), OWN);
    const outbox = new TunedOutbox(dir);
    await outbox.engine.start();
    assert.equal(outbox.state(), JSON.parse(stdout));
    assert.equal(
      outbox.trials.read({ since: 0, limit: 10 })!.map(({ verdict }) => verdict),
      ['rolled-back'],
    );
    outbox.close();
  },
);

withSqlite('turned off it counts nothing, and keeps what it made', async () => {
  const outbox = new TunedOutbox(join(folder, 'off'));
  await outbox.engine.start();
  await outbox.engine.tick();
  outbox.ask();
  const counted = () => outbox.watched.monitor.statistics().reduce((sum, { calls }) => sum + calls, 0);
  assert.is(counted(), 5);
  outbox.engine.disableOptimization('database');
  outbox.ask();
  assert.is(counted(), 5);
  outbox.close();
});

withSqlite('an index of the optimization stands in no way of a later schema', async () => {
  const file = join(folder, 'later.db');
  openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog }).close();
  const sqlite = new (loadSqlite())(file);
  sqlite.exec('CREATE INDEX edge_auto_x ON messages (topic, bytes)');
  sqlite.close();
  const migrations = [...OUTBOX_MIGRATIONS, 'ALTER TABLE messages DROP COLUMN bytes'];
  openDatabase({ file, migrations, log: silentLog }).close();
  assert.equal(indexesOf(file), ['reports']);
});

function indexesOf(file: string): unknown[] {
  const sqlite = new (loadSqlite())(file, { readonly: true });
  try {
    return sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name")
      .pluck()
      .all();
  } finally {
    sqlite.close();
  }
}

test.run();
