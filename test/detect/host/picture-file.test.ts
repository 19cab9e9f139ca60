import { closeSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileSlot, PictureFile } from '../../../src/detect/host/picture-file.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('picture-file');

function read({ fd }: PictureFile, { at }: FileSlot, bytes: number): number[] {
  const into = new Uint8Array(bytes);
  assert.is(readSync(fd, into, 0, bytes, at), bytes);
  return [...into];
}

test('pictures of a request lie back to back at its place, and nothing has a name', () => {
  const file = PictureFile.create(folder)!;
  const first = file.put([Uint8Array.of(1, 2), Uint8Array.of(3)])!;
  const second = file.put([Uint8Array.of(4, 5, 6)])!;
  assert.equal(read(file, first, 3), [1, 2, 3]);
  assert.equal(read(file, second, 3), [4, 5, 6]);
  assert.equal(readdirSync(folder), []);
  file.close();
});

test('there is room for a few requests, and again when one is answered', () => {
  const file = PictureFile.create(folder)!;
  const places = [1, 2, 3, 4].map((n) => file.put([Uint8Array.of(n)])!);
  assert.is(new Set(places.map(({ at }) => at)).size, 4);
  assert.is(file.put([Uint8Array.of(5)]), null);
  places[2]!.free();
  assert.is(file.put([Uint8Array.of(5)])!.at, places[2]!.at);
  assert.equal(read(file, places[1]!, 1), [2]);
  file.close();
});

test('a batch that is too large has no place', () => {
  const file = PictureFile.create(folder)!;
  assert.is(file.put([new Uint8Array((8 << 20) + 1)]), null);
  assert.ok(file.put([new Uint8Array(8 << 20)]));
  file.close();
});

test('where a picture cannot be written there is no place any more, and no error', () => {
  const file = PictureFile.create(folder)!;
  closeSync(file.fd);
  assert.is(file.put([Uint8Array.of(1)]), null);
  assert.is(file.put([Uint8Array.of(1)]), null);
});

test('a system without such memory has no file, and one that is closed takes nothing', () => {
  assert.is(PictureFile.create(join(folder, 'none')), null);
  const file = PictureFile.create(folder)!;
  file.close();
  file.close();
  assert.is(file.put([Uint8Array.of(1)]), null);
});

test.run();
