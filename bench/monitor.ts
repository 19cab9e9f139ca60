import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import type { Polling, Way } from './monitor/polling.js';
import type { Compared } from './monitor/polls.js';

const USAGE = `npm run -s bench -- monitor [--seconds 30] [--rounds 5] [--quick]

What it costs to watch the machine once a second, beside a loop that asks systeminformation for the same values, and one that
does nothing; each in a process of its own, in turns, the programs that it starts counted in. Then both at the same moment:
whether they read the same. Some 14 minutes; --quick: 5 seconds, 1 round, a minute and a half.
`;

const WAYS: readonly Way[] = ['nothing', 'ours', 'ours, a board of 72 sensors', 'systeminformation'];
/** Polls before it counts: what is loaded, compiled and opened at first. */
const WARM_UP = 10;
/** Moments at which both are read. */
const COMPARED = 5;
/** ms that a way may take beyond its polls: a disk or a program that never answers ends the benchmark with its name. */
const GRACE_MS = 60_000;
/** How far the two may be apart: as a share where it says so, else in the reading's own unit. */
const APART: Readonly<Record<keyof Compared, { readonly most: number; readonly isShare: boolean }>> = {
  memoryTotal: { most: 0, isShare: true },
  memoryAvailable: { most: 0.01, isShare: true },
  rootUsedPercent: { most: 0.5, isShare: false },
  receivedBytes: { most: 0.05, isShare: true },
  writtenBytes: { most: 0.05, isShare: true },
  temperature: { most: 2, isShare: false },
  uptimeS: { most: 1, isShare: false },
  // of two stretches of a second that do not begin together
  cpuPercent: { most: 25, isShare: false },
};
/** Bytes below which a counter moved too little to be compared. */
const LEAST_BYTES = 100_000;

/** Processor time of watching the machine, a row a way; goals for the share of a core, the ratio, and the same values. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seconds, rounds } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 1, usual: 30, quick: 5 }),
    rounds: wholeNumber({ least: 1, usual: 5, quick: 1 }),
    quick: flag,
  });
  const costs = new Map<Way, number[]>(WAYS.map((way) => [way, []]));
  for (let i = 0; i < rounds; i++) {
    for (const way of WAYS) {
      process.stderr.write(`round ${i + 1} of ${rounds}: ${way}, ${WARM_UP + seconds} s\n`);
      const { cpuMs, polls } = polled(way, WARM_UP, seconds);
      costs.get(way)!.push(cpuMs / polls);
    }
  }
  const rows = WAYS.map((way) => rowOf(way, costs.get(way)!));
  const msOf = (way: Way) => median(costs.get(way)!);
  const ratio = round(msOf('systeminformation') / msOf('ours'));
  process.stderr.write(`both at the same moment, ${COMPARED + 1} s\n`);
  return {
    name: 'monitor',
    rows,
    goals: [
      { name: 'ours: percent of one core', value: round(msOf('ours') / 10), goal: '< 1', met: msOf('ours') < 10 },
      { name: 'systeminformation over ours', value: ratio, goal: '>= 10', met: ratio >= 10 },
      ...agreement(polled('both', 1, COMPARED)),
    ],
    notes: [
      `${rounds} rounds of ${seconds} s, a poll a second; cpuMsPerS is all processor time of the process and of the programs it started, its timer and collections in it.`,
      'On top of the same values ours reads pressure, load, quotas, swap, inodes, errors, throttling, link speed and the clock.',
      'The board of 72 sensors has plain files in the place of sysfs: what its chips take to answer is not in it.',
    ],
  };
}

function polled(way: Way, warmUp: number, seconds: number): Polling {
  const script = fileURLToPath(new URL('./monitor/polling.js', import.meta.url));
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [script, way, `${warmUp}`, `${seconds}`], {
    encoding: 'utf8',
    timeout: (warmUp + seconds) * 1000 + GRACE_MS,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new Error(`${way} failed: ${error?.message ?? stderr}`);
  return JSON.parse(stdout) as Polling;
}

function rowOf(way: Way, ms: readonly number[]): Row {
  const middle = median(ms);
  return {
    way,
    cpuMsPerS: round(middle),
    corePercent: round(middle / 10),
    cpuMsPerSSpread: round((Math.max(...ms) - Math.min(...ms)) / middle),
  };
}

/** A goal for each reading that both have. Counters by what they went on: the two begin to count at moments of their own. */
function agreement({ readings }: Polling): Goal[] {
  return (Object.keys(APART) as (keyof Compared)[]).map((reading) => {
    const { most, isShare } = APART[reading];
    const isCounter = reading.endsWith('Bytes');
    const apart = readings.flatMap(({ ours, theirs }, i) => {
      const before = readings[i - 1];
      const a = isCounter ? since(before?.ours[reading], ours[reading]) : ours[reading];
      const b = isCounter ? since(before?.theirs[reading], theirs[reading]) : theirs[reading];
      if (a === null || b === null) return [];
      if (isCounter && Math.max(a, b) < LEAST_BYTES) return [];
      return [isShare ? Math.abs(a - b) / Math.max(Math.abs(b), 1) : Math.abs(a - b)];
    });
    const value = apart.length === 0 ? null : round(median(apart));
    const unit = isShare ? ' of it' : '';
    return {
      name: `both read the same: ${reading}`,
      value,
      goal: `<= ${most}${unit}`,
      met: value === null ? null : value <= most,
    };
  });
}

const since = (before: number | null | undefined, now: number | null): number | null =>
  before === undefined || before === null || now === null ? null : now - before;
