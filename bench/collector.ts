import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../test/database/postgres/cluster.js';
import { fleetDay } from './collector/fleet-day.js';
import { startFleetServer } from './collector/fleet-server.js';
import { measuredRun, type RunPlan, type RunResult } from './collector/measured-run.js';
import { scratchFolder } from './harness/ending.js';
import { atLeast, atMost } from './harness/goal.js';
import { flag, OptionError, optionalText, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';

const USAGE = `npm run -s bench -- collector [--quick] [--devices 10000] [--messages 2000000] [--rate 10000] [--seconds 60] [--store postgres] [--long]

What a collector with SQLite takes: Mosquitto, publishers and collector on this machine, against a plain subscriber of MQTT.js that writes
the same rows; as fast as they are kept, and at a rate. Besides: a day of 200 simulated devices with outages, restarts, doubles, losses,
messages that overtake each other and wrong clocks, against what really was.

  --devices N    each with its birth, its numbers and its messages in turn
  --messages N   of the run at a rate
  --rate N       messages a second of that run
  --seconds N    of each run as fast as it can (--quick: 500 devices, 20,000 messages, 3 seconds)
  --long         ten million messages at the rate, for the memory
  --store WHAT   postgres: also into a PostgreSQL of this machine, with its own settings but for 512 MB of shared buffers
`;

/** What was hoped for. */
const LEAST_PER_SECOND = 10_000;
const LEAST_RATIO = 3;
const MOST_P99_MS = 1000;
const MOST_MIB = 200;
const MOST_GROWTH = 1.1;
/** Of which the state must fit. */
const STATE_OF = 10_000;
const LONG_RUN = 10_000_000;
/** One that nothing was tried with before. */
const DAY_SEED = 4711;

/** A collector against what is simple. */
export async function run(args: string[]): Promise<BenchReport> {
  const given = readOptions(args, USAGE, {
    devices: wholeNumber({ least: 1, usual: 10_000, quick: 500 }),
    messages: wholeNumber<number | null>({ least: 10, usual: null }),
    rate: wholeNumber({ least: 1, usual: 10_000 }),
    seconds: wholeNumber({ least: 1, usual: 60, quick: 3 }),
    store: optionalText,
    long: flag,
    quick: flag,
  });
  const { devices, rate, seconds: mostS, quick, long } = given;
  const messages = given.messages ?? (long ? LONG_RUN : quick ? 20_000 : 2_000_000);
  const server = await serverFor(given.store);
  const parent = scratchFolder('collector');
  const inFolder = async <Result>(run: (folder: string) => Promise<Result>): Promise<Result> => {
    const folder = mkdtempSync(join(parent, 'run-'));
    try {
      return await run(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const measured = (plan: Omit<RunPlan, 'folder' | 'devices'> & { devices?: number }): Promise<RunResult> =>
    inFolder((folder) => measuredRun({ devices, ...plan, folder }));
  const fastest = (who: RunPlan['who'], durable: boolean) =>
    measured({ who, durable, messages: 1e9, rate: null, mostS });
  const inPostgres = async (durable: boolean): Promise<RunResult[]> =>
    server === null ? [] : [await measured({ who: 'ours', durable, messages: 1e9, rate: null, mostS, server })];
  const ours = await fastest('ours', true);
  const plain = await fastest('plain', true);
  const oursWritten = await fastest('ours', false);
  const plainWritten = await fastest('plain', false);
  const postgres = await inPostgres(true);
  const postgresWritten = await inPostgres(false);
  const paced = await measured({ who: 'ours', durable: true, messages, rate, mostS: (messages / rate) * 2 });
  const born = await measured({ who: 'ours', durable: true, messages: 1, rate: 1, mostS: 1, devices: STATE_OF });
  const dayPlan = quick ? { devices: 10, hours: 6 } : { devices: 200, hours: 24 };
  const day = await inFolder((folder) => fleetDay({ ...dayPlan, seed: DAY_SEED, folder }));
  const ratio = ours.perSecond / plain.perSecond;
  const ratioWritten = oursWritten.perSecond / plainWritten.perSecond;
  const growth = paced.rssMiB.end / paced.rssMiB.tenth;
  const slope = (paced.rssMiB.end - paced.rssMiB.tenth) / ((0.9 * paced.sent) / 1e6);
  const stateMiB = born.rssMiB.known - born.rssMiB.before;
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
      { ...rowOf(`${rate} a second`, 'ours, durable', paced), growthMiBPerMillion: Math.round(slope * 10) / 10 },
      { ...rowOf(`${STATE_OF} devices are born`, 'ours, durable', born), stateMiB: Math.round(stateMiB) },
      {
        what: `${dayPlan.hours} h of ${dayPlan.devices} simulated devices`,
        contender: 'ours, written',
        messages: day.messages,
        perSecond: Math.round(day.perSecond),
        restarts: day.restarts,
        differences: day.differences.length,
      },
    ],
    goals: [
      atLeast('messages a second, durable', ours.perSecond, LEAST_PER_SECOND),
      atLeast('times the plain subscriber, durable', ratio, LEAST_RATIO),
      atLeast('times the plain subscriber, written', ratioWritten, LEAST_RATIO),
      { name: 'messages lost', value: lost, goal: '0', met: lost === 0 },
      atMost(`ms from made to kept, p99, at ${rate} a second`, paced.p99Ms, MOST_P99_MS),
      atMost(`MiB for the state of ${STATE_OF} devices`, stateMiB, MOST_MIB),
      atMost(`memory at the end of ${paced.sent} messages over that after a tenth`, growth, MOST_GROWTH),
      {
        name: 'differences between the database and what simulated devices did',
        value: day.differences.length,
        goal: '0',
        met: day.differences.length === 0,
      },
    ],
    notes: [
      'durable: acknowledged once it is on the medium; written: once the transaction is, which a power cut may take',
      'cpuUs: of a core, of the process that receives, for a message',
      ...day.differences,
    ],
  };
}

/** @returns null where SQLite alone is asked for @throws OptionError where there is none of the kind */
async function serverFor(store: string | null): Promise<Cluster | null> {
  if (store === null) return null;
  if (store !== 'postgres') throw new OptionError(`--store: expected postgres, got ${store}`);
  return startFleetServer();
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
