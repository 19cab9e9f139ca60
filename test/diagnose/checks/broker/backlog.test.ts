import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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

storedTest('without a broker or an outbox there is nothing to look at', async () => {
  assert.equal(await findingsIn(outboxWith('off', 2 * HOUR), 'off'), []);
  assert.equal(await findingsIn(join(folder, 'nowhere')), []);
});

test.run();
