import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { silentLog } from '../../src/foundation/log.js';
import { Checkpointer } from '../../src/store/checkpointer.js';
import { openDatabase } from '../../src/store/database.js';
import { fileIdentity } from '../../src/store/file-identity.js';
import { OUTBOX_MIGRATIONS, OutboxTable } from '../../src/store/outbox-table.js';
import { WalSync } from '../../src/store/wal-sync.js';
import { SqliteOutbox } from '../../src/telemetry/mqtt/sqlite-outbox.js';

/*
 * How long the thread that watches cameras waits for the disk: `loop-delay.js JOB`, with a disk that takes its time for an fsync
 * (slow-disk.ts). Prints a JSON line.
 */

export interface DelayJob {
  readonly folder: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** `ours`; one transaction for each message that is on the medium before the next one; nothing kept at all, for what the machine costs. */
  readonly contender: 'ours' | 'commit each' | 'nothing kept';
}

const BODY = JSON.stringify({ ts: 1_700_000_000_000, kind: 'crossed', padding: 'x'.repeat(380) });

const job = JSON.parse(process.argv[2]!) as DelayJob;
const file = join(job.folder, `${job.contender.replace(' ', '-')}.db`);
const accept = { ours, 'commit each': committingEach, 'nothing kept': () => () => undefined }[job.contender]();
const delay = monitorEventLoopDelay({ resolution: 1 });
const between = 1000 / job.perSecond;
let due = performance.now();
const until = due + job.seconds * 1000;
delay.enable();
const timer = setInterval(() => {
  const now = performance.now();
  for (; due <= now; due += between) accept();
  if (now < until) return;
  clearInterval(timer);
  delay.disable();
  const ms = (ns: number) => Math.round(ns / 1e4) / 100;
  process.stdout.write(
    `${JSON.stringify({ p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) })}\n`,
  );
  process.exit(0);
}, 5);

function ours(): () => void {
  const checkpointer = new Checkpointer({ log: silentLog, everyMs: 500, atPages: 200 });
  const medium = new WalSync(file);
  const outbox = new SqliteOutbox({
    open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, pageSize: 1024, checkpointer, log: silentLog }),
    identity: () => fileIdentity(file),
    sync: () => medium.sync(),
    maxBytes: 2 ** 30,
    maxAgeMs: 86_400_000,
    memory: { maxMessages: 1000, maxBytes: 2 ** 20 },
    flushEveryMs: 250,
    clock: () => performance.now(),
    log: silentLog,
  });
  outbox.start();
  let count = 0;
  return () => {
    const kind = ++count % 200 === 0 ? 'alert' : 'event';
    outbox.accept({ kind, topic: 'edge/v1/bench/cabinet/event/north', body: BODY, bytes: BODY.length, connection: 0 });
  };
}

function committingEach(): () => void {
  const database = openDatabase({ file, migrations: OUTBOX_MIGRATIONS, log: silentLog });
  const table = new OutboxTable(database);
  let id = 0;
  return () => {
    id++;
    const message = { id, stream: 's', n: id, kind: 'event', topic: 't', body: BODY, bytes: BODY.length, at: 0 };
    database.transaction(() => table.insert(message), true);
  };
}
