import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pictureNames, picturesBeneath } from '../../src/foundation/picture-files.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('picture-files');
for (const name of ['b/x', 'b/out', 'a10', 'a9']) mkdirSync(join(folder, name), { recursive: true });
for (const name of ['10.jpg', '9.JPEG', 'b/1.png', 'b/x/2.webp', 'b/out/3.jpg', 'a10/1.jpg', 'a9/1.jpg', 'b/text.txt'])
  writeFileSync(join(folder, name), '');
symlinkSync(folder, join(folder, 'b/loop'));

test('the pictures of a folder come in natural order, whatever the case of their ending', async () => {
  assert.equal(await pictureNames(folder), ['9.JPEG', '10.jpg']);
});

test('those of the folders beneath it come where their folder stands; links to folders are not followed', async () => {
  assert.equal(await picturesBeneath(folder), [
    '9.JPEG',
    '10.jpg',
    'a9/1.jpg',
    'a10/1.jpg',
    'b/1.png',
    'b/out/3.jpg',
    'b/x/2.webp',
  ]);
  assert.equal(await picturesBeneath(join(folder, 'b'), join(folder, 'b/out')), ['1.png', 'x/2.webp']);
});

test('a folder that is not there fails as readdir does', async () => {
  const code = await picturesBeneath(join(folder, 'nope')).catch((error: NodeJS.ErrnoException) => error.code);
  assert.is(code, 'ENOENT');
});

test.run();
