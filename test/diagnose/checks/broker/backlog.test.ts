import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../../src/config/config.js';
import { outboxBacklog } from '../../../../src/diagnose/checks/broker/backlog.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { openDatabase } from '../../../../src/store/database.js';
import { OUTBOX_MIGRATIONS, OutboxTable } from '../../../../src/store/outbox-table.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { patientOf } from './broken-brokers.js';

const test = suite('outbox backlog');
const storedTest = needs('better-sqlite3', test);
const folder = temporaryFolder('backlog');
const HOUR = 3_600_000;

/** An outbox that ran for ten hours, with one message that was accepted some ms before its end. */
function outboxWith(name: string, waitedMs: number, givenUp = 0) {
  const dir = join(folder, name);
  mkdirSync(dir);
  const database = openDatabase({ file: join(dir, 'outbox.db'), migrations: OUTBOX_MIGRATIONS, log: silentLog });
  const table = new OutboxTable(database);
  const [stream, body] = ['5f0c1a9be271', '{}'];
  table.insert({ id: 1, stream, n: 1, kind: 'event', topic: 't', body, bytes: 2, at: 10 * HOUR - waitedMs });
  const counters = { next: 2, nextId: 2, messages: 1, bytes: 2 * 2 ** 20, kinds: '{"event":1}', bdSeq: 0 };
  const file = { inode: 1, machineBoot: 'b', clean: 1, mark: '' };
  table.saveState({ stream, runningMs: 10 * HOUR, ...counters, ...file });
  if (givenUp > 0)
    table.saveGivenUp([{ stream, kind: 'event', cause: 'full', first: 1, last: givenUp, count: givenUp }]);
  database.close();
  return dir;
}

async function findingsIn(dir: string, broker = 'mqtt://broker.example') {
  const patient = patientOf({ broker });
  const { config } = patient;
  const outbox = { ...config.outbox, maxMiB: 20 };
  const there = { ...patient, config: { ...config, outbox, store: { ...config.store, dir } } };
  return outboxBacklog().run(there, new AbortController().signal);
}

storedTest('a message on its way is fine, and one that waits for two hours is a backlog', async () => {
  assert.equal(
    (await findingsIn(outboxWith('fresh', 60_000))).map(({ condition, code }) => [condition, code]),
    [['fine', 'outbox-fine']],
  );
  const [late] = await findingsIn(outboxWith('late', 2 * HOUR));
  assert.equal(
    [late?.condition, late?.code, late?.values],
    ['degraded', 'outbox-late', { messages: 1, minutes: 120, percent: 10 }],
  );
  assert.is(
    findingText(late!, LANGUAGES.en).remedy,
    'Mend the connection to the broker and the uplink; the backlog then leaves by itself. More room: outbox.maxMiB',
  );
});

storedTest('what was given up and not told yet is counted', async () => {
  const findings = await findingsIn(outboxWith('full', 60_000, 37));
  assert.equal(
    findings.map(({ condition, code, values }) => [condition, code, values]),
    [
      ['fine', 'outbox-fine', { messages: 1 }],
      ['degraded', 'outbox-gave-up', { count: 37 }],
    ],
  );
});

storedTest('what waits of a tenant is told as its own, held against the room that is its own', async () => {
  const dir = outboxWith('with-tenants', 60_000);
  mkdirSync(join(dir, 'tenants'));
  outboxWith('with-tenants/tenants/harbour', 2 * HOUR, 5);
  outboxWith('with-tenants/tenants/airport', 2 * HOUR);
  const { config } = patientOf({ broker: 'mqtt://broker.example' });
  const { tenants } = configSchema.parse({
    tenants: [{ id: 'harbour', outbox: { maxMiB: 40 } }, { id: 'airport', mqtt: { broker: 'off' } }, { id: 'fresh' }],
  });
  const patient = { ...patientOf({}), config: { ...config, tenants, store: { ...config.store, dir } } };
  const findings = await outboxBacklog().run(patient, new AbortController().signal);
  assert.equal(
    findings.map(({ code, tenant, values }) => [code, tenant, values]),
    [
      ['outbox-fine', undefined, { messages: 1 }],
      ['outbox-late', 'harbour', { messages: 1, minutes: 120, percent: 5 }],
      ['outbox-gave-up', 'harbour', { count: 5 }],
    ],
  );
});

storedTest('without a broker or an outbox there is nothing to look at', async () => {
  assert.equal(await findingsIn(outboxWith('off', 2 * HOUR), 'off'), []);
  assert.equal(await findingsIn(join(folder, 'nowhere')), []);
});

test.run();
