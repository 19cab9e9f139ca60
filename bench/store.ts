import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { scratchFolder } from './harness/ending.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import { start } from './harness/program.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { round } from './harness/statistics.js';
import type { Writer } from './store/day.js';
import { Disk } from './store/disk.js';
import { fillDisk, killAtRandom, makeReadOnly, type TortureResult } from './store/torture.js';

const USAGE = `npm run -s bench -- store [--hours 24] [--seconds 300] [--kills 200] [--fills 20] [--read-only 20] [--quick]

What one camera at default settings writes in a day, and what is lost when the program is killed, the disk is full or read-only.
--hours: of the writers' day, on a clock that waits for nobody; --seconds: of the whole program as it runs (0: not at all).
The last three are how often a process that writes is tortured. A full and a read-only disk need the right to mount a tmpfs.
`;

/** A card of 32 GB that stands 500 writes of each block lasts longer than anybody needs it, also where it writes ten times as much as it is told. */
const BUDGET_MB = 200;
const DAY_S = 86_400;

interface Sizes {
  readonly hours: number;
  readonly seconds: number;
  readonly kills: number;
  readonly fills: number;
  readonly readOnly: number;
}

/** MB a day by writer, and rows lost by torture. */
export async function run(args: string[]): Promise<BenchReport> {
  const sizes = sizesOf(args);
  const scratch = scratchFolder('store');
  const history = await dayOf('history', sizes.hours);
  const outbox = await dayOf('outbox', sizes.hours);
  const program = sizes.seconds === 0 ? null : await programs(sizes.seconds, scratch);
  const tortures = await torture(sizes, scratch);
  const written = [
    writes('history.db', history),
    writes('outbox.db', outbox),
    writes('both', history + outbox),
    ...(program === null ? [] : [writes('the whole program, as it ran', program)]),
  ];
  return {
    name: 'store',
    rows: [...written, ...tortures.map(([name, result]) => tortured(name, result))],
    goals: [
      {
        name: 'MB a day of history and outbox',
        value: round(history + outbox),
        goal: `<= ${BUDGET_MB}`,
        met: history + outbox <= BUDGET_MB,
      },
      ...(program === null ? [] : [budgetOf(program)]),
      ...tortures.map(([name, result]) => survives(name, result)),
    ],
    notes: [
      `${sizes.hours} h of the writers, ${sizes.seconds} s of the program. Writers: bytes handed to the kernel, logs and checkpoints included (wchar); 200 metrics of which 80 change each second, a crossing each 10 s. The program: pages that its processes made dirty (write_bytes) after the first minute, null where its folder is in memory.`,
    ],
  };
}

function sizesOf(args: string[]): Sizes {
  const { 'read-only': readOnly, ...sizes } = readOptions(args, USAGE, {
    hours: wholeNumber({ least: 1, usual: 24, quick: 2 }),
    seconds: wholeNumber({ least: 0, usual: 300, quick: 0 }),
    kills: wholeNumber({ least: 1, usual: 200, quick: 10 }),
    fills: wholeNumber({ least: 0, usual: 20, quick: 2 }),
    'read-only': wholeNumber({ least: 0, usual: 20, quick: 2 }),
    quick: flag,
  });
  return { ...sizes, readOnly };
}

/** MB a day, as the writers had a day. */
async function dayOf(writer: Writer, hours: number): Promise<number> {
  const script = fileURLToPath(new URL('./store/day.js', import.meta.url));
  const { lastLine } = await start([process.execPath, script, writer, String(hours)], 1_800_000).ended;
  const { bytes } = JSON.parse(lastLine) as { bytes: number };
  return ((bytes / hours) * 24) / 1e6;
}

const WARM_UP_S = 60;

/** MB a day of the whole program with one simulated camera; null where its folder lies in memory. */
async function programs(seconds: number, scratch: string): Promise<number | null> {
  const folder = join(scratch, 'program');
  mkdirSync(folder);
  const site = join(folder, 'site.json');
  writeFileSync(
    site,
    JSON.stringify({
      device: 'bench',
      cameras: [{ id: 'road', url: 'sim://road?traffic=mixed&seed=5' }],
      mqtt: { broker: 'embedded' },
      http: { enabled: false },
      store: { dir: join(folder, 'data') },
    }),
  );
  const main = join(PROJECT_ROOT, 'dist/src/main.js');
  const length = String(seconds + WARM_UP_S + 30);
  const { pid, ended } = start(
    [process.execPath, main, 'run', '--config', site, '--duration', length],
    (seconds + 300) * 1000,
  );
  // it is ended with this process where it goes wrong before
  ended.catch(() => undefined);
  await pauseOf(WARM_UP_S * 1000);
  const before = dirtied(pid);
  await pauseOf(seconds * 1000);
  const bytes = dirtied(pid) - before;
  await ended;
  return bytes === 0 ? null : ((bytes / seconds) * DAY_S) / 1e6;
}

const dirtied = (pid: number): number =>
  Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))![1]);

async function torture({ kills, fills, readOnly }: Sizes, scratch: string): Promise<[string, TortureResult][]> {
  const folder = join(scratch, 'killed');
  mkdirSync(folder);
  const random = Math.random;
  const results: [string, TortureResult][] = [['kill -9', await killAtRandom({ folder, injections: kills, random })]];
  const disk = Disk.mount(join(scratch, 'disk'));
  if (disk === null) return results;
  try {
    if (fills > 0) results.push(['full disk', await fillDisk(disk, { folder: disk.at, injections: fills, random })]);
    if (readOnly > 0) {
      results.push(['read-only disk', await makeReadOnly(disk, { folder: disk.at, injections: readOnly, random })]);
    }
    return results;
  } finally {
    disk.remove();
  }
}

const writes = (writer: string, megabytes: number | null): Row => ({
  case: writer,
  mbPerDay: megabytes === null ? null : round(megabytes),
  injections: null,
  committed: null,
  lost: null,
  damaged: null,
});

const tortured = (name: string, { injections, committed, lost, damaged }: TortureResult): Row => ({
  case: name,
  mbPerDay: null,
  injections,
  committed,
  lost,
  damaged,
});

const budgetOf = (megabytes: number | null): Goal => ({
  name: 'MB a day of the whole program',
  value: megabytes === null ? null : round(megabytes),
  goal: `<= ${BUDGET_MB}`,
  met: megabytes === null ? null : megabytes <= BUDGET_MB,
});

const survives = (name: string, { lost, damaged, recovered, injections }: TortureResult): Goal => ({
  name: `${name}: committed rows lost`,
  value: lost,
  goal: '= 0, no file damaged, writing again each time',
  met: lost === 0 && damaged === 0 && (recovered === null || recovered === injections),
});

const pauseOf = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
