import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seeded } from '../test/seeded.js';
import { smallDisk } from '../test/small-disk.js';
import { scratchFolder } from './harness/ending.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { round } from './harness/statistics.js';
import type { DelayJob } from './outage/loop-delay.js';
import { outage, type ScenarioOptions, type ScenarioResult } from './outage/scenario.js';
import { slowDisk } from './outage/slow-disk.js';

const USAGE = `npm run -s bench -- outage [--quick] [--hours 24] [--rate 4] [--kills 50] [--seed 1]

Cuts the broker off for 24 simulated hours, kills the device at random, fills its disk and makes it read-only in between, and mends
the line. The reference receiver proves from the numbers what arrived; a ledger that the device keeps apart from its outbox says
what was accepted. Beside it MQTT.js with its queue in memory, an outbox whose quota is too small, and how long the main thread
waits for a disk that takes 20 ms for an fsync.

  --rate   messages in a simulated second, all day
  --quick  2 hours, 6 kills: a minute
`;

const QUOTA = 512 * 2 ** 20;
const SMALL_QUOTA = 16 * 2 ** 20;
const MESSAGES_OF_SMALL = 60_000;
const FSYNC_MS = 20;
const MOST_DELAY_MS = 10;

export async function run(args: string[]): Promise<BenchReport> {
  const { quick, ...sizes } = readOptions(args, USAGE, {
    hours: wholeNumber({ least: 1, usual: 24, quick: 2 }),
    kills: wholeNumber({ least: 1, usual: 50, quick: 6 }),
    rate: wholeNumber({ least: 1, usual: 4 }),
    seed: wholeNumber({ least: 1, usual: 1 }),
    quick: flag,
  });
  return measured(scratchFolder('outage'), { ...sizes, seconds: quick ? 6 : 30 });
}

interface Sizes {
  readonly hours: number;
  readonly kills: number;
  readonly rate: number;
  readonly seed: number;
  /** For which the event loop is watched. */
  readonly seconds: number;
}

async function measured(place: string, { hours, kills, rate, seed, seconds }: Sizes): Promise<BenchReport> {
  const common = {
    rate,
    kills,
    outageS: Math.max(8, kills * 1.5),
    lifeMs: 1000,
    random: seeded(seed),
  };
  const messages = hours * 3600 * rate;

  const ours = await scenario(place, 'ours', { ...common, program: 'device.js', messages, maxBytes: QUOTA });
  const rival = await scenario(place, 'MQTT.js, queue in memory', {
    ...common,
    program: 'rival.js',
    messages: Math.min(messages, 20_000),
    kills: Math.min(kills, 10),
    outageS: 15,
    maxBytes: QUOTA,
  });
  const tight = await scenario(place, 'ours, 16 MiB quota', {
    ...common,
    program: 'device.js',
    messages: MESSAGES_OF_SMALL,
    kills: 2,
    outageS: 10,
    maxBytes: SMALL_QUOTA,
  });
  const delays = delayRows(place, seconds);
  return {
    name: 'outage',
    rows: [...[ours, rival, tight].map(({ row }) => row), ...delays.rows],
    goals: [...goalsOf(ours.result, tight.result), delayGoal(delays.p99)],
    notes: [
      `${hours} simulated hours at ${rate} messages/s; disk: ${ours.result.disk}`,
      'accepted: by the ledger that the device keeps apart from its outbox; proved: by the numbers that the receiver got alone',
      delays.p99 === null
        ? 'no C compiler here: no slow disk'
        : `fsync takes ${FSYNC_MS} ms longer (LD_PRELOAD), 200 events/s`,
    ],
  };
}

interface Measured {
  readonly row: Row;
  readonly result: ScenarioResult;
}

async function scenario(
  place: string,
  contender: string,
  options: Omit<ScenarioOptions, 'folder' | 'disk'>,
): Promise<Measured> {
  const folder = mkdtempSync(join(place, 'run-'));
  const disk =
    options.program === 'device.js' && options.maxBytes === QUOTA ? smallDisk(join(folder, 'disk'), '700m') : null;
  try {
    const result = await outage({ ...options, folder, disk });
    const { handed, accepted, received, doubles, outOfOrder, lost, told, mostBytes, drainS } = result;
    const row = {
      contender,
      kills: result.kills,
      handed,
      accepted,
      received,
      lost,
      told,
      doubles,
      outOfOrder,
      MiB: round(mostBytes / 2 ** 20),
      drainS: round(drainS),
      proved: options.program === 'device.js' ? result.isProved : null,
    };
    return { row, result };
  } finally {
    disk?.remove();
  }
}

function goalsOf(ours: ScenarioResult, tight: ScenarioResult): Goal[] {
  const none = (name: string, value: number): Goal => ({ name, value, goal: '0', met: value === 0 });
  const proved = (name: string, value: number): Goal => ({ name, value, goal: '1', met: value === 1 });
  const quota = (name: string, bytes: number, most: number): Goal => {
    const value = round(bytes / 2 ** 20);
    return { name, value, goal: `<= ${most / 2 ** 20}`, met: bytes <= most };
  };
  return [
    none('accepted and lost', ours.lost),
    none('out of order', ours.outOfOrder),
    none('given up within the quota', ours.told),
    proved('proved complete by the numbers', Number(ours.isProved)),
    quota('MiB on disk', ours.mostBytes, QUOTA),
    none('accepted, lost and not told, quota too small', tight.lost),
    proved('proved by the numbers, quota too small', Number(tight.isProved)),
    quota('MiB on disk, quota too small', tight.mostBytes, SMALL_QUOTA),
  ];
}

function delayGoal(p99: number | null): Goal {
  const met = p99 === null ? null : p99 < MOST_DELAY_MS;
  return { name: 'event loop delay p99, ms', value: p99, goal: `< ${MOST_DELAY_MS}`, met };
}

/** How long the main thread waits for the disk, ours and one transaction per message. */
function delayRows(place: string, seconds: number): { rows: Row[]; p99: number | null } {
  const library = slowDisk(place, FSYNC_MS);
  if (library === null) return { rows: [], p99: null };
  const program = fileURLToPath(new URL('./outage/loop-delay.js', import.meta.url));
  const delays = (['ours', 'nothing kept', 'commit each'] as const).map((contender) => {
    const folder = join(place, contender.replace(' ', '-'));
    mkdirSync(folder);
    // with two seconds of messages this one is busy for a minute
    const job: DelayJob = { folder, perSecond: 200, seconds: contender === 'commit each' ? 2 : seconds, contender };
    const env = { ...process.env, LD_PRELOAD: library };
    const { stdout, stderr } = spawnSync(process.execPath, [program, JSON.stringify(job)], { env, encoding: 'utf8' });
    if (stdout === '') throw new Error(`the delay was not measured: ${stderr}`);
    const { p50, p99, max } = JSON.parse(stdout) as { p50: number; p99: number; max: number };
    return { contender: `event loop, ${contender}`, p50ms: p50, p99ms: p99, maxMs: max };
  });
  return { rows: delays, p99: delays[0]!.p99ms };
}
