import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';
import { temporaryFolder } from '../temporary.js';
import { fleetStoreContract } from './store-contract.js';

const folder = temporaryFolder('fleet-store');
let files = 0;
let file = '';
const open = () => new SqliteFleetStore({ file: (file = join(folder, `${++files}.sqlite`)), mostQuarantined: 20 });

fleetStoreContract(test, 'SQLite', open, async (store) => {
  await store.close();
  return new SqliteFleetStore({ file });
});

test('one collector has the file, and its owner alone may read it', async () => {
  const store = open();
  assert.throws(() => new SqliteFleetStore({ file }), /another collector has .*stop it, or name another file/);
  assert.is(statSync(file).mode & 0o077, 0);
  await store.close();
  await new SqliteFleetStore({ file }).close();
});

test.run();
