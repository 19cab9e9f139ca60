import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_ACTION_CHANGES } from '../../../src/collector/actions/action-store.js';
import { brokenAt, chained, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { temporaryFolder } from '../../temporary.js';
import { AT, actionStoreContract } from './store-contract.js';

const folder = temporaryFolder('action-store');
let files = 0;

actionStoreContract(test, 'SQLite', async () => {
  const file = join(folder, `${++files}.sqlite`);
  let fleet = new SqliteFleetStore({ file });
  return {
    store: fleet.actions,
    again: async () => {
      await fleet.close();
      fleet = new SqliteFleetStore({ file });
      return fleet.actions;
    },
    forget: async (before) => fleet.actions.forget(before),
    close: () => fleet.close(),
  };
});

test('who changes the audit in the file is refused, and seen where the file was taken apart', async () => {
  const file = join(folder, `${++files}.sqlite`);
  const fleet = new SqliteFleetStore({ file });
  const news = { at: AT, by: 'ana', what: 'begun', action: null, detail: {} } as const;
  await fleet.actions.change({ ...NO_ACTION_CHANGES, audit: chained(NO_AUDIT, [news, news, news]) });
  const other = new (loadSqlite())(file);
  assert.throws(() => other.exec("UPDATE audit SET by = 'ben' WHERE n = 2"), /only appended to/);
  assert.throws(() => other.exec('DELETE FROM audit'), /only appended to/);
  other.exec("DROP TRIGGER audit_is_appended_to; UPDATE audit SET by = 'ben' WHERE n = 2");
  const kept = (await fleet.actions.audit(10, 10)).reverse();
  assert.is(brokenAt(NO_AUDIT, kept), 'entry 2 was changed');
  assert.is(brokenAt(NO_AUDIT, [kept[0]!, kept[2]!]), 'entry 2 is missing');
  const forged = chained(NO_AUDIT, [{ ...news, by: 'ben' }]);
  assert.is(brokenAt(NO_AUDIT, [...forged, kept[1]!]), 'entry 2 does not follow the one before it');
  other.close();
  await fleet.close();
});

test.run();
