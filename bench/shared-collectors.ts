import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startFleetServer } from './collector/fleet-server.js';
import { measuredRun, type RunResult } from './collector/measured-run.js';
import { scratchFolder } from './harness/ending.js';
import { flag, OptionError, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { SHARED_WINDOW, type SharedResult, sharedRun } from './shared-collectors/shared-run.js';

const USAGE = `npm run -s bench -- shared-collectors [--quick] [--collectors 3] [--devices 1000] [--seconds 30] [--rate 1000] [--steady 60]

Collectors that share what comes, with Mosquitto, a publisher and a PostgreSQL of their own on this machine, against one alone on the same
store: as fast as they are kept by one, two and so on; and at a rate, while one of two is killed. What is in the database is held against
what was published, number by number.

  --collectors N  at most so many, 2 to 16
  --devices N     each with its birth, its numbers and its messages in turn (--quick: 200)
  --seconds N     of each run as fast as it can (--quick: 4)
  --rate N        messages a second of the runs at a rate (--quick: 200)
  --steady N      seconds of those; one is killed after a fifth of them (--quick: 25)
`;

/** Of the time of a run. */
const KILL_AFTER = 0.2;
/** One is taken for gone after ten seconds, and its session is taken over then. */
const LEAST_STEADY_S = 20;

/** Collectors that share the load, and one of them that dies. */
export async function run(args: string[]): Promise<BenchReport> {
  const given = readOptions(args, USAGE, {
    collectors: wholeNumber({ least: 2, usual: 3, quick: 2 }),
    devices: wholeNumber({ least: 1, usual: 1000, quick: 200 }),
    seconds: wholeNumber({ least: 1, usual: 30, quick: 4 }),
    rate: wholeNumber({ least: 1, usual: 1000, quick: 200 }),
    steady: wholeNumber({ least: LEAST_STEADY_S, usual: 60, quick: 25 }),
    quick: flag,
  });
  const { collectors: most, devices, seconds, rate, steady } = given;
  if (most > 16) throw new OptionError(`--collectors: expected at most 16, got ${most}`);
  const server = await startFleetServer();
  const parent = scratchFolder('shared-collectors');
  const folder = (): string => mkdtempSync(join(parent, 'run-'));
  const alone = (messages: number, paced: number | null, mostS: number) =>
    measuredRun({
      ...{ who: 'ours' as const, durable: true, devices, messages, rate: paced, mostS, server, folder: folder() },
      window: SHARED_WINDOW,
    });
  const shared = (collectors: number, paced: number | null, forS: number, killAfterS: number | null) =>
    sharedRun({ collectors, devices, rate: paced, seconds: forS, killAfterS, server, folder: folder() });
  const rival = await alone(1e9, null, seconds);
  const fast: SharedResult[] = [];
  for (let count = 1; count <= most; count++) fast.push(await shared(count, null, seconds, null));
  const rivalPaced = await alone(steady * rate, rate, steady * 2);
  const killed = await shared(2, rate, steady, steady * KILL_AFTER);
  const rows: Row[] = [
    rowOfOne('as fast as it can', rival),
    ...fast.map((one, index) => rowOf('as fast as it can', index + 1, one, rival)),
  ];
  rows.push(rowOfOne(`${rate} a second`, rivalPaced), rowOf(`${rate} a second, one is killed`, 2, killed, rivalPaced));
  const all = [...fast, killed];
  const none = (name: string, value: number) => ({ name, value, goal: '0', met: value === 0 });
  const sum = (of: (one: SharedResult) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    name: 'shared-collectors',
    rows,
    goals: [
      none(
        'messages lost',
        sum(({ lost }) => lost),
      ),
      none(
        'messages twice in the database',
        sum(({ doubles }) => doubles),
      ),
      none(
        'messages in the database that nobody published',
        sum(({ unknown }) => unknown),
      ),
      none(
        'numbers said to be missing that came',
        sum(({ saidMissing }) => saidMissing),
      ),
    ],
    notes: [
      'durable throughout: acknowledged to the broker once it is on the medium in the inbox, and to the inbox once it is in its table',
      'on one machine the collectors, PostgreSQL, the broker and the publisher share its cores: several are slower there than one',
    ],
  };
}

function rowOfOne(what: string, result: RunResult): Row {
  const { sent, perSecond, lost, p50Ms, p99Ms, rssMiB } = result;
  return {
    ...{ what, contender: 'one alone, PostgreSQL', messages: sent, perSecond: Math.round(perSecond), ofOneAlone: 1 },
    ...{ lost, doubles: null, unknown: null, saidMissing: null, cameAgain: null },
    ...{ p50Ms, p99Ms, worstMs: null, p99BeforeMs: null },
    ...{ takenOverDevices: null, takeoverMedianS: null, takeoverWorstS: null, rssMiB: Math.round(rssMiB.end) },
  };
}

function rowOf(what: string, collectors: number, result: SharedResult, rival: RunResult): Row {
  const { sent, perSecond, lost, doubles, unknown, saidMissing, cameAgain, takeover, rssMiB } = result;
  const { p50Ms, p99Ms, worstMs, p99BeforeMs } = result;
  return {
    ...{ what, contender: `${collectors} that share`, messages: sent, perSecond: Math.round(perSecond) },
    ofOneAlone: Math.round((100 * perSecond) / rival.perSecond) / 100,
    ...{ lost, doubles, unknown, saidMissing, cameAgain },
    ...{ p50Ms, p99Ms, worstMs, p99BeforeMs: takeover === null ? null : p99BeforeMs },
    takenOverDevices: takeover?.devices ?? null,
    takeoverMedianS: tenths(takeover?.medianS),
    takeoverWorstS: tenths(takeover?.worstS),
    rssMiB: Math.round(rssMiB),
  };
}

const tenths = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 10) / 10;
