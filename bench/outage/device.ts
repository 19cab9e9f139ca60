import { join } from 'node:path';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { Checkpointer } from '../../src/store/checkpointer.js';
import { openDatabase } from '../../src/store/database.js';
import { fileIdentity } from '../../src/store/file-identity.js';
import { OUTBOX_MIGRATIONS } from '../../src/store/outbox-table.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { Publisher } from '../../src/telemetry/mqtt/publisher.js';
import { SqliteOutbox } from '../../src/telemetry/mqtt/sqlite-outbox.js';
import { Ledger } from './ledger.js';
import { handIn, isAlert, START } from './messages.js';
import { Pace } from './pace.js';

/*
 * The device of bench/outage.ts: the real publisher and the real outbox in a process that is there to be killed. It goes on
 * where its ledger says that the one before it was.
 */

export interface DeviceJob {
  readonly broker: string;
  /** Of the outbox. */
  readonly folder: string;
  readonly ledger: string;
  /** Messages in all, and how many of them are handed in a second of real time. */
  readonly messages: number;
  readonly perSecond: number;
  /** Messages in a simulated second. */
  readonly rate: number;
  readonly maxBytes: number;
}

/** What it tells its parent ten times a second. */
export interface DeviceNews {
  readonly handed: number;
  readonly waiting: number;
  readonly inFlight: number;
  readonly state: 'closed' | 'open' | 'degraded';
  readonly held: number;
  readonly connected: boolean;
}

/** Real ms after which a message that was handed in is accepted: what the documents promise, and twice the 250 ms that it is set to. */
const ACCEPTED_AFTER_MS = 500;
const TICK_MS = 20;

const job = JSON.parse(process.argv[2]!) as DeviceJob;
const ledger = new Ledger(job.ledger);
let handed = ledger.read().handed;
/** Simulated: so much faster than the real one as messages come faster. */
const startedAt = (handed / job.rate) * 1000;
const simulatedMs = (): number => startedAt + performance.now() * (job.perSecond / job.rate);
const waiting: { from: number; to: number; at: number }[] = [];

const file = join(job.folder, 'outbox.db');
const checkpointer = new Checkpointer({ log: silentLog });
const outbox = new SqliteOutbox({
  open: () => openDatabase({ file, migrations: OUTBOX_MIGRATIONS, pageSize: 1024, checkpointer, log: silentLog }),
  identity: () => fileIdentity(file),
  maxBytes: job.maxBytes,
  maxAgeMs: 7 * 86_400_000,
  memory: { maxMessages: 100_000, maxBytes: 64 * 2 ** 20 },
  flushEveryMs: 250,
  clock: simulatedMs,
  now: () => START + simulatedMs(),
  log: silentLog,
});
const { mqtt } = configSchema.parse({ mqtt: { broker: job.broker, reconnectMinMs: 50, reconnectMaxMs: 200 } });
const publisher = new Publisher({
  scope: scopeOf({ site: 'bench', device: 'cabinet' }),
  address: brokerAddress(mqtt),
  mqtt: { ...mqtt, protocol: '3.1.1' },
  publish: { metricsFullEvery: 30, dailyBytes: 0 },
  birth: { version: '0', model: null, variant: null, provider: null, metrics: [] },
  outbox,
  drainPerSecond: 10_000,
  now: () => Math.round(START + simulatedMs()),
});
outbox.start();
publisher.start();

const pace = new Pace(job);
setInterval(() => {
  const now = performance.now();
  const count = pace.take(handed, now);
  if (count > 0) hand(count, now);
  while (waiting.length > 0 && now - waiting[0]!.at >= ACCEPTED_AFTER_MS) {
    const { from, to } = waiting.shift()!;
    ledger.accepted(from, to);
  }
}, TICK_MS);
setInterval(tell, 100);
process.once('SIGTERM', () => void stop());

function hand(count: number, at: number): void {
  const from = handed + 1;
  ledger.handing(handed + count);
  for (let id = from; id < from + count; id++) {
    handed = id;
    handIn(publisher, id);
    if (isAlert(id) && outbox.health().state === 'open') ledger.accepted(id, id);
  }
  waiting.push({ from, to: handed, at });
}

function tell(): void {
  const { phase, inFlight } = publisher.state();
  const { state, held } = outbox.health();
  const news: DeviceNews = { handed, waiting: outbox.length, inFlight, state, held, connected: phase === 'connected' };
  process.send?.(news);
}

async function stop(): Promise<void> {
  await publisher.stop();
  outbox.stop();
  // a clean stop keeps everything
  for (const { from, to } of waiting) ledger.accepted(from, to);
  await checkpointer.stop();
  process.exit(0);
}
