import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstPaints } from './dashboard/first-paint.js';
import { OpenPage } from './dashboard/open-page.js';
import { GRAFANA_LOGIN_KB, pageWeight } from './dashboard/page-weight.js';
import { servingDevice } from './dashboard/serving-device.js';
import { count } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- dashboard [--seconds 20] [--rounds 5] [--pages 10] [--cameras 2] [--quick]

What open dashboards cost the program: a stretch without them and one with ten, in turns; processor time of the program's own process, and
how long its frames take. What the pages weigh, and how soon the first of them is painted in a real browser (Chromium) on slow links.
`;

const LINKS = [
  { name: 'slow 4G, phone (4x slower)', latencyMs: 150, kbitPerS: 1600, slower: 4, isGoal: true },
  { name: 'fast 3G, phone (4x slower)', latencyMs: 563, kbitPerS: 1440, slower: 4, isGoal: false },
] as const;

/** A stretch with or without open pages. */
interface Stretch {
  /** Of one core, 0..1. */
  readonly cpu: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly frames: number;
  /** Answers that the pages had, and their bytes; 0 without. */
  readonly replies: number;
  readonly bytes: number;
}

/** Cost of ten open dashboards, weight and first paint. */
export async function run(args: string[]): Promise<BenchReport> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '5' },
      pages: { type: 'string', default: '10' },
      cameras: { type: 'string', default: '2' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  const seconds = values.quick ? 6 : count('seconds', values.seconds, 1);
  const rounds = values.quick ? 1 : count('rounds', values.rounds, 1);
  const pages = count('pages', values.pages, 1);
  const cameras = count('cameras', values.cameras, 1);
  const scratch = mkdtempSync(join(tmpdir(), 'edge-bench-dashboard-'));
  const device = await servingDevice(scratch, cameras);
  try {
    const stretches: Record<'without' | 'with', Stretch[]> = { without: [], with: [] };
    for (let turn = 0; turn < 2 * rounds; turn++) {
      // which comes first changes with each round
      const isOpen = (turn + Math.floor(turn / 2)) % 2 === 1;
      const opened = isOpen ? Array.from({ length: pages }, () => new OpenPage(device.url)) : [];
      await device.pause(2000);
      const before = opened.map(({ replies, bytes }) => ({ replies, bytes }));
      const measured = await device.stretch(seconds);
      const replies = opened.reduce((sum, page, index) => sum + page.replies - before[index]!.replies, 0);
      const bytes = opened.reduce((sum, page, index) => sum + page.bytes - before[index]!.bytes, 0);
      await Promise.all(opened.map((page) => page.close()));
      stretches[isOpen ? 'with' : 'without'].push({ ...measured, replies, bytes });
    }
    await device.stop();
    const paints = await firstPaints(LINKS);
    return report(stretches, { pages, cameras, seconds, weight: pageWeight(), paints });
  } finally {
    await device.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Around {
  readonly pages: number;
  readonly cameras: number;
  readonly seconds: number;
  readonly weight: ReturnType<typeof pageWeight>;
  /** ms; null where there is no browser. */
  readonly paints: readonly number[] | null;
}

function report(stretches: Readonly<Record<'without' | 'with', readonly Stretch[]>>, around: Around): BenchReport {
  const { pages, cameras, seconds, weight, paints } = around;
  const of = (kind: 'without' | 'with', read: (one: Stretch) => number): number =>
    round(median(stretches[kind].map(read)));
  const rows: Row[] = (['without', 'with'] as const).map((kind) => ({
    case: kind === 'with' ? `${pages} open pages` : 'no page open',
    corePercent: round(100 * of(kind, ({ cpu }) => cpu)),
    p50Ms: of(kind, ({ p50Ms }) => p50Ms),
    p95Ms: of(kind, ({ p95Ms }) => p95Ms),
    framesPerS: round(of(kind, ({ frames }) => frames) / seconds),
    repliesPerS: round(of(kind, ({ replies }) => replies) / seconds),
    kBPerS: round(of(kind, ({ bytes }) => bytes) / seconds / 1000),
  }));
  const cost = round(100 * (of('with', ({ cpu }) => cpu) - of('without', ({ cpu }) => cpu)));
  const delay = round(of('with', ({ p95Ms }) => p95Ms) - of('without', ({ p95Ms }) => p95Ms));
  const paint = paints === null ? null : round(paints[LINKS.findIndex(({ isGoal }) => isGoal)]!);
  const goals: Goal[] = [
    { name: `${pages} open pages, of one core`, value: cost, goal: '< 5 %', met: cost < 5 },
    { name: 'p95 of frames with them, less that without (ms)', value: delay, goal: '<= 5', met: delay <= 5 },
    { name: 'all pages, gzipped (KiB)', value: weight.allKiB, goal: '<= 250', met: weight.allKiB <= 250 },
    {
      name: `first contentful paint, ${LINKS[0].name} (ms)`,
      value: paint,
      goal: '< 1000',
      met: paint === null ? null : paint < 1000,
    },
  ];
  const painted = paints === null ? [] : LINKS.map(({ name }, index) => `${name}: ${Math.round(paints[index]!)} ms`);
  return {
    name: 'dashboard',
    rows,
    goals,
    notes: [
      `${cameras} simulated cameras in real time; each page reads the stream of answers, asks for the cameras every 2 s and for a picture of each every second, as the page Now does`,
      `pages gzipped: ${weight.firstKiB} KiB for the first that is seen, ${weight.allKiB} KiB for all; as published, Grafana's login page transferred ${GRAFANA_LOGIN_KB} kB with half of its scripts cached already (grafana/grafana issue 21074)`,
      paints === null
        ? 'no first paint: there is no /usr/bin/chromium here'
        : `first contentful paint: ${painted.join(', ')}`,
      'the pages of the benchmark run on the same cores as the program: their own processor time is not counted, and takes some of the program’s',
    ],
  };
}
