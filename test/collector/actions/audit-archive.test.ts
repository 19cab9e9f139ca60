import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { auditFile } from '../../../src/cli/fleet/audit-sources.js';
import { NO_ACTION_CHANGES } from '../../../src/collector/actions/action-store.js';
import { archiveAudit } from '../../../src/collector/actions/audit-archive.js';
import { type AuditEntry, chained, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import { auditVerdict as verdictOf } from '../../../src/collector/actions/audit-verdict.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { loadSqlite } from '../../../src/store/sqlite.js';
import { temporaryFolder } from '../../temporary.js';
import { AT, actionsOver, KEY, PUBLIC_KEY } from './fleet-of-two.js';

const folder = temporaryFolder('audit-archive');
const DAY = 86_400_000;
/** In whatever order they are. */
const auditVerdict = (entries: readonly AuditEntry[], key: Parameters<typeof verdictOf>[1]) =>
  verdictOf(
    entries.map((entry) => ({
      async *read() {
        yield entry;
      },
    })),
    key,
  );
async function entriesIn(file: string): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  for await (const entry of auditFile(file).read()) found.push(entry);
  return found;
}
const news = (at: number) =>
  ({ at, by: 'ana', what: 'labelled', action: null, detail: [{ label: 'canary' }] }) as const;

/** A store with an audit of thirty days, an entry a day, and actions that put away what is older than ten. */
async function aged(name: string) {
  const file = join(folder, `${name}.sqlite`);
  const store = new SqliteFleetStore({ file });
  const days = Array.from({ length: 30 }, (_, day) => news(AT + day * DAY));
  await store.actions.change({ ...NO_ACTION_CHANGES, audit: chained(NO_AUDIT, days) });
  const clock = { now: AT + 30 * DAY };
  const archive = { folder: join(folder, name), keptMs: 10 * DAY };
  const { actions } = await actionsOver(store, new Map(), clock, { archive });
  return { file, store, clock, actions, archive };
}

test('what is old is put into files, the chain goes on behind it, and is whole with them and without', async () => {
  const { store, clock, actions, archive } = await aged('whole');
  await actions.turn();
  const kept = await store.actions.oldestAudit(100);
  assert.equal([kept[0]!.n, kept.at(-1)!.n, kept.at(-1)!.what], [21, 31, 'archived']);
  const files = readdirSync(archive.folder);
  assert.equal(files, ['audit-000000001.jsonl']);
  const old = await entriesIn(join(archive.folder, files[0]!));
  assert.equal([old.length, old.at(-1)!.hash], [20, kept[0]!.previous]);
  assert.equal(await auditVerdict(kept, PUBLIC_KEY), { broken: null, from: 21, through: 31 });
  assert.equal(await auditVerdict([...kept, ...old], PUBLIC_KEY), { broken: null, from: 1, through: 31 });
  // a week later, not every hour, and as another file
  clock.now += DAY;
  await actions.turn();
  assert.is(readdirSync(archive.folder).length, 1);
  clock.now += 7 * DAY;
  await actions.turn();
  assert.equal(readdirSync(archive.folder), ['audit-000000001.jsonl', 'audit-000000021.jsonl']);
  const all = [];
  for (const name of readdirSync(archive.folder)) all.push(...(await entriesIn(join(archive.folder, name))));
  const later = await store.actions.oldestAudit(100);
  assert.equal(await auditVerdict([...later, ...all], PUBLIC_KEY), { broken: null, from: 1, through: 32 });
  assert.is((await auditVerdict([...later, ...old], PUBLIC_KEY)).broken, `entry 21 is missing`);
  await store.close();
});

test('what was taken out, changed or put away by somebody else is seen', async () => {
  const { file, store, actions, archive } = await aged('forged');
  await actions.turn();
  const kept = await store.actions.oldestAudit(100);
  const missing = 'entries 1 to 20 are missing, and ';
  assert.is(
    (await auditVerdict(kept.slice(0, -1), null)).broken,
    `${missing}no entry says that they were put into a file`,
  );
  assert.is(
    (await auditVerdict(kept.slice(1), null)).broken,
    'entries 1 to 21 are missing, and no entry says that they were put into a file',
  );
  const old = await entriesIn(join(archive.folder, 'audit-000000001.jsonl'));
  const changed = old.map((entry) => (entry.n === 5 ? { ...entry, by: 'ben' } : entry));
  assert.is((await auditVerdict([...changed, ...kept], null)).broken, 'entry 5 was changed');
  const other = chained(
    NO_AUDIT,
    old.map(({ at }) => ({ ...news(at), by: 'ben' })),
  );
  assert.is((await auditVerdict([...other, ...kept], null)).broken, 'entry 21 does not follow the one before it');
  assert.is((await auditVerdict([...kept, { ...kept[3]!, hash: 'x' }], null)).broken, 'there are two entries 24');
  // whoever can write the file puts entries away without the key
  const detail = await archiveAudit(join(folder, 'thief'), kept.slice(0, 5), null);
  const forged = chained(kept.at(-1)!, [{ at: AT, by: 'collector', what: 'archived', action: null, detail }]);
  const rest: AuditEntry[] = [...kept.slice(5), ...forged];
  assert.is((await auditVerdict(rest, null)).broken, null);
  assert.match((await auditVerdict(rest, PUBLIC_KEY)).broken!, 'this key did not sign that they were put into a file');
  assert.match((await auditVerdict([...old, ...kept, ...forged], PUBLIC_KEY)).broken!, 'this key did not sign that');
  const sqlite = new (loadSqlite())(file);
  assert.throws(() => sqlite.exec('DELETE FROM audit WHERE n = 21'), /only appended to/);
  sqlite.close();
  await store.close();
});

test('where the folder cannot be written all of it stays, and is put away later', async () => {
  const { store, clock, actions, archive } = await aged('later');
  writeFileSync(archive.folder, 'in its way');
  await actions.turn();
  assert.equal([(await store.actions.oldestAudit(1))[0]!.n, actions.problem], [1, null]);
  await store.close();
  const again = new SqliteFleetStore({ file: join(folder, 'later.sqlite') });
  const second = await actionsOver(again, new Map(), clock, {
    archive: { ...archive, folder: join(folder, 'free') },
    key: null,
  });
  await second.actions.turn();
  const [first] = await again.actions.oldestAudit(1);
  assert.is(first!.n, 21);
  const [newest] = await again.actions.audit(1, 99);
  assert.is((JSON.parse(newest!.detail) as { signature: null }).signature, null);
  assert.is(
    (await auditVerdict(await again.actions.oldestAudit(99), KEY)).broken!.startsWith('entries 1 to 20 are missing'),
    true,
  );
  const wrong = join(folder, 'x.jsonl');
  writeFileSync(wrong, '{"n":1}\n');
  const told = await entriesIn(wrong).catch((error: Error) => error.message);
  assert.match(String(told), /x\.jsonl: line 1 is no entry of an audit/);
  await again.close();
});

test.run();
