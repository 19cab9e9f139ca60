import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load.js';
import { readStoreDir } from '../../src/config/store-dir.js';
import { fromRoot } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('store dir');
const folder = temporaryFolder('store-dir');

function file(text: string): string {
  const path = join(folder, 'site.yaml');
  writeFileSync(path, text);
  return path;
}

const SITES: readonly [text: string, env: NodeJS.ProcessEnv, dir: string][] = [
  ['site: demo\n', {}, fromRoot('data')],
  ['store: {dir: /var/lib/edge}\n', {}, '/var/lib/edge'],
  ['store: {dir: kept}\n', {}, fromRoot('kept')],
  ['store: {dir: kept}\n', { EDGE_STORE_DIR: '/elsewhere' }, '/elsewhere'],
  ['store:\n', { EDGE_STORE_DIR: '' }, fromRoot('data')],
];

for (const [text, env, dir] of SITES) {
  test(`is what the whole configuration says: ${JSON.stringify(text)} with ${JSON.stringify(env)}`, async () => {
    const path = file(text);
    assert.equal(await readStoreDir(path, env), { dir, problems: [] });
    assert.is(fromRoot(loadConfig({ file: path, env }).config.store.dir), dir);
  });
}

test('without a file it is the default, or what the environment says', async () => {
  assert.is((await readStoreDir(undefined, {})).dir, fromRoot('data'));
  assert.is((await readStoreDir(undefined, { EDGE_STORE_DIR: '/elsewhere' })).dir, '/elsewhere');
});

test('a file that cannot be read, and a folder that is none, are problems', async () => {
  assert.equal((await readStoreDir(join(folder, 'none.yaml'), {})).problems, [
    `${join(folder, 'none.yaml')}: no such file`,
  ]);
  const path = file('store: {dir: [1]}\n');
  assert.equal((await readStoreDir(path, {})).problems, [`${path}: store.dir: expected a folder, got [1]`]);
  assert.is((await readStoreDir(file('store: [\n'), {})).problems.length > 0, true);
});

test.run();
