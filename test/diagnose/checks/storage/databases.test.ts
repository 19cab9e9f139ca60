import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { databasesCheck } from '../../../../src/diagnose/checks/storage/databases.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { openDatabase } from '../../../../src/store/database.js';
import { HISTORY_MIGRATIONS } from '../../../../src/store/migrations.js';
import { smallDisk } from '../../../small-disk.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, told, withStore } from '../patients.js';

const test = suite('databases');
const folder = temporaryFolder('databases');
const disk = smallDisk(join(folder, 'disk'), '8m');
let stores = 0;

/** A store with a history, which stays open as a running program has it. */
function store(): { at: string; file: string; close: () => void } {
  const at = join(folder, `${stores++}`);
  mkdirSync(at);
  const file = join(at, 'history.db');
  const database = openDatabase({ file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  return { at, file, close: () => database.close() };
}
const look = (at: string, patienceMs?: number) => findingsOf(databasesCheck(patienceMs), withStore(at));

test('databases that are written at the moment are read and found whole', async () => {
  const { at, close } = store();
  const before = readdirSync(at);
  const findings = await look(at);
  assert.equal(told(findings), ['fine databases-fine']);
  assert.equal(findings[0]?.values, { count: 1, folder: at });
  assert.equal(readdirSync(at), before);
  close();
});

(disk ? test : test.skip)(
  'databases on a disk that is mounted read-only are told once, with what mends it',
  async () => {
    for (const name of ['history.db', 'cache.db'])
      openDatabase({ file: join(disk!.at, name), migrations: HISTORY_MIGRATIONS, log: silentLog }).close();
    disk!.remount('ro');
    const findings = await look(disk!.at);
    assert.equal(told(findings), ['unknown databases-read-only']);
    assert.equal(findings[0]?.values, { count: 2, folder: disk!.at });
    assert.match(remedyOf(findings) ?? '', /^Mount it for writing first/);
  },
);

test('a page of rubbish in the middle is told', async () => {
  const { at, file, close } = store();
  close();
  const sqlite = new Sqlite(file);
  sqlite.exec('CREATE TABLE filler (text TEXT); CREATE INDEX of_filler ON filler (text)');
  const insert = sqlite.prepare('INSERT INTO filler VALUES (?)');
  for (let n = 0; n < 2000; n++) insert.run(`${n} ${'x'.repeat(100)}`);
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  sqlite.close();
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(8192, 0xa5), 0, 8192, statSync(file).size - 16_384);
  closeSync(fd);
  const findings = await look(at);
  assert.equal(told(findings), ['degraded database-damaged']);
  assert.is(findings[0]?.subject, 'history.db');
  assert.match(remedyOf(findings) ?? '', /^Restore the last backup/);
});

test('what is no database at all is damaged too', async () => {
  const { at, close } = store();
  close();
  writeFileSync(join(at, 'outbox.db'), 'rubbish '.repeat(1000));
  assert.equal(told(await look(at)), ['degraded database-damaged']);
});

test('a database of a newer program is told with both versions', async () => {
  const { at, file, close } = store();
  close();
  const sqlite = new Sqlite(file);
  sqlite.pragma('user_version = 99');
  sqlite.close();
  const findings = await look(at);
  assert.equal(told(findings), ['degraded database-too-new']);
  assert.equal(findings[0]?.values, { file, schema: 99, known: HISTORY_MIGRATIONS.length });
});

test('damaged ones that were set aside are told, each once', async () => {
  const { at, close } = store();
  close();
  for (const end of ['', '-wal']) writeFileSync(join(at, `cache.db.corrupt-20260601T101010${end}`), 'rubbish');
  const findings = await look(at);
  assert.equal(told(findings), ['degraded database-set-aside']);
  assert.match(remedyOf(findings) ?? '', /rm .*cache\.db\.corrupt-20260601T101010\*$/);
});

test('those of a tenant are looked at, too, and told as its own', async () => {
  const { at, close } = store();
  close();
  const tenant = join(at, 'tenants', 'harbour');
  mkdirSync(tenant, { recursive: true });
  writeFileSync(join(tenant, 'outbox.db'), 'rubbish '.repeat(1000));
  writeFileSync(join(tenant, 'history.db.corrupt-20260601T101010'), 'rubbish');
  assert.equal(
    (await look(at)).map(({ code, subject, tenant: whose }) => [code, subject, whose]),
    [
      ['database-damaged', 'outbox.db', 'harbour'],
      ['database-set-aside', 'history.db.corrupt-20260601T101010', 'harbour'],
    ],
  );
});

test('those that could not be read in time are not known', async () => {
  const { at, close } = store();
  assert.equal(told(await look(at, 1)), ['unknown database-not-read']);
  close();
});

test('a store that is still to be made says nothing', async () => {
  assert.equal(await look(join(folder, 'none')), []);
});

test.run();
