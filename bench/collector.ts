import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster, serverPrograms } from '../test/database/postgres/cluster.js';
import { measuredRun, type RunPlan, type RunResult } from './collector/measured-run.js';
import { atLeast, atMost } from './harness/goal.js';
import { count, OptionError } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';

const USAGE = `npm run -s bench -- collector [--quick] [--devices 10000] [--messages 2000000] [--rate 10000] [--seconds 60] [--store postgres]

What a collector with SQLite takes: Mosquitto, publishers and collector on this machine, against a plain subscriber of MQTT.js that writes
the same rows; as fast as they are kept, and at a rate.

  --devices N    each with its birth, its numbers and its messages in turn
  --messages N   of the run at a rate
  --rate N       messages a second of that run
  --seconds N    of each run as fast as it can (--quick: 500 devices, 20,000 messages, 3 seconds)
  --store WHAT   postgres: also into a PostgreSQL of this machine, with its own settings but for 512 MB of shared buffers
`;

/** What was hoped for. */
const LEAST_PER_SECOND = 10_000;
const LEAST_RATIO = 3;
const MOST_P99_MS = 1000;
const MOST_MIB = 200;
const MOST_GROWTH = 1.1;

/** A collector against what is simple. */
export async function run(args: string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      devices: { type: 'string' },
      messages: { type: 'string' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      store: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  const { quick } = values;
  const devices = count('devices', values.devices ?? (quick ? '500' : '10000'), 1);
  const messages = count('messages', values.messages ?? (quick ? '20000' : '2000000'), 10);
  const rate = count('rate', values.rate ?? '10000', 1);
  const mostS = count('seconds', values.seconds ?? (quick ? '3' : '60'), 1);
  const server = await serverFor(values.store);
  const parent = mkdtempSync(join(tmpdir(), 'bench-collector-'));
  const measured = async (plan: Omit<RunPlan, 'folder' | 'devices'>): Promise<RunResult> => {
    const folder = mkdtempSync(join(parent, 'run-'));
    try {
      return await measuredRun({ ...plan, devices, folder });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const fastest = (who: RunPlan['who'], durable: boolean) =>
    measured({ who, durable, messages: 1e9, rate: null, mostS });
  const inPostgres = async (durable: boolean): Promise<RunResult[]> =>
    server === null ? [] : [await measured({ who: 'ours', durable, messages: 1e9, rate: null, mostS, server })];
  try {
    const ours = await fastest('ours', true);
    const plain = await fastest('plain', true);
    const oursWritten = await fastest('ours', false);
    const plainWritten = await fastest('plain', false);
    const postgres = await inPostgres(true);
    const postgresWritten = await inPostgres(false);
    const paced = await measured({ who: 'ours', durable: true, messages, rate, mostS: (messages / rate) * 2 });
    const ratio = ours.perSecond / plain.perSecond;
    const ratioWritten = oursWritten.perSecond / plainWritten.perSecond;
    const growth = paced.rssMiB.end / paced.rssMiB.tenth;
    const stateMiB = ours.rssMiB.known - ours.rssMiB.before;
    const lost = [ours, oursWritten, ...postgres, ...postgresWritten, paced].reduce((sum, one) => sum + one.lost, 0);
    return {
      name: 'collector',
      rows: [
        rowOf('as fast as it can', 'ours, durable', ours),
        rowOf('as fast as it can', 'MQTT.js and a row a message, durable', plain),
        rowOf('as fast as it can', 'ours, written', oursWritten),
        rowOf('as fast as it can', 'MQTT.js and a row a message, written', plainWritten),
        ...postgres.map((one) => rowOf('as fast as it can', 'ours, PostgreSQL, durable', one)),
        ...postgresWritten.map((one) => rowOf('as fast as it can', 'ours, PostgreSQL, written', one)),
        rowOf(`${rate} a second`, 'ours, durable', paced),
      ],
      goals: [
        atLeast('messages a second, durable', ours.perSecond, LEAST_PER_SECOND),
        atLeast('times the plain subscriber, durable', ratio, LEAST_RATIO),
        atLeast('times the plain subscriber, written', ratioWritten, LEAST_RATIO),
        { name: 'messages lost', value: lost, goal: '0', met: lost === 0 },
        atMost(`ms from made to kept, p99, at ${rate} a second`, paced.p99Ms, MOST_P99_MS),
        atMost(`MiB for the state of ${devices} devices`, stateMiB, MOST_MIB),
        atMost('memory at the end over that after a tenth', growth, MOST_GROWTH),
      ],
      notes: [
        'durable: acknowledged once it is on the medium; written: once the transaction is, which a power cut may take',
      ],
    };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** @returns null where SQLite alone is asked for @throws OptionError where there is none of the kind */
async function serverFor(store: string | undefined): Promise<Cluster | null> {
  if (store === undefined) return null;
  if (store !== 'postgres') throw new OptionError(`--store: expected postgres, got ${store}`);
  if (serverPrograms() === null)
    throw new OptionError('--store: no PostgreSQL is installed here: sudo apt install postgresql');
  return Cluster.start('fsync=on', 'autovacuum=on', 'shared_buffers=512MB', 'max_wal_size=4GB');
}

function rowOf(
  what: string,
  contender: string,
  { sent, perSecond, lost, p50Ms, p99Ms, cpuUs, rssMiB }: RunResult,
): Row {
  return {
    what,
    contender,
    messages: sent,
    perSecond: Math.round(perSecond),
    lost,
    p50Ms,
    p99Ms,
    cpuUs: cpuUs === null ? null : Math.round(cpuUs * 10) / 10,
    rssKnownMiB: Math.round(rssMiB.known),
    rssTenthMiB: Math.round(rssMiB.tenth),
    rssEndMiB: Math.round(rssMiB.end),
  };
}
