import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { showAudit } from '../../../src/cli/fleet/audit.js';
import { auditFile, collectorAudit } from '../../../src/cli/fleet/audit-sources.js';
import { CollectorClient } from '../../../src/cli/fleet/collector-client.js';
import { NO_ACTION_CHANGES } from '../../../src/collector/actions/action-store.js';
import { archiveAudit, auditLine } from '../../../src/collector/actions/audit-archive.js';
import { type AuditEntry, type AuditNews, chained, NO_AUDIT } from '../../../src/collector/actions/audit-chain.js';
import type { AuditSource } from '../../../src/collector/actions/audit-merge.js';
import { auditVerdict } from '../../../src/collector/actions/audit-verdict.js';
import { Collecting } from '../../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { AT, KEY, PUBLIC_KEY } from '../../collector/actions/fleet-of-two.js';
import { endingsOf, temporaryFolder } from '../../temporary.js';

const endings = endingsOf(test);

const news = (n: number): AuditNews => ({
  at: AT + n,
  by: 'ana',
  what: 'begun',
  action: `a-${n}`,
  detail: { devices: n },
});

/** A chain of which the older half is in files and the rest at a collector. */
async function auditOf(name: string, length: number, ofAFile: number) {
  const folder = temporaryFolder(`long-audit-${name}`);
  const chain = chained(
    NO_AUDIT,
    Array.from({ length: length }, (_, index) => news(index + 1)),
  );
  const files: string[] = [];
  const said: AuditNews[] = [];
  for (let from = 0; from < length / 2; from += ofAFile) {
    const detail = await archiveAudit(folder, chain.slice(from, from + ofAFile), KEY);
    said.push({ at: AT + length, by: 'collector', what: 'archived', action: null, detail });
    files.push(join(folder, detail.file));
  }
  chain.push(...chained(chain.at(-1)!, said));
  const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite') });
  await store.actions.change({ ...NO_ACTION_CHANGES, audit: chain });
  await store.actions.change({
    ...NO_ACTION_CHANGES,
    audit: chained(chain.at(-1)!, said.slice(-1)),
    archivedThrough: length / 2,
  });
  const config = configSchema.parse({});
  const collecting = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0 },
    key: KEY,
    version: '1.2.3',
  });
  const { http } = await collecting.start();
  endings.push(async () => {
    await collecting.stop();
    await store.close();
  });
  const flags = { collector: http!.replace('/api/v1/fleet', ''), store: join(folder, 'nothing.sqlite') };
  return { folder, chain, files, flags, client: new CollectorClient(flags) };
}

/** Sources, and how much of them is held. */
function watched(sources: readonly AuditSource[]) {
  const held = { open: 0, most: 0, read: 0 };
  const counted = sources.map((source) => ({
    async *read() {
      held.open += 1;
      held.most = Math.max(held.most, held.open);
      try {
        for await (const entry of source.read()) {
          held.read += 1;
          yield entry;
        }
      } finally {
        held.open -= 1;
      }
    },
  }));
  return { held, counted };
}

async function printed(work: () => Promise<number>): Promise<{ code: number; text: string }> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((piece: string) => Boolean((text += piece))) as typeof write;
  try {
    return { code: await work(), text };
  } finally {
    process.stdout.write = write;
  }
}

const changedFile = (file: string, name: string, change: (text: string) => string): string => {
  const to = join(dirname(file), name);
  writeFileSync(to, change(readFileSync(file, 'utf8')));
  return to;
};
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it was done',
    ({ message }: Error) => message,
  );

test('a chain of a hundred thousand entries is judged with one entry of each open source held', async () => {
  const { chain, files, client } = await auditOf('whole', 100_000, 5000);
  const pages: number[] = [];
  const get = async (path: string) => {
    const reply = (await client.get(path)) as { entries: unknown[] };
    pages.push(reply.entries.length);
    return reply;
  };
  const through = chain.length + 1;
  // whatever the order in which files are named
  const { held, counted } = watched([collectorAudit({ get }), ...[...files].reverse().map(auditFile)]);
  assert.equal(await auditVerdict(counted, PUBLIC_KEY), { broken: null, from: 1, through });
  assert.equal([held.open, held.most <= 2, Math.max(...pages) <= 1000], [0, true, true]);
  // files are read twice, the collector once
  assert.ok(held.read < through + 50_000 + 4 * files.length + 10, `${held.read} entries were read`);
});

test('each fault of files and of what the collector has is told', async () => {
  const { folder, chain, files, flags, client } = await auditOf('faults', 4000, 200);
  const copy = join(folder, 'export.jsonl');
  const told = await printed(() => showAudit({ ...flags, limit: 2, export: copy }));
  assert.equal([told.code, told.text.trim().split('\n').length], [0, 3]);
  const text = chain.slice(2000).map((entry) => `${auditLine(entry)}\n`);
  assert.ok(readFileSync(copy, 'utf8').startsWith(text.join('')));
  for (const rest of [auditFile(copy), collectorAudit(client)]) {
    const judged = async (named: readonly string[]) =>
      (await auditVerdict([rest, ...named.map(auditFile)], PUBLIC_KEY)).broken;
    assert.is(await judged(files), null);
    assert.is(await judged(files.toSpliced(3, 1)), 'entry 601 is missing');
    assert.is(await judged(files.slice(0, -1)), 'entry 1801 is missing');
    assert.is(await judged(files.slice(1)), null);
    const changed = changedFile(files[5]!, 'changed.jsonl', (whole) => whole.replace('"a-1007"', '"a-1"'));
    assert.is(await judged(files.with(5, changed)), 'entry 1007 was changed');
    assert.is(await judged([...files, changed]), 'there are two entries 1007');
    const doubled = join(folder, 'doubled.jsonl');
    copyFileSync(files[9]!, doubled);
    assert.is(await judged([...files, doubled, copy]), null);
    const cut = changedFile(files[2]!, 'cut.jsonl', (whole) => whole.split('\n').toSpliced(99, 1).join('\n'));
    assert.is(await judged(files.with(2, cut)), 'entry 500 is missing');
  }
  const through = chain.length + 1;
  const all = await printed(() => showAudit({ ...flags, limit: 1500, verify: files, json: true }));
  const lines = all.text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as AuditEntry).n);
  assert.equal([all.code, lines.length, lines[0], lines.at(-1)], [0, 1500, through, through - 1499]);
  assert.match(await refused(client.get('/audit?after=1&before=9')), 'expected before or after, not both of them');
});

test('a file that is none of an audit is told with what to do, before anything is written', async () => {
  const { folder, files, flags } = await auditOf('foreign', 40, 10);
  const which = 'name files that `collect --audit-archive` or `fleet audit --export` wrote';
  const told = (file: string) => refused(auditVerdict([auditFile(file)], null));
  const unreadable = changedFile(files[0]!, 'unreadable.jsonl', (text) => text.replace('{"n":3', '{n:3'));
  assert.match(await told(unreadable), /unreadable\.jsonl: line 3 is no entry of an audit/);
  assert.match(await told(unreadable), which);
  const turned = changedFile(files[0]!, 'turned.jsonl', (text) => text.trim().split('\n').reverse().join('\n'));
  assert.match(await told(turned), 'line 2 has entry 9 behind entry 10, where the oldest is to be first');
  const foreign = join(folder, 'foreign.bin');
  writeFileSync(foreign, Buffer.alloc(17_000_000, 'x'));
  const untouched = join(folder, 'not.jsonl');
  assert.match(
    await refused(showAudit({ ...flags, limit: 1, verify: [foreign], export: untouched })),
    'foreign.bin: a line is too long for an entry of an audit: name files',
  );
  assert.not(existsSync(untouched));
});

test('what an entry says was put away is compared with what is at hand, however much of it there is', async () => {
  const old = chained(
    NO_AUDIT,
    Array.from({ length: 10_100 }, (_, index) => news(index + 1)),
  );
  const detail = { file: 'x.jsonl', sha256: '', key: null, signature: null, from: 1 };
  const archived = (lie: number) =>
    chained(
      old.at(-1)!,
      old.map(({ n, hash }): AuditNews => {
        const told = { ...detail, through: n, hash: n === lie ? 'another' : hash };
        return { at: AT, by: 'collector', what: 'archived', action: null, detail: told };
      }),
    );
  const judge = async (lie: number) => {
    const entries = [...old, ...archived(lie)];
    const source = {
      async *read() {
        yield* entries;
      },
    };
    return (await auditVerdict([source], null)).broken;
  };
  assert.is(await judge(17), 'entry 17 is another one than was put into x.jsonl');
  assert.is(await judge(10_050), 'entry 10050 is another one than was put into x.jsonl');
});

test('what the collector puts away while it is read is no gap', async () => {
  const chain = chained(
    NO_AUDIT,
    Array.from({ length: 3000 }, (_, index) => news(index + 1)),
  );
  let gone = 0;
  const get = async (path: string) => {
    const words = new URLSearchParams(path.split('?')[1]);
    const after = Math.max(Number(words.get('after')), gone);
    const entries = chain.slice(after, after + Number(words.get('limit')));
    if (entries.at(-1)?.n === 1001) gone = 2000;
    return { entries: entries.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail) as unknown })) };
  };
  assert.match(
    await refused(auditVerdict([collectorAudit({ get })], null)),
    'the collector put entries up to 2000 into a file while they were read: run the command again',
  );
});

test.run();
