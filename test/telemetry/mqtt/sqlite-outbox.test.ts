import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { openDatabase } from '../../../src/store/database.js';
import { fileIdentity } from '../../../src/store/file-identity.js';
import { FileMark } from '../../../src/store/file-mark.js';
import { OUTBOX_MIGRATIONS } from '../../../src/store/outbox-table.js';
import type { DeliveryState, DurableKind, OutboxMessage } from '../../../src/telemetry/mqtt/outbox.js';
import { SqliteOutbox, type SqliteOutboxOptions } from '../../../src/telemetry/mqtt/sqlite-outbox.js';
import { has, needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { boundedContract, message, outboxContract, told } from './outbox-contract.js';

const sqliteTest = needs('better-sqlite3', test);

const folder = temporaryFolder('outbox');
let files = 0;
const newFile = (): string => join(folder, `outbox-${files++}.db`);

/** Commits what it accepts at once, where the program does so every few hundred milliseconds. */
class PromptOutbox extends SqliteOutbox {
  override accept(accepted: OutboxMessage): void {
    super.accept(accepted);
    this.flush();
  }

  override tell(make: (state: DeliveryState) => OutboxMessage): void {
    super.tell(make);
    this.flush();
  }
}

function options(file: string, overrides: Partial<SqliteOutboxOptions> = {}): SqliteOutboxOptions {
  return {
    open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog }),
    identity: () => fileIdentity(file),
    maxBytes: 64 * 2 ** 20,
    maxAgeMs: 86_400_000,
    memory: { maxMessages: 1000, maxBytes: 2 ** 20 },
    flushEveryMs: 3_600_000,
    log: silentLog,
    clock: () => 0,
    ...overrides,
  };
}

function opened(
  file = newFile(),
  overrides: Partial<SqliteOutboxOptions> = {},
  Kind = PromptOutbox as typeof SqliteOutbox,
) {
  const dropped: string[] = [];
  const outbox = new Kind(options(file, overrides));
  outbox.listen({ dropped: ({ kind }, cause) => dropped.push(`${kind} ${cause}`), ready: () => undefined });
  outbox.start();
  const accept = (kind: DurableKind, ...bodies: string[]): void => {
    for (const body of bodies) outbox.accept(message(kind, body));
  };
  return { outbox, dropped, accept, file };
}

/** All that waits, acknowledged: body and number. */
function drained(outbox: SqliteOutbox): [string, number][] {
  const all: [string, number][] = [];
  for (let taken = outbox.next('backlog'); taken; taken = outbox.next('backlog')) {
    all.push([taken.body, taken.n]);
    outbox.acknowledge(taken);
  }
  return all;
}

if (has('better-sqlite3')) {
  outboxContract(test, () => {
    const outbox = new PromptOutbox(options(newFile()));
    outbox.start();
    return outbox;
  });

  const refusing = (bounds: { maxMessages: number; maxBytes: number }) => {
    const open = (): never => {
      throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
    };
    const outbox = new PromptOutbox(options(newFile(), { open, memory: bounds }));
    outbox.start();
    return outbox;
  };
  // without a disk it keeps to all that a memory keeps to
  boundedContract(test, refusing);
}

sqliteTest('what was accepted is there after a restart, with its number; what was acknowledged is not', () => {
  const { outbox, accept, file } = opened();
  accept('event', 'a', 'b', 'c');
  const first = outbox.next('backlog')!;
  outbox.acknowledge(first);
  outbox.next('backlog');
  outbox.stop();
  const again = opened(file);
  again.accept('event', 'd');
  const next = again.outbox.next('backlog')!;
  assert.equal([next.stream, next.n, next.body], [first.stream, 2, 'b']);
  assert.equal(drained(again.outbox), [
    ['c', 3],
    ['d', 4],
  ]);
  assert.equal([again.dropped, again.outbox.length], [[], 0]);
  again.outbox.stop();
});

sqliteTest('what is told of before a restart is told after it, once', () => {
  const { outbox, accept, file } = opened();
  accept('event', 'a');
  const a = outbox.next('backlog')!;
  outbox.drop(a, 'refused');
  outbox.stop();
  const again = opened(file);
  assert.is(again.outbox.hasUntold, true);
  const row = { stream: a.stream, kind: 'event', cause: 'refused', from: 1, to: 1, count: 1 };
  assert.equal(told(again.outbox).dropped, [row]);
  again.outbox.stop();
  const last = opened(file);
  assert.is(last.outbox.hasUntold, false);
  assert.equal(told(last.outbox).streams, [{ stream: a.stream, low: 2, next: 3 }]);
  last.outbox.stop();
});

sqliteTest('a copy of the file numbers in a stream of its own, and says why the other one ended', () => {
  const { outbox, accept, file } = opened();
  accept('event', 'a', 'b');
  const { stream } = outbox.next('backlog')!;
  outbox.stop();
  const copy = newFile();
  copyFileSync(file, copy);
  const second = opened(copy);
  second.accept('event', 'c');
  const state = told(second.outbox);
  assert.equal(state.streams[0], { stream, low: 1, next: 3, ended: 'file-copied' });
  assert.is.not(state.streams[1]!.stream, stream);
  assert.equal([state.streams[1]!.low, state.streams[1]!.next], [1, 2]);
  assert.equal(drained(second.outbox).slice(0, 3), [
    ['a', 1],
    ['b', 2],
    ['c', 1],
  ]);
  second.outbox.stop();
});

sqliteTest('after a power cut numbers that may have been used are not used again', () => {
  const file = newFile();
  const machine = (machineBoot: string) => ({ identity: () => ({ inode: 7, machineBoot }) });
  const before = opened(file, machine('one'));
  before.accept('event', 'a');
  const { stream } = before.outbox.next('backlog')!;
  // a kill: the same kernel goes on, and so does the stream
  const killed = opened(file, machine('one'));
  killed.accept('event', 'b');
  assert.is(told(killed.outbox).streams.length, 1);
  const powered = opened(file, machine('two'));
  powered.accept('event', 'c');
  const [former, current] = told(powered.outbox).streams;
  assert.equal(former, { stream, low: 1, next: 4, ended: 'power-cut' });
  assert.is.not(current!.stream, stream);
  for (const { outbox } of [before, killed, powered]) outbox.stop();
});

sqliteTest('a corrupt file is set aside, and the next stream begins', () => {
  const { outbox, accept, file } = opened();
  accept('event', 'a');
  outbox.stop();
  writeFileSync(file, 'this is no database, nor was it ever one'.repeat(200));
  const again = opened(file);
  again.accept('event', 'b');
  assert.equal(drained(again.outbox), [['b', 1]]);
  assert.is(again.outbox.health().setAside, 1);
  assert.is(readdirSync(folder).filter((name) => name.includes('.corrupt-')).length, 1);
  again.outbox.stop();
});

sqliteTest(
  'a disk that refuses keeps nobody waiting: memory numbers in a stream of its own and is written later',
  () => {
    let now = 0;
    let refuses = false;
    const file = newFile();
    const open = () => {
      const database = openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog });
      return {
        readOnly: false,
        readOnlyBecause: null,
        setAside: null,
        prepare: (sql: string) => database.prepare(sql),
        close: () => database.close(),
        transaction: (work: () => void, durable?: boolean) => {
          if (refuses) throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
          database.transaction(work, durable);
        },
      };
    };
    const { outbox, accept, dropped } = opened(file, { open, now: () => now, random: () => 0 });
    accept('event', 'a');
    refuses = true;
    accept('event', 'b', 'c');
    assert.equal([outbox.health().state, outbox.health().held], ['degraded', 2]);
    const [a, b] = [outbox.next('backlog')!, outbox.next('backlog')!];
    assert.equal([a.body, a.n, b.body, b.n], ['a', 1, 'b', 1]);
    assert.match(b.stream, /^mem-/);
    outbox.acknowledge(b);
    refuses = false;
    now += 120_000;
    accept('event', 'd');
    assert.equal([outbox.health().state, outbox.health().held], ['open', 0]);
    const state = told(outbox);
    assert.equal(state.streams, [
      { stream: b.stream, low: 2, next: 3, ended: 'disk-refused' },
      { stream: a.stream, low: 1, next: 3 },
    ]);
    outbox.stop();
    const again = opened(file);
    const rest = [1, 2, 3].map(() => again.outbox.next('backlog')!);
    assert.equal(
      rest.map(({ body, stream, n }) => [body, stream, n]),
      [
        ['a', a.stream, 1],
        ['c', b.stream, 2],
        ['d', a.stream, 2],
      ],
    );
    assert.equal(dropped, []);
    again.outbox.stop();
  },
);

sqliteTest('the file keeps to its quota: events go first, then traffic, alerts last, and all is told', () => {
  const file = newFile();
  const { outbox, dropped } = opened(file, { maxBytes: 4 * 2 ** 20 }, SqliteOutbox);
  const kilobyte = 'x'.repeat(1000);
  const reports: DeliveryState[] = [];
  const reported = (state: DeliveryState): OutboxMessage => {
    reports.push(state);
    return message('report', JSON.stringify(state));
  };
  const fill = (kind: DurableKind, letter: string, count: number): void => {
    for (let n = 0; n < count; n++) {
      outbox.accept(message(kind, `${letter}${n}${kilobyte}`));
      if (n % 100 === 99) outbox.flush();
    }
  };
  fill('report', 'a', 100);
  fill('traffic', 't', 100);
  fill('event', 'e', 5000);
  const drops = (kind: string) => dropped.filter((drop) => drop === `${kind} queue-full`).length;
  assert.ok(drops('event') > 2000, `${drops('event')} events`);
  assert.equal([drops('traffic'), drops('report')], [0, 0]);
  assert.is(outbox.length, 5200 - dropped.length);
  const onDisk = statSync(file).size + statSync(`${file}-wal`).size;
  assert.ok(onDisk <= 4 * 2 ** 20, `${onDisk} bytes`);
  outbox.tell(reported);
  outbox.flush();
  const [given] = reports.at(-1)!.dropped;
  assert.equal([given!.kind, given!.cause, given!.from, given!.count], ['event', 'queue-full', 201, drops('event')]);
  fill('report', 'b', 3000);
  const kinds = drained(outbox).map(([body]) => body.slice(0, 1));
  assert.equal([kinds.includes('e'), kinds.includes('t'), kinds.at(-1)], [false, false, 'b']);
  outbox.stop();
});

sqliteTest('what is too old by the time that the program ran is given up, however the clock was set', () => {
  let clock = 0;
  const { outbox, dropped, accept, file } = opened(newFile(), { clock: () => clock, maxAgeMs: 10_000 });
  accept('event', 'a');
  clock = 9000;
  accept('alert', 'b');
  outbox.stop();
  assert.equal(dropped, []);
  const again = opened(file, { clock: () => clock, maxAgeMs: 10_000 });
  clock += 2000;
  again.accept('event', 'c');
  assert.equal(again.dropped, ['event too-old']);
  assert.equal(
    drained(again.outbox).map(([body]) => body),
    ['b', 'c'],
  );
  again.outbox.stop();
});

sqliteTest('numbers of connections outlive a restart', () => {
  const { outbox, file } = opened();
  assert.is(outbox.lastBdSeq, null);
  outbox.keepBdSeq(1_700_000_000_000_123);
  outbox.keepBdSeq(5);
  outbox.stop();
  const again = opened(file);
  assert.is(again.outbox.lastBdSeq, 1_700_000_000_000_123);
  again.outbox.stop();
});

sqliteTest('alerts are committed when they are accepted, everything else with the next commit', () => {
  const file = newFile();
  const outbox = new SqliteOutbox(options(file));
  outbox.start();
  outbox.accept(message('event', 'e'));
  assert.is(outbox.next('backlog'), null);
  outbox.accept(message('alert', 'a'));
  const other = new SqliteOutbox(options(file));
  other.start();
  assert.equal(drained(other), [
    ['e', 1],
    ['a', 2],
  ]);
  other.stop();
  outbox.stop();
  assert.ok(existsSync(file));
});

sqliteTest(
  'what was committed is brought onto the medium beside this thread: within 5 s, steps of alerts at once',
  async () => {
    let clock = 0;
    let syncs = 0;
    const sync = async (): Promise<void> => {
      syncs++;
    };
    const { outbox, accept } = opened(newFile(), { clock: () => clock, sync });
    accept('event', 'a');
    assert.is(syncs, 1);
    clock = 1000;
    accept('event', 'b');
    assert.is(syncs, 1);
    accept('alert', 'c');
    assert.is(syncs, 2);
    clock = 2000;
    accept('event', 'd');
    clock = 6000;
    outbox.flush();
    assert.is(syncs, 3, 'the last ones do not wait for others to come');
    clock = 60_000;
    outbox.flush();
    assert.is(syncs, 3);
    outbox.stop();
  },
);

sqliteTest('what is given up is counted by kind', () => {
  const { outbox, accept } = opened();
  accept('event', 'a', 'b');
  accept('traffic', 't');
  for (let taken = outbox.next('backlog'); taken; taken = outbox.next('backlog')) outbox.drop(taken, 'refused');
  assert.equal(outbox.health().dropped, {
    event: 2,
    traffic: 1,
    summary: 0,
    alert: 0,
    report: 0,
    trial: 0,
    evidence: 0,
  });
  assert.equal([outbox.health().trimmed, outbox.health().trimmedAgoMs], [0, null]);
  outbox.stop();
});

sqliteTest('a file that can only be read is sent from, and what comes waits in memory', () => {
  const place = join(folder, 'readonly');
  mkdirSync(place);
  const file = join(place, 'outbox.db');
  const { outbox, accept } = opened(file);
  accept('event', 'a');
  outbox.stop();
  if (process.getuid?.() === 0) return;
  chmodSync(file, 0o400);
  chmodSync(place, 0o500);
  const again = opened(file);
  again.accept('event', 'b');
  assert.equal(
    drained(again.outbox).map(([body]) => body),
    ['a', 'b'],
  );
  again.outbox.stop();
  chmodSync(place, 0o700);
});

sqliteTest('an old copy that is put back into the same file uses no number again', () => {
  const file = newFile();
  const marked = { mark: new FileMark(file) };
  const first = opened(file, marked);
  first.accept('event', 'a');
  const { stream } = first.outbox.next('backlog')!;
  first.outbox.stop();
  const backup = newFile();
  copyFileSync(file, backup);

  const second = opened(file, marked);
  second.accept('event', 'b');
  assert.equal(drained(second.outbox).at(-1), ['b', 2], 'a restart goes on');
  second.outbox.stop();
  copyFileSync(backup, file);

  const restored = opened(file, marked);
  restored.accept('event', 'c');
  const [former, current] = told(restored.outbox).streams;
  assert.equal(former, { stream, low: 1, next: 2, ended: 'file-copied' });
  assert.is.not(current!.stream, stream);
  assert.equal(drained(restored.outbox).slice(0, 2), [
    ['a', 1],
    ['c', 1],
  ]);
  restored.outbox.stop();
});

sqliteTest('each start of the machine begins a stream, since an image of its card may have been put back', () => {
  const file = newFile();
  const machine = (machineBoot: string) => ({ identity: () => ({ inode: 7, machineBoot }) });
  const before = opened(file, machine('one'));
  before.accept('event', 'a');
  const { stream } = before.outbox.next('backlog')!;
  before.outbox.stop();
  const after = opened(file, machine('two'));
  after.accept('event', 'b');
  const streams = told(after.outbox).streams;
  assert.equal(streams[0], { stream, low: 1, next: 2, ended: 'machine-restarted' });
  assert.equal([streams.length, streams[1]!.low, streams[1]!.next], [2, 1, 2]);
  after.outbox.stop();
});

for (const [what, takeAway] of [
  ['deleted', () => undefined],
  ['replaced by an old copy', (file: string, old: string) => renameSync(old, file)],
] as const) {
  sqliteTest(`what waits in a file that is ${what} while it is open is saved, and told under its numbers`, () => {
    let now = 0;
    const file = newFile();
    const first = opened(file);
    first.accept('event', 'a');
    first.outbox.stop();
    const old = newFile();
    copyFileSync(file, old);
    const { outbox, accept } = opened(file, { now: () => now });
    accept('event', 'b', 'c');
    for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name);
    takeAway(file, old);
    accept('event', 'd');
    assert.is(outbox.health().state, 'degraded');
    now += 60_000;
    outbox.flush();
    assert.is(outbox.health().state, 'open');
    const { streams, dropped } = told(outbox);
    assert.equal(dropped, []);
    assert.equal(
      streams.map(({ low, next, ended }) => [low, next, ended]),
      [
        [1, 4, 'file-lost'],
        [1, 2, 'disk-refused'],
        [1, 1, undefined],
      ],
    );
    outbox.stop();
    const again = opened(file);
    assert.equal(drained(again.outbox).slice(0, 4), [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 1],
    ]);
    again.outbox.stop();
  });
}

test.run();
