import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import type { Contender } from './cache/contender.js';
import { ours } from './cache/ours.js';
import { WORKLOADS, type Workload } from './cache/workloads.js';
import { count, namesOf } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const NAMES = WORKLOADS.map(({ name }) => name);

const USAGE = `npm run -s bench -- cache [--rounds 5] [--only memory-get,disk-set,…]

The cache beside bentocache and cacheable, same values and keys, everything awaited. Rounds take turns; medians, in
microseconds per operation, less is better. Workloads: ${NAMES.join(', ')}.
`;

const INSTALL_TIMEOUT_MS = 300_000;

/** Microseconds per operation of this cache and its rivals, one row per workload. */
export async function run(args: string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string', default: NAMES.join(',') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  const rounds = count('rounds', values.rounds, 1);
  const wanted = namesOf('only', values.only, NAMES);
  const workloads = WORKLOADS.filter(({ name }) => wanted.includes(name));
  const scratch = mkdtempSync(join(tmpdir(), 'edge-cache-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const contenders = [ours, ...(await rivals())];
  const rows = [];
  for (const workload of workloads) {
    rows.push(rowOf(workload, contenders, await compete(workload, contenders, rounds, scratch)));
  }
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

function rowOf(workload: Workload, contenders: readonly Contender[], times: Map<Contender, number[]>) {
  const medians = contenders.map((contender) => median(times.get(contender)!));
  const [mine, ...others] = medians as [number, ...number[]];
  const row = Object.fromEntries(contenders.map(({ name }, i) => [name, round(medians[i]!)]));
  return { workload: workload.name, ...row, ratio: round(mine / Math.min(...others)) };
}

async function rivals(): Promise<Contender[]> {
  const folder = join(PROJECT_ROOT, 'bench/cache');
  install(folder);
  const require = createRequire(import.meta.url);
  const { bentocache, cacheable } = await import(pathToFileURL(join(folder, 'rivals.mjs')).href);
  return [bentocache(require('better-sqlite3')), cacheable];
}

function install(folder: string): void {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs)
    return;
  process.stderr.write('installing bentocache and cacheable for this benchmark …\n');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, timeout: INSTALL_TIMEOUT_MS, stdio: 'ignore' });
}
