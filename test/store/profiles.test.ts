import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import type { DatabasePort } from '../../src/store/database-port.js';
import { PROFILE_MIGRATIONS } from '../../src/store/migrations.js';
import { Profiles } from '../../src/store/profiles.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { MEASURED } from './measured.js';
import { type Trouble, troubled } from './trouble.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('profiles');

const DEVICE = { id: 'd1', fingerprint: { board: 'x86-cpu', driver: 'none' }, seenAt: 1000 };

const openFile = (name: string) => () =>
  openDatabase({ file: join(folder, name), migrations: PROFILE_MIGRATIONS, log: silentLog });

function open(name: string, opening: () => DatabasePort = openFile(name)) {
  const profiles = new Profiles({ open: opening, log: silentLog });
  profiles.start();
  return { profiles, close: () => profiles.stop() };
}

onDisk('what was measured is there after the file was closed and opened', () => {
  const before = open('kept.db');
  before.profiles.save(DEVICE, [MEASURED]);
  before.close();
  const { profiles, close } = open('kept.db');
  assert.equal(profiles.read('d1', 'm'), [MEASURED]);
  assert.equal(profiles.read('d1', 'other'), []);
  assert.equal(profiles.devices('m'), [DEVICE]);
  close();
});

onDisk('measuring again replaces; another file of the same variant does not', () => {
  const { profiles, close } = open('again.db');
  profiles.save(DEVICE, [MEASURED]);
  profiles.save({ ...DEVICE, seenAt: 2000 }, [
    { ...MEASURED, p50Ms: 9 },
    { ...MEASURED, sha256: 'cd' },
  ]);
  assert.equal(
    profiles.read('d1', 'm').map(({ sha256, p50Ms }) => [sha256, p50Ms]),
    [
      ['ab', 9],
      ['cd', 4.5],
    ],
  );
  assert.is(profiles.devices('m')[0]!.seenAt, 2000);
  close();
});

onDisk('a failure is kept with its reason and without numbers', () => {
  const { profiles, close } = open('failed.db');
  const failed = { ...MEASURED, p50Ms: null, p95Ms: null, imagesPerSecond: null, failure: 'refused' };
  profiles.save(DEVICE, [failed]);
  assert.equal(profiles.read('d1', 'm'), [failed]);
  close();
});

onDisk('a group is stored whole or not at all', () => {
  const { profiles, close } = open('whole.db');
  const broken = { ...MEASURED, threads: 4, rounds: null as unknown as number };
  assert.is(profiles.save(DEVICE, [MEASURED, broken]), false);
  assert.equal(profiles.read('d1', 'm'), []);
  assert.is(profiles.pending, 2);
  close();
});

onDisk('what a full disk refused is stored when there is room, at the latest at the end', () => {
  const disk: Trouble = { code: 'SQLITE_FULL' };
  const { profiles, close } = open('full.db', () => troubled(openFile('full.db')(), disk));
  assert.is(profiles.save(DEVICE, [MEASURED]), false);
  assert.is(profiles.pending, 1);
  disk.code = null;
  close();
  assert.is(profiles.pending, 0);
  const again = open('full.db');
  assert.equal(again.profiles.read('d1', 'm'), [MEASURED]);
  again.close();
});

onDisk('a place that can hold no file is told at the start, before anything is measured', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => open('file/profiles.db'), /file\/profiles\.db cannot be used/);
});

onDisk('devices are kept apart and can be forgotten', () => {
  const { profiles, close } = open('devices.db');
  profiles.save(DEVICE, [MEASURED]);
  profiles.save({ ...DEVICE, id: 'd2', seenAt: 3000 }, [MEASURED]);
  assert.equal(
    profiles.devices('m').map(({ id }) => id),
    ['d2', 'd1'],
  );
  profiles.forget('d1', 'm');
  assert.equal(profiles.read('d1', 'm'), []);
  assert.is(profiles.read('d2', 'm').length, 1);
  close();
});

test.run();
