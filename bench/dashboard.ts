import { setPriority } from 'node:os';
import { firstPaints } from './dashboard/first-paint.js';
import { OpenPage } from './dashboard/open-page.js';
import { GRAFANA_LOGIN_KB, pageWeight } from './dashboard/page-weight.js';
import { CLIP, CLIP_S, type Measured, servingDevice } from './dashboard/serving-device.js';
import { frameDifferences, neighbours, roundDifferences, spread } from './dashboard/with-and-without.js';
import { scratchFolder } from './harness/ending.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- dashboard [--rounds 36] [--clips 1] [--pages 10] [--cameras 2] [--quick]

What open dashboards cost the program: the same clips without them and with ten, in turns; processor time of the program's own process,
and how long each frame of the clips takes. What the pages weigh, and how soon the first is painted in Chromium on slow links.
`;

const LINKS = [
  { name: 'slow 4G, phone (4x slower)', latencyMs: 150, kbitPerS: 1600, slower: 4, isGoal: true },
  { name: 'fast 3G, phone (4x slower)', latencyMs: 563, kbitPerS: 1440, slower: 4, isGoal: false },
] as const;
/** After pages were opened or closed. */
const SETTLING_MS = 1000;
/** The pages run where the program does: it is to have the processor first, as if they were elsewhere. */
const LAST = 19;

/** A stretch with or without open pages. */
interface Stretch extends Measured {
  /** Answers that the pages had, and their bytes; 0 without. */
  readonly replies: number;
  readonly bytes: number;
}

/** Rounds of a stretch without and one with open pages. */
type Rounds = readonly Readonly<Record<'without' | 'with', Stretch>>[];

/** Cost of ten open dashboards, weight and first paint. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, clips, pages, cameras } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 36, quick: 8 }),
    clips: wholeNumber({ least: 1, usual: 1 }),
    pages: wholeNumber({ least: 1, usual: 10 }),
    cameras: wholeNumber({ least: 1, usual: 2 }),
    quick: flag,
  });
  const paints = await firstPaints(LINKS);
  const device = await servingDevice(scratchFolder('dashboard'), cameras);
  try {
    setPriority(LAST);
    const measure = async (isOpen: boolean): Promise<Stretch> => {
      const opened = isOpen ? Array.from({ length: pages }, () => new OpenPage(device.url)) : [];
      await device.pause(SETTLING_MS);
      const before = opened.map(({ replies, bytes }) => ({ replies, bytes }));
      const measured = await device.stretch(clips);
      const replies = opened.reduce((sum, page, index) => sum + page.replies - before[index]!.replies, 0);
      const bytes = opened.reduce((sum, page, index) => sum + page.bytes - before[index]!.bytes, 0);
      await Promise.all(opened.map((page) => page.close()));
      return { ...measured, replies, bytes };
    };
    // the first stretch finds code that was never run
    await measure(true);
    const all: Record<'without' | 'with', Stretch>[] = [];
    for (let index = 0; index < rounds; index++) {
      // which comes first changes with each round
      const isFirst = index % 2 === 1;
      const first = await measure(isFirst);
      const second = await measure(!isFirst);
      all.push(isFirst ? { with: first, without: second } : { without: first, with: second });
    }
    return report(all, { pages, cameras, clips, weight: pageWeight(), paints });
  } finally {
    await device.stop();
  }
}

interface Around {
  readonly pages: number;
  readonly cameras: number;
  readonly clips: number;
  readonly weight: ReturnType<typeof pageWeight>;
  /** ms; null where there is no browser. */
  readonly paints: readonly number[] | null;
}

function report(rounds: Rounds, { pages, cameras, clips, weight, paints }: Around): BenchReport {
  const seconds = clips * CLIP_S;
  const rows: Row[] = (['without', 'with'] as const).map((kind) => {
    const of = (read: (one: Stretch) => number): number[] => rounds.map((one) => read(one[kind]));
    return {
      case: kind === 'with' ? `${pages} open pages` : 'no page open',
      corePercent: round(100 * median(of(({ cpu }) => cpu))),
      ...spread(
        'p50Ms',
        of(({ p50Ms }) => p50Ms),
      ),
      ...spread(
        'p95Ms',
        of(({ p95Ms }) => p95Ms),
      ),
      framesPerS: round(median(of(({ frames }) => frames)) / seconds),
      repliesPerS: round(median(of(({ replies }) => replies)) / seconds),
      kBPerS: round(median(of(({ bytes }) => bytes)) / seconds / 1000),
    };
  });
  const cost = round(100 * median(roundDifferences(rounds, ({ cpu }) => cpu)));
  const delays = roundDifferences(rounds, ({ p95Ms }) => p95Ms);
  const delay = round(median(delays));
  const frames = frameDifferences(rounds);
  rows.push({
    case: 'with less without, round by round',
    corePercent: cost,
    ...spread(
      'p50Ms',
      roundDifferences(rounds, ({ p50Ms }) => p50Ms),
    ),
    ...spread('p95Ms', delays),
    framesPerS: null,
    repliesPerS: null,
    kBPerS: null,
  });
  const noise = median(neighbours(rounds, ({ p95Ms }) => p95Ms).map(Math.abs));
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
  const { p50, p50From, p50To } = spread('p50', frames);
  return {
    name: 'dashboard',
    rows,
    goals,
    notes: [
      `${cameras} cameras that show a clip of ${CLIP.frames} frames (${CLIP_S} s) of the simulated road again and again, every frame inferred; ${rounds.length} rounds of ${seconds} s without pages and ${seconds} s with them; From and To are quartiles`,
      `each of the ${frames.length} frames of the clips beside itself, its median with pages less that without: ${p50} ms in the middle, half of them from ${p50From} to ${p50To} ms`,
      `two stretches of the same kind one after the other differ by ${round(noise)} ms of p95 in the middle: what is less than that is noise`,
      'each page reads the stream of answers, asks for the cameras every 2 s and for a picture of each every second, as the page Now does; the pages run on the cores of the program at the lowest priority',
      `pages gzipped: ${weight.firstKiB} KiB for the first that is seen, ${weight.allKiB} KiB for all; as published, Grafana's login page transferred ${GRAFANA_LOGIN_KB} kB with half of its scripts cached already (grafana/grafana issue 21074)`,
      paints === null
        ? 'no first paint: there is no /usr/bin/chromium here'
        : `first contentful paint: ${painted.join(', ')}`,
    ],
  };
}
