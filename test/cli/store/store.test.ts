import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { storeBackup } from '../../../src/cli/store/backup.js';
import { storeCheck } from '../../../src/cli/store/check.js';
import { storeInfo } from '../../../src/cli/store/info.js';
import { storeVacuum } from '../../../src/cli/store/vacuum.js';
import { silentLog } from '../../../src/foundation/log.js';
import { openDatabase } from '../../../src/store/database.js';
import { reportOn } from '../../../src/store/database-report.js';
import { HISTORY_MIGRATIONS, PROFILE_MIGRATIONS } from '../../../src/store/migrations.js';
import { OUTBOX_MIGRATIONS } from '../../../src/store/outbox-table.js';
import { lockStore } from '../../../src/store/store-lock.js';
import { needs } from '../../optional.js';
import { smallDisk } from '../../small-disk.js';
import { temporaryFolder } from '../../temporary.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('store-command');
let sites = 0;

/** A site with databases in its `store.dir`, and rows in one. */
function site() {
  const at = join(folder, `${++sites}`);
  const data = join(at, 'data');
  mkdirSync(data, { recursive: true });
  const config = join(at, 'site.json');
  writeFileSync(config, JSON.stringify({ cameras: [], store: { dir: data } }));
  const history = openDatabase({ file: join(data, 'history.db'), migrations: HISTORY_MIGRATIONS, log: silentLog });
  history.prepare("INSERT INTO quiet_hours VALUES ('north', 500000, 1200)").run();
  history.close();
  openDatabase({ file: join(data, 'profiles.db'), migrations: PROFILE_MIGRATIONS, log: silentLog }).close();
  return { at, data, config };
}

interface Listed {
  readonly name: string;
  readonly bytes: number;
  readonly schema: number;
  readonly knownSchema: number;
  readonly incrementalVacuum: boolean;
  readonly problems: readonly string[];
  readonly tables: readonly { readonly name: string }[];
}

interface Printed {
  readonly folder: string;
  readonly file: string;
  readonly runningSince: number | null;
  readonly refusal: string | null;
  readonly databases: readonly Listed[];
}

/** What a command prints as JSON, and its exit code. */
async function printed(work: () => Promise<number>): Promise<{ code: number; json: Printed }> {
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write;
  try {
    const code = await work();
    return { code, json: JSON.parse(lines.join('')) };
  } finally {
    process.stdout.write = write;
  }
}

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  return work().then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
}

function damage(file: string): void {
  const handle = openSync(file, 'r+');
  // the second page holds no rows
  writeSync(handle, Buffer.alloc(16_384, 0xa5), 0, 16_384, 8192);
  closeSync(handle);
}

onDisk('info tells of each database its tables, and of the place what it lies on', async () => {
  const { config, data } = site();
  const { code, json } = await printed(() => storeInfo({ config, json: true }));
  assert.is(code, 0);
  assert.equal([json.folder, json.runningSince, json.refusal], [data, null, null]);
  assert.equal(
    json.databases.map(({ name, schema, knownSchema }) => [name, schema === knownSchema]),
    [
      ['history.db', true],
      ['profiles.db', true],
    ],
  );
  const quiet = json.databases[0]!.tables.find(({ name }) => name === 'quiet_hours');
  assert.equal(quiet, { name: 'quiet_hours', rows: 1, bytes: 8192 });
});

onDisk('check finds a damaged database and fails', async () => {
  const { config, data } = site();
  assert.is((await printed(() => storeCheck({ config, json: true }))).code, 0);
  damage(join(data, 'history.db'));
  const { code, json } = await printed(() => storeCheck({ config, json: true }));
  assert.is(code, 1);
  assert.is(json.databases[1]!.problems.length, 0);
  assert.ok(json.databases[0]!.problems.length > 0);
});

onDisk('a backup is one archive with whole copies, made while another connection writes', async () => {
  const { at, config, data } = site();
  const running = openDatabase({ file: join(data, 'history.db'), migrations: HISTORY_MIGRATIONS, log: silentLog });
  running.transaction(() => void running.prepare("INSERT INTO quiet_hours VALUES ('south', 500001, 7)").run());
  const file = join(at, 'backup.tar');
  const { code, json } = await printed(() => storeBackup(file, { config, json: true }));
  running.close();
  assert.equal([code, json.file], [0, file]);
  const restored = join(at, 'restored');
  mkdirSync(restored);
  execFileSync('tar', ['-xf', file, '-C', restored]);
  assert.equal(readdirSync(restored).sort(), ['backup.json', 'history.db', 'profiles.db']);
  const copy = openDatabase({ file: join(restored, 'history.db'), migrations: HISTORY_MIGRATIONS, log: silentLog });
  assert.equal(copy.prepare('SELECT camera FROM quiet_hours ORDER BY camera').all(), [
    { camera: 'north' },
    { camera: 'south' },
  ]);
  copy.close();
  assert.is(JSON.parse(readFileSync(join(restored, 'backup.json'), 'utf8')).databases[0].name, 'history.db');
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.equal(readdirSync(at).sort(), ['backup.tar', 'data', 'restored', 'site.json']);
});

onDisk('a backup replaces nothing unless it is told to, and nothing with half of one', async () => {
  const { at, config, data } = site();
  const file = join(at, 'mine.txt');
  writeFileSync(file, 'precious');
  assert.match(await messageOf(() => storeBackup(file, { config, json: true })), /choose another one, or say --force/);
  damage(join(data, 'history.db'));
  assert.match(
    await messageOf(() => storeBackup(file, { config, json: true, force: true })),
    /history\.db (cannot be copied|is damaged)/,
  );
  assert.is(readFileSync(file, 'utf8'), 'precious');
  assert.equal(readdirSync(at).sort(), ['data', 'mine.txt', 'site.json']);
});

onDisk('a backup into a folder is the databases as files; the cache comes with --all', async () => {
  const { at, config, data } = site();
  openDatabase({ file: join(data, 'cache.db'), migrations: [], log: silentLog }).close();
  const into = `${join(at, 'copies')}/`;
  await printed(() => storeBackup(into, { config, json: true }));
  assert.equal(readdirSync(into).sort(), ['backup.json', 'history.db', 'profiles.db']);
  await printed(() => storeBackup(into, { config, json: true, all: true, force: true }));
  assert.ok(existsSync(join(into, 'cache.db')));
});

onDisk('vacuum shrinks a file and makes one of an earlier version give back what becomes free', async () => {
  const { config, data } = site();
  const file = join(data, 'old.db');
  const old = openDatabase({ file, migrations: [], log: silentLog });
  old.prepare('PRAGMA auto_vacuum = NONE').run();
  old.prepare('VACUUM').run();
  old.prepare('CREATE TABLE notes (text TEXT)').run();
  const add = old.prepare('INSERT INTO notes VALUES (?)');
  old.transaction(() => {
    for (let n = 0; n < 500; n++) add.run('x'.repeat(4000));
  });
  old.transaction(() => void old.prepare('DELETE FROM notes').run());
  old.close();
  const found = async () =>
    (await printed(() => storeInfo({ config, json: true }))).json.databases.find(({ name }) => name === 'old.db')!;
  const before = await found();
  assert.ok(before.bytes > 2_000_000 && !before.incrementalVacuum);
  assert.is((await printed(() => storeVacuum({ config, json: true }))).code, 0);
  const after = await found();
  assert.ok(after.bytes < 20_000 && after.incrementalVacuum, JSON.stringify(after));
});

onDisk('vacuum does nothing while a program has the folder, and says which', async () => {
  const { config, data } = site();
  const lock = await lockStore(data, { patienceMs: 0, signal: new AbortController().signal });
  const message = await messageOf(() => storeVacuum({ config, json: true }));
  assert.match(message, new RegExp(`in use by process ${process.pid} on .*: stop it first`));
  const { json } = await printed(() => storeInfo({ config, json: true }));
  assert.type(json.runningSince, 'number');
  if (lock.kind === 'held') lock.release();
});

onDisk('a folder that is not there is named', async () => {
  const { at, config } = site();
  writeFileSync(config, JSON.stringify({ cameras: [], store: { dir: join(at, 'nowhere') } }));
  assert.match(
    await messageOf(() => storeInfo({ config })),
    /store\.dir: expected a folder, got .*nowhere, which is not there/,
  );
});

onDisk(
  'a backup takes the place of no database of the store, of no device and of nothing that is no folder',
  async () => {
    const { at, data, config } = site();
    writeFileSync(join(at, 'file'), '');
    const flags = { config, force: true };
    for (const target of [data, join(data, 'history.db'), join(data, 'new.db-wal'), join(data, 'running.json')]) {
      await rejects(storeBackup(target, flags), /the backup would replace the store itself/);
    }
    await rejects(storeBackup('/dev/null', flags), /expected the name of a file, got \/dev\/null/);
    await rejects(storeBackup(join(at, 'file', 'backup.tar'), flags), /the backup cannot be written: .* is a file/);
    assert.equal((await printed(() => storeCheck({ config, json: true }))).code, 0);
  },
);

onDisk('on a disk that can only be read nothing is vacuumed, and it is said why', async () => {
  const { at, config } = site();
  const disk = smallDisk(join(at, 'disk'), '4m');
  if (disk === null) return;
  writeFileSync(config, JSON.stringify({ cameras: [], store: { dir: disk.at } }));
  openDatabase({ file: join(disk.at, 'history.db'), migrations: HISTORY_MIGRATIONS, log: silentLog }).close();
  writeFileSync(join(disk.at, 'running.lock'), '');
  disk.remount('ro');
  await rejects(storeVacuum({ config }), /cannot be locked: its file system is read-only/);
  disk.remove();
});

async function rejects(work: Promise<unknown>, expected: RegExp): Promise<void> {
  const error = await work.then(
    () => null,
    (reason: Error) => reason,
  );
  assert.match(String(error?.message), expected);
}

onDisk(
  'a rehearsal brings copies to the form of this version, and leaves the databases and their folder as they are',
  async () => {
    const { data, config } = site();
    const file = join(data, 'outbox.db');
    openDatabase({ file, migrations: OUTBOX_MIGRATIONS.slice(0, 1), log: silentLog }).close();
    assert.is((await printed(() => storeCheck({ config, rehearse: true, json: true }))).code, 0);
    assert.is(reportOn(file).schema, 1);
    assert.equal(
      readdirSync(data).filter((name) => name.startsWith('.')),
      [],
    );
  },
);

onDisk('a rehearsal fails where a newer version has changed a database', async () => {
  const { data, config } = site();
  const newer = [...HISTORY_MIGRATIONS, 'CREATE TABLE of_tomorrow (x INTEGER) STRICT'];
  openDatabase({ file: join(data, 'history.db'), migrations: newer, log: silentLog }).close();
  assert.is((await printed(() => storeCheck({ config, json: true }))).code, 0);
  assert.is((await printed(() => storeCheck({ config, rehearse: true, json: true }))).code, 1);
});

/** A site with something kept for one who is no tenant any more. */
function siteWithTenant() {
  const made = site();
  const tenant = join(made.data, 'tenants', 'harbour');
  mkdirSync(tenant, { recursive: true });
  openDatabase({ file: join(tenant, 'history.db'), migrations: HISTORY_MIGRATIONS, log: silentLog }).close();
  return { ...made, tenant };
}

/** What is said beside the answer. */
async function saidBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const said: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = ((text: string) => said.push(text) > 0) as typeof write;
  try {
    await work();
    return said;
  } finally {
    process.stderr.write = write;
  }
}

onDisk('each command says whose folders it has left alone, and what looks at them', async () => {
  const { at, config } = siteWithTenant();
  const flags = { config, json: true };
  for (const [work, command] of [
    [() => storeInfo(flags), 'info'],
    [() => storeCheck(flags), 'check'],
    [() => storeCheck({ ...flags, rehearse: true }), 'check --rehearse'],
    [() => storeVacuum(flags), 'vacuum'],
    [() => storeBackup(join(at, 'copy.tar'), flags), 'backup FILE'],
  ] as const) {
    assert.equal(await saidBy(() => printed(work)), [
      `without what is kept for harbour: edge-optimizer store ${command} --tenant harbour --config ${config}\n`,
    ]);
    assert.equal(await saidBy(() => printed(() => storeCheck({ ...flags, tenant: 'harbour' }))), []);
  }
});

onDisk('with a tenant each command is about its folder alone', async () => {
  const { at, config, tenant } = siteWithTenant();
  const flags = { config, tenant: 'harbour', json: true };
  for (const work of [storeInfo, storeCheck, storeVacuum]) {
    const { code, json } = await printed(() => work(flags));
    assert.equal([code, json.folder, json.databases.map(({ name }) => name)], [0, tenant, ['history.db']]);
  }
  const { json } = await printed(() => storeBackup(join(at, 'copy.tar'), flags));
  assert.equal(
    json.databases.map(({ name }) => name),
    ['history.db'],
  );
  damage(join(tenant, 'history.db'));
  assert.is((await printed(() => storeCheck(flags))).code, 1);
  assert.match(
    await messageOf(() => storeCheck({ ...flags, tenant: '../profiles' })),
    /--tenant: expected no tenant, the configuration has none \(--config FILE\), got \.\.\/profiles/,
  );
});

onDisk('the folder of a tenant is in use while the program runs that has the store', async () => {
  const { config, data } = siteWithTenant();
  const flags = { config, tenant: 'harbour', json: true };
  const lock = await lockStore(data, { patienceMs: 0, signal: new AbortController().signal });
  if (lock.kind !== 'held') throw new Error('the folder was taken');
  assert.ok((await printed(() => storeInfo(flags))).json.runningSince! > 0);
  assert.match(await messageOf(() => storeVacuum(flags)), /data is in use by process \d+ on .*: stop it first/);
  lock.release();
  assert.is((await printed(() => storeVacuum(flags))).code, 0);
});

onDisk('no backup replaces what is kept, be it of the device or of a tenant', async () => {
  const { config, data, tenant } = siteWithTenant();
  for (const [from, into] of [
    ['harbour', data],
    ['harbour', tenant],
    [undefined, tenant],
  ] as const) {
    const flags = { config, force: true, json: true, ...(from !== undefined && { tenant: from }) };
    assert.match(await messageOf(() => storeBackup(`${into}/`, flags)), /the backup would replace the store itself/);
  }
});

test.run();
