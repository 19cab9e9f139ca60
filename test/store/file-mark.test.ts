import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileMark } from '../../src/store/file-mark.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('file-mark');
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

test('a mark is what it was until it is renewed, or a copy is written over it', async () => {
  const file = join(folder, 'outbox.db');
  const mark = new FileMark(file);
  assert.is(mark.read(), '');
  const first = mark.renew();
  assert.match(first, /^\d{19}$/);
  assert.is(new FileMark(file).read(), first);
  await pause();
  const second = mark.renew();
  assert.is.not(second, first);
  copyFileSync(`${file}-mark`, `${file}-copy`);
  await pause();
  copyFileSync(`${file}-copy`, `${file}-mark`);
  assert.is.not(mark.read(), second);
});

test('where no mark can be made there is none', () => {
  const place = join(folder, 'no-folder');
  writeFileSync(place, '');
  const mark = new FileMark(join(place, 'outbox.db'));
  assert.is(mark.renew(), '');
  assert.is(mark.read(), '');
});

test.run();
