import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openToOthers, writeWhole } from '../../src/foundation/private-files.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('private-files');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

for (const umask of [0o022, 0o000]) {
  test(`with umask ${umask.toString(8)} a new file is its owner's alone, and a replaced one keeps its mode`, async () => {
    const before = process.umask(umask);
    try {
      const file = join(folder, `new-${umask}`);
      await writeWhole(file, 'one');
      assert.equal([modeOf(file), readFileSync(file, 'utf8')], ['600', 'one']);
      chmodSync(file, 0o644);
      await writeWhole(file, 'two');
      assert.equal([modeOf(file), readFileSync(file, 'utf8')], ['644', 'two']);
    } finally {
      process.umask(before);
    }
  });
}

test('what is left of an earlier part is replaced, and a failure leaves none', async () => {
  const target = join(folder, 'a-folder');
  mkdirSync(join(target, 'in it'), { recursive: true });
  writeFileSync(`${target}.part`, 'left over', { mode: 0o644 });
  let failed = false;
  await writeWhole(target, 'x').catch(() => (failed = true));
  assert.ok(failed, 'a folder cannot be replaced by a file');
  assert.is(readdirSync(folder).includes('a-folder.part'), false);
});

test('a folder that others can enter is told with its mode, one of a group is not', () => {
  const wide = join(folder, 'wide');
  mkdirSync(wide);
  chmodSync(wide, 0o755);
  assert.is(openToOthers(wide), '0755');
  chmodSync(wide, 0o750);
  assert.is(openToOthers(wide), null);
});

test.run();
