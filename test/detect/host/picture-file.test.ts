import { execFileSync } from 'node:child_process';
import { closeSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileSlot, PictureFile } from '../../../src/detect/host/picture-file.js';
import { fileSystemOf } from '../../../src/foundation/file-system.js';
import { createLog } from '../../../src/foundation/log.js';
import { where } from '../../optional.js';
import { smallDisk } from '../../small-disk.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('picture-file');

function read({ fd }: PictureFile, { at }: FileSlot, bytes: number): number[] {
  const into = new Uint8Array(bytes);
  assert.is(readSync(fd, into, 0, bytes, at), bytes);
  return [...into];
}

test('pictures of a request lie back to back at its place, and nothing has a name', () => {
  const file = PictureFile.create({ folder })!;
  const first = file.put([Uint8Array.of(1, 2), Uint8Array.of(3)])!;
  const second = file.put([Uint8Array.of(4, 5, 6)])!;
  assert.equal(read(file, first, 3), [1, 2, 3]);
  assert.equal(read(file, second, 3), [4, 5, 6]);
  assert.equal(readdirSync(folder), []);
  file.close();
});

test('there is room for a few requests, and again when one is answered', () => {
  const file = PictureFile.create({ folder })!;
  const places = [1, 2, 3, 4].map((n) => file.put([Uint8Array.of(n)])!);
  assert.is(new Set(places.map(({ at }) => at)).size, 4);
  assert.is(file.put([Uint8Array.of(5)]), null);
  places[2]!.free();
  assert.is(file.put([Uint8Array.of(5)])!.at, places[2]!.at);
  assert.equal(read(file, places[1]!, 1), [2]);
  file.close();
});

test('a batch that is too large has no place', () => {
  const file = PictureFile.create({ folder })!;
  assert.is(file.put([new Uint8Array((8 << 20) + 1)]), null);
  assert.ok(file.put([new Uint8Array(8 << 20)]));
  file.close();
});

/** A log, and the messages of its lines. */
function heard() {
  const lines: string[] = [];
  return { lines, log: createLog('info', { write: (line) => void lines.push(JSON.parse(line).msg) }, false) };
}

test('where a picture cannot be written there is no place, and no error', () => {
  const { log, lines } = heard();
  const file = PictureFile.create({ folder, log })!;
  closeSync(file.fd);
  assert.is(file.put([Uint8Array.of(1)]), null);
  assert.is(file.put([Uint8Array.of(1)]), null);
  assert.is(lines.length, 1);
});

const memory = smallDisk(join(temporaryFolder('small-memory'), 'memory'), '64k');
const withSmallMemory = where(memory !== null, 'file system of our own', test);
const picture = (bytes: number) => [new Uint8Array(bytes).fill(7)];

withSmallMemory('memory that is full is told once, leaves no part of a picture behind, and is tried again', () => {
  const { at, resize } = memory!;
  const { log, lines } = heard();
  const clock = { at: 0 };
  const options = { folder: at, log, clock: () => clock.at };
  const [one, other] = [PictureFile.create(options)!, PictureFile.create(options)!];
  assert.is(one.put(picture(100_000)), null);
  assert.is(other.put(picture(100_000)), null);
  assert.is(one.put(picture(10)), null, 'not before a minute is over');
  assert.is(lines.length, 1);
  assert.match(
    lines[0]!,
    /^pictures go to the detector through a pipe.* is tried again in a minute: it is full \(\d\.\d MiB free\), a worker uses up to 32 MiB: .*--shm-size/,
  );
  assert.is(fileSystemOf(at)!.freeBytes, 65_536);
  clock.at += 60_000;
  assert.is(one.put(picture(100_000)), null);
  resize('1m');
  clock.at += 60_000;
  const slot = one.put(picture(100_000))!;
  assert.equal(new Set(read(one, slot, 100_000)), new Set([7]));
  assert.equal(lines.slice(1), [`pictures lie in ${at} again`]);
  one.close();
  other.close();
});

withSmallMemory('what is on its way to the worker stays while others find no room', () => {
  memory!.resize('64k');
  const file = PictureFile.create({ folder: memory!.at })!;
  const slot = file.put(picture(20_000))!;
  assert.is(file.put(picture(60_000)), null);
  assert.equal(new Set(read(file, slot, 20_000)), new Set([7]));
  file.close();
});

withSmallMemory('memory that may not be written is told with what to do', () => {
  const { log, lines } = heard();
  execFileSync('mount', ['-o', 'remount,ro', memory!.at]);
  assert.is(PictureFile.create({ folder: memory!.at, log }), null);
  assert.is(PictureFile.create({ folder: memory!.at, log }), null);
  assert.is(lines.length, 1);
  assert.match(lines[0]!, /is tried again at the next start of a worker: it is mounted read-only: .*--tmpfs/);
  memory!.remove();
  const gone = heard();
  assert.is(PictureFile.create({ folder: join(folder, 'none'), log: gone.log }), null);
  assert.match(gone.lines[0]!, 'it is not there: mount a tmpfs');
});

test('a system without such memory has no file, and one that is closed takes nothing', () => {
  assert.is(PictureFile.create({ folder: join(folder, 'none') }), null);
  const file = PictureFile.create({ folder })!;
  file.close();
  file.close();
  assert.is(file.put([Uint8Array.of(1)]), null);
});

test.run();
