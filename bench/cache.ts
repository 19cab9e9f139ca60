import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender } from './cache/contender.js';
import { contenders as allContenders } from './cache/contenders.js';
import { startRedis } from './cache/redis-server.js';
import { SHARED_ROWS, type SharedRound, sharedRound } from './cache/shared-workloads.js';
import { WORKLOADS, type Workload } from './cache/workloads.js';
import { scratchFolder } from './harness/ending.js';
import { flag, readOptions, someOf, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';

/** The rows that need a server; they are measured together. */
const SHARED = 'shared';
const NAMES = [...WORKLOADS.map(({ name }) => name), SHARED];

const USAGE = `npm run -s bench -- cache [--rounds 5] [--only memory-get,disk-set,…] [--quick]

The cache beside bentocache and cacheable, same values and keys, everything awaited. Rounds take turns; medians, in
microseconds per operation, less is better. Workloads: ${NAMES.join(', ')}.
${SHARED} needs redis-server or valkey-server (apt install redis-server) and is left out without. --quick: 1 round.
`;

/** Microseconds per operation of this cache and its rivals, one row per workload. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, only: wanted } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 5, quick: 1 }),
    only: someOf(NAMES),
    quick: flag,
  });
  const workloads = WORKLOADS.filter(({ name }) => wanted.includes(name));
  const scratch = scratchFolder('cache');
  const contenders = await allContenders();
  const rows = [];
  for (const workload of workloads) {
    rows.push(rowOf(workload.name, contenders, await compete(workload, contenders, rounds, scratch)));
  }
  const shared = wanted.includes(SHARED) ? await sharedRows(contenders, rounds, scratch) : [];
  rows.push(...shared);
  return {
    name: 'cache',
    rows,
    goals: rows.map(({ workload, ratio }) => ({
      name: `${workload}: our time over the best rival's`,
      value: ratio,
      goal: '< 1',
      met: ratio < 1,
    })),
    notes: [
      `${rounds} rounds. On disk: ours SQLite, write-behind, the flush counted; bentocache SQLite through Kysely, one statement per value; cacheable keyv-file, a file per value.`,
      ...(shared.length > 0
        ? [
            'shared-stampede-loads: loads per stampede of two programs, 100 callers in each, not microseconds. bentocache with its bus over Redis; nothing tells cacheable what others change.',
          ]
        : []),
      ...(wanted.includes(SHARED) && shared.length === 0
        ? ['shared left out: neither redis-server nor valkey-server is installed']
        : []),
    ],
  };
}

/** Rounds of all contenders in turn, so that a slow minute of the machine meets each; the first round only warms up. */
async function compete(workload: Workload, contenders: readonly Contender[], rounds: number, scratch: string) {
  const times = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));
  for (let i = 0; i <= rounds; i++) {
    for (const contender of contenders) {
      const folder = mkdtempSync(join(scratch, `${contender.name}-`));
      const microseconds = await workload.run(contender, folder);
      if (i > 0) times.get(contender)!.push(microseconds);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return times;
}

/** As `compete`, all rows of a round at once over one server; none where there is no server. */
async function sharedRows(contenders: readonly Contender[], rounds: number, scratch: string) {
  const server = await startRedis(scratch);
  if (server === null) return [];
  const measured = new Map<Contender, SharedRound[]>(contenders.map((contender) => [contender, []]));
  for (let i = 0; i <= rounds; i++) {
    for (const contender of contenders) {
      const round = await sharedRound(contender, server.port, `${contender.name}-${i}`);
      if (i > 0) measured.get(contender)!.push(round);
    }
  }
  await server.stop();
  return SHARED_ROWS.map((name) => {
    const figures = contenders.map((one) => [one, measured.get(one)!.map((round) => round[name])] as const);
    return rowOf(name, contenders, new Map(figures));
  });
}

function rowOf(workload: string, contenders: readonly Contender[], times: Map<Contender, number[]>) {
  const medians = contenders.map((contender) => median(times.get(contender)!));
  const [mine, ...others] = medians as [number, ...number[]];
  const row = Object.fromEntries(contenders.map(({ name }, i) => [name, round(medians[i]!)]));
  return { workload, ...row, ratio: round(mine / Math.min(...others)) };
}
