import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../src/foundation/errors.js';
import { silentLog } from '../../src/foundation/log.js';
import { openDatabase } from '../../src/store/database.js';
import { diskTrouble } from '../../src/store/disk-trouble.js';
import { needs, where } from '../optional.js';
import { smallDisk } from '../small-disk.js';
import { temporaryFolder } from '../temporary.js';

const onDisk = needs('better-sqlite3', test);
const isRoot = process.getuid?.() === 0;
const asRoot = where(isRoot, 'root', test);
const folder = temporaryFolder('disk-trouble');
const MIGRATIONS = ['CREATE TABLE a (n INTEGER) STRICT;'];

/** What opening says; empty where it succeeds. */
function opened(file: string): string {
  try {
    openDatabase({ file, migrations: MIGRATIONS, log: silentLog }).close();
    return '';
  } catch (error) {
    return explain(error);
  }
}

/** What opening and writing as nobody says. */
function openedAsNobody(file: string): string {
  const script = join(dirname(fileURLToPath(import.meta.url)), 'open-as-nobody.js');
  return execFileSync(process.execPath, [script, file], { encoding: 'utf8' }).trim();
}

/** A database of root's in a folder that everybody may enter. */
function rootsDatabase(name: string): string {
  chmodSync(folder, 0o755);
  const file = join(folder, name, 'history.db');
  assert.is(opened(file), '');
  chmodSync(dirname(file), 0o755);
  chmodSync(file, 0o644);
  return file;
}

onDisk('a folder where nothing can be made is refused at once and named', () => {
  assert.match(
    opened('/proc/edge/history.db'),
    '/proc/edge lies in proc, which the kernel makes up and which holds no files: choose a folder on a disk',
  );
  assert.match(opened('/sys/edge/deep/history.db'), '/sys/edge/deep lies in sysfs');
});

onDisk('what stands in the place of the file or its folder is named', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.match(opened(join(folder, 'file/data/history.db')), `${join(folder, 'file')} is a file, not a folder`);
  mkdirSync(join(folder, 'taken/history.db'), { recursive: true });
  const taken = join(folder, 'taken/history.db');
  assert.match(opened(taken), `a folder has the name ${taken}: move it away`);
  mkdirSync(join(folder, 'log-taken/history.db-wal'), { recursive: true });
  assert.match(opened(join(folder, 'log-taken/history.db')), 'a folder has the name');
  symlinkSync(join(folder, 'round'), join(folder, 'round'));
  assert.match(opened(join(folder, 'round/history.db')), 'a symbolic link that leads back to itself');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
  assert.match(
    opened(join(folder, 'dangling/history.db')),
    `${join(folder, 'dangling')} is a symbolic link to something that is not there`,
  );
  symlinkSync('/dev/zero', join(folder, 'zero.db'));
  assert.match(opened(join(folder, 'zero.db')), `${join(folder, 'zero.db')} is no file but a device or a pipe`);
  assert.match(opened(join(folder, 'x'.repeat(300), 'history.db')), 'the name of its folder is too long');
});

asRoot("files that are root's are said to be so, with the chown that helps", () => {
  const words = 'belongs to root, and this program runs as nobody (uid 65534): chown -R 65534:65534';
  const file = rootsDatabase('roots');
  // SQLite could still read it in a folder of nobody's own
  chownSync(dirname(file), 65534, 65534);
  assert.is(openedAsNobody(file), `only read: ${file} ${words} ${dirname(file)}`);

  const all = rootsDatabase('all-roots');
  assert.is(
    openedAsNobody(all).split(': attempt')[0],
    `the database ${all} cannot be used: ${all} ${words} ${dirname(all)}`,
  );

  // root looked at it with the sqlite3 shell while the program was stopped
  const mine = rootsDatabase('log-roots');
  chownSync(dirname(mine), 65534, 65534);
  chownSync(mine, 65534, 65534);
  for (const suffix of ['-wal', '-shm']) writeFileSync(mine + suffix, '', { mode: 0o600 });
  assert.match(openedAsNobody(mine), `${mine}-wal ${words} ${dirname(mine)}`);

  const nowhere = join(folder, 'none/of/it/history.db');
  mkdirSync(join(folder, 'none'), { mode: 0o755 });
  assert.match(openedAsNobody(nowhere), `${join(folder, 'none')} ${words} ${dirname(nowhere)}`);
});

asRoot('a file of its own that may not be written is told with the chmod that helps', () => {
  const file = rootsDatabase('protected');
  chownSync(dirname(file), 65534, 65534);
  chownSync(file, 65534, 65534);
  chmodSync(file, 0o444);
  assert.is(
    openedAsNobody(file),
    `only read: ${file} may not be written by its own user (mode 444): chmod u+rw ${file}`,
  );
});

const disk = smallDisk(join(folder, 'disk'), '256k');
const onSmallDisk = where(disk !== null, 'file system of our own', test);

onSmallDisk('a disk that is full is not called read-only, and one that is read-only is', () => {
  const { at } = disk!;
  writeFileSync(join(at, 'filler'), new Uint8Array(256 * 1024 - 4096 * 2));
  assert.match(opened(join(at, 'history.db')), /the disk is full \(0\.0 MB free\): make room, or choose another one/);
  execFileSync('mount', ['-o', 'remount,ro', at]);
  assert.match(opened(join(at, 'other.db')), 'its file system is read-only: mount it for writing');
  execFileSync('mount', ['-o', 'remount,rw', at]);
});

onSmallDisk('a disk without room for another file says that', () => {
  execFileSync('mount', ['-o', 'remount,size=8m,nr_inodes=9', disk!.at]);
  for (let n = 0; n < 9; n++) {
    try {
      writeFileSync(join(disk!.at, `${n}`), '');
    } catch {
      // that was the last one
    }
  }
  assert.match(opened(join(disk!.at, 'deep/history.db')), 'the disk can hold no more files (its inodes are used up)');
  disk!.remove();
});

test('what only the code tells is put into words', () => {
  const file = join(folder, 'history.db');
  const words = (code: string) => diskTrouble(file, Object.assign(new Error('no'), { code }));
  assert.is(words('EDQUOT'), "this user's quota on the disk is used up: raise it, or remove files");
  assert.is(words('EMFILE'), 'too many files are open: raise the limit (LimitNOFILE=, ulimit -n)');
  assert.is(words('SQLITE_BUSY'), `it is locked by another process: close what has it open (fuser ${file} names it)`);
  assert.is(words('SQLITE_IOERR_LOCK'), 'its file system refuses the locks or the shared memory that SQLite needs');
  assert.is(words('SQLITE_IOERR_READ'), 'the disk reports errors: look at what the kernel says of it (dmesg)');
  assert.is(words('SQLITE_SOMETHING'), 'check that its folder exists, can be written and has room');
});

test.run();
