import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppendHandle, RotatingFile, type RotatingFileOptions } from '../../src/store/rotating-file.js';
import { smallDisk } from '../small-disk.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('rotating-file');
let files = 0;

function freshFile(): string {
  const own = join(folder, `${++files}`);
  mkdirSync(own);
  return join(own, 'lines');
}

async function opened(file: string, options: Partial<RotatingFileOptions> = {}) {
  const told: string[] = [];
  const rotating = new RotatingFile({
    file,
    maxBytes: 1e6,
    failed: (reason) => told.push(reason),
    recovered: () => told.push('recovered'),
    ...options,
  });
  await rotating.open();
  return { rotating, told };
}

/** Appends lines, each written before the next one comes. */
async function writeOneByOne(file: string, maxBytes: number, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const { rotating } = await opened(file, { maxBytes });
    rotating.append(line);
    await rotating.close();
  }
}

const contents = (file: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(file, '..')).map((name) => [name, readFileSync(join(file, '..', name), 'utf8').trimEnd()]),
  );

for (const umask of [0o022, 0o000]) {
  test(`with umask ${umask.toString(8)} lines go after what is there, in files for their owner alone`, async () => {
    const before = process.umask(umask);
    try {
      const file = freshFile();
      await writeOneByOne(file, 100, ['a'.repeat(15), 'b'.repeat(15)]);
      for (const name of ['lines', 'lines.1']) assert.is(statSync(join(file, '..', name)).mode & 0o777, 0o600);
      await writeOneByOne(file, 1000, ['c']);
      assert.equal(contents(file), { lines: `${'b'.repeat(15)}\nc`, 'lines.1': 'a'.repeat(15) });
    } finally {
      process.umask(before);
    }
  });
}

test('a full file becomes an older one, of which four are kept', async () => {
  const file = freshFile();
  // 20 bytes a file: two lines of ten
  await writeOneByOne(
    file,
    100,
    Array.from({ length: 13 }, (_, i) => `line ${i}`.padEnd(9, '.')),
  );
  assert.equal(contents(file), {
    lines: 'line 12..',
    'lines.1': 'line 10..\nline 11..',
    'lines.2': 'line 8...\nline 9...',
    'lines.3': 'line 6...\nline 7...',
    'lines.4': 'line 4...\nline 5...',
  });
});

test('a smaller budget than before takes effect at the next turn, and what was just written stays', async () => {
  const file = freshFile();
  writeFileSync(file, 'x'.repeat(5000));
  for (const n of [1, 2, 3, 4]) writeFileSync(`${file}.${n}`, 'y'.repeat(50));
  await writeOneByOne(file, 100, ['new']);
  assert.equal(Object.keys(contents(file)), ['lines', 'lines.1']);
  await writeOneByOne(file, 100, ['z'.repeat(18)]);
  assert.equal(contents(file), { lines: 'z'.repeat(18), 'lines.1': 'new' });
});

test('many lines in a row come in order, and none is lost', async () => {
  const file = freshFile();
  const { rotating } = await opened(file, { maxBytes: 1e8 });
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
  for (const line of lines) rotating.append(line);
  await rotating.close();
  assert.is(readFileSync(file, 'utf8'), `${lines.join('\n')}\n`);
  assert.is(rotating.lostLines, 0);
});

if (existsSync('/dev/full')) {
  test('a full disk costs lines, which are counted and told once, and nothing else', async () => {
    const { rotating, told } = await opened('/dev/full');
    for (let i = 0; i < 3; i++) rotating.append('x');
    await rotating.close();
    assert.is(rotating.lostLines, 3);
    assert.is(told.length, 1);
    assert.match(told[0]!, /ENOSPC/);
    assert.is(existsSync('/dev/full.1'), false);
  });
} else console.log('SKIPPED (no /dev/full here): a full disk costs lines');

test('lines that a disk took in part are not glued to what follows, and it is told when it works again', async () => {
  const file = freshFile();
  const disk = { room: 7 };
  const openNarrow = async (name: string): Promise<AppendHandle> => {
    const handle = await open(name, 'a');
    const narrow: Pick<AppendHandle, 'write'> = {
      write: ((block: Buffer, from: number) => {
        const taken = block.subarray(from, from + disk.room);
        if (taken.length === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        disk.room -= taken.length;
        return handle.write(taken);
      }) as AppendHandle['write'],
    };
    return { write: narrow.write, stat: () => handle.stat(), close: () => handle.close() } as AppendHandle;
  };
  const { rotating, told } = await opened(file, { open: openNarrow });
  rotating.append('12345');
  rotating.append('67890');
  await rotating.close();
  assert.equal([rotating.lostLines, rotating.failure], [1, 'ENOSPC: no space left on device']);
  disk.room = 1000;
  await rotating.open();
  rotating.append('abc');
  await rotating.close();
  assert.is(readFileSync(file, 'utf8'), '12345\n6\nabc\n');
  assert.equal([rotating.lostLines, rotating.failure], [1, null]);
  assert.equal(told, ['ENOSPC: no space left on device', 'recovered']);
});

test('what a disk that hangs cannot take is bounded', async () => {
  let goOn: (() => void) | null = null;
  const hanging = new Promise<void>((resolve) => (goOn = resolve));
  const file = freshFile();
  const openHanging = async (name: string): Promise<AppendHandle> => {
    const handle = await open(name, 'a');
    const write = async (block: Buffer, from: number) => {
      await hanging;
      return handle.write(block, from);
    };
    return { write, stat: () => handle.stat(), close: () => handle.close() } as unknown as AppendHandle;
  };
  const { rotating, told } = await opened(file, { open: openHanging, maxBytes: 1e9 });
  const line = 'x'.repeat(2 ** 20 - 1);
  for (let i = 0; i < 12; i++) rotating.append(line);
  // one is under way, eight wait
  assert.is(rotating.lostLines, 3);
  assert.equal(told, ['the disk is too slow']);
  goOn!();
  await rotating.close();
  assert.is(statSync(file).size, 9 * 2 ** 20);
  assert.equal(told, ['the disk is too slow', 'recovered']);
});

const disk = smallDisk(join(folder, 'small-disk'), '64k');
if (disk) {
  test('on a disk that is really full lines are lost, until there is room again', async () => {
    try {
      const { rotating, told } = await opened(join(disk.at, 'lines'), { maxBytes: 2 ** 30 });
      for (let i = 0; i < 1000; i++) rotating.append('x'.repeat(99));
      await rotating.close();
      const kept = readFileSync(join(disk.at, 'lines'), 'utf8').split('\n');
      const whole = kept.filter((line) => line.length === 99).length;
      assert.is(whole + rotating.lostLines, 1000);
      assert.ok(whole > 300, `${whole} lines fit`);
      assert.is(told.length, 1);
      assert.match(told[0]!, /ENOSPC/);
      disk.resize('256k');
      await rotating.open();
      rotating.append('room again');
      await rotating.close();
      assert.is(readFileSync(join(disk.at, 'lines'), 'utf8').endsWith('\nroom again\n'), true);
      assert.is(told[1], 'recovered');
    } finally {
      disk.remove();
    }
  });
} else console.log('SKIPPED (no file system may be mounted here): on a disk that is really full lines are lost');

test.run();
