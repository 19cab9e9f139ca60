import { availableParallelism } from 'node:os';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import type { TrafficLevel } from '../src/simulator/options.js';
import { nameOfPoint } from '../src/tune/operating-point.js';
import { scratchFolder } from './harness/ending.js';
import { readOptions, text, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { watchedRun } from './harness/watched-run.js';
import type { Bench, Case } from './kpi/case.js';
import { oursCommand } from './kpi/contenders.js';
import { type References, referencesOf } from './kpi/judgement.js';
import { longFilm } from './kpi/long-film.js';
import { findModel } from './kpi/model.js';
import { simulatedCase, trafficOf } from './kpi/simulated-clip.js';
import { type CameraAnswer, type KnobsAt, type LiveRun, liveRun, type Stretches } from './live/contender-run.js';
import { backAfterS, type Judges, knobsBefore, type StretchFigures, stretchOf } from './live/stretch.js';

const USAGE = `npm run -s bench -- live [options]

This machine with four cameras in real time; other processes take all of its cores for a while. With tuning as it comes, and
with the setting that the tuning had found before, fixed.

  --rounds R     times that both run, in turns (default 1)
  --settle S     seconds that the tuning has to find its setting, not judged (default 90)
  --calm S       seconds before the load (default 30)
  --load S       seconds of load (default 60)
  --after S      seconds after it (default 90)
  --busy N       processes that take a core each (default: one for each core)
  --traffic T    of the simulated roads (default rush)
`;

const CAMERAS = 4;
const BUDGET_MS = 300;
const MOST_LATE_RATIO = 1 / 3;
const LEAST_F1 = 0.95;
const MOST_BACK_S = 60;
/** The cameras begin before the program first tells of it: without these frames the last stretch would end before its time. */
const HEAD_START_S = 5;
/** Frames of each film; it is shown over and over. */
const FILM_FRAMES = 500;

interface Contender {
  readonly name: string;
  readonly settings: Parameters<typeof oursCommand>[3];
}

/** A contender's run, and the setting that the tuning of its round had found before the load. */
interface Judged {
  readonly name: string;
  readonly run: LiveRun;
  readonly full: KnobsAt;
}

/** Late and dropped frames, F1 and the way back, with tuning and without. */
export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = scratchFolder('live');
  const ffmpeg = await findFfmpeg({ env: process.env });
  const bench: Bench = {
    model: await findModel('roadside-n', 'default'),
    ffmpeg,
    scratch,
    maxFrames: FILM_FRAMES,
    pacedSeconds: 0,
    steadyFrames: 0,
  };
  const say = (text: string): boolean => process.stderr.write(`${text}\n`);
  say('filming the simulated road');
  const clip = await simulatedCase(options.traffic, bench);
  const frames = clip.truth!.length;
  const wholeS = options.settleS + options.calmS + options.loadS + options.afterS;
  const long: Case = {
    ...clip,
    clip: longFilm(ffmpeg.path, clip.clip, Math.ceil((wholeS * clip.fps) / frames) + 1, scratch),
  };
  const shown = Math.ceil((wholeS + HEAD_START_S) * clip.fps);
  const start = (contender: Contender): Promise<LiveRun> =>
    liveRun(scratch, options, options.busy, (outlets) =>
      oursCommand(
        bench,
        Array(CAMERAS).fill(long),
        { pace: 'realtime', frames: shown, ...outlets },
        contender.settings,
      ),
    );
  const runs: Judged[] = [];
  for (let i = 0; i < options.rounds; i++) {
    say(`round ${i + 1}: tuned`);
    const tuned = await start({ name: 'tuned', settings: { model: { name: 'auto', variant: 'auto' }, tune: {} } });
    const full = knobsBefore(tuned.knobs, tuned.bounds[1]);
    if (full === null) throw new Error('the program said nothing of its knobs');
    say(`round ${i + 1}: fixed at ${nameOfPoint(full.point)}`);
    runs.push({ name: 'tuned', run: tuned, full }, { name: 'fixed', run: await start(fixedAt(full)), full });
  }
  say('reference: every frame inferred');
  const byModel = new Map<string, References>();
  for (const { full } of runs) {
    if (!byModel.has(modelOf(full))) byModel.set(modelOf(full), await referenceAt(bench, clip, full));
  }
  const judgesOf = ({ full }: Judged): Judges => {
    const reference = byModel.get(modelOf(full))!;
    const references = new Map(Array.from({ length: CAMERAS }, (_, i) => [`camera-${i}`, reference] as const));
    return { fps: clip.fps, budgetMs: BUDGET_MS, references, filmFrames: frames };
  };
  return report(runs, judgesOf, clip.fps, options);
}

const modelOf = ({ point: { model, variant } }: KnobsAt): string => `${model} ${variant}`;

/** The program without tuning, at the setting that the tuning had found. */
export function fixedAt({ point, batchWindowMs, inferenceIntervalMs }: KnobsAt): Contender {
  const { model, variant, workers, intraOpThreads, batchSize } = point;
  return {
    name: 'fixed',
    settings: {
      model: { name: model, variant },
      detector: { workers, intraOpThreads },
      schedule: { maxBatch: batchSize, batchWindowMs },
      answer: { inferenceIntervalMs },
      tune: { enabled: false },
    },
  };
}

async function referenceAt(bench: Bench, clip: Case, { point }: KnobsAt): Promise<References> {
  const settings = {
    answer: { accuracyFloor: 1 },
    model: { name: point.model, variant: point.variant, scoreThreshold: 0.25 },
  };
  const { lines } = await watchedRun(bench.scratch, clip.truth!.length, (outlets) =>
    oursCommand(bench, [clip], { pace: 'fast', frames: null, ...outlets }, settings),
  );
  return referencesOf(lines as readonly CameraAnswer[]);
}

const STRETCHES = ['calm', 'load', 'after'] as const;

function report(
  runs: readonly Judged[],
  judgesOf: (one: Judged) => Judges,
  fps: number,
  { rounds, settleS, calmS, loadS, afterS, busy, traffic }: ReturnType<typeof parse>,
): BenchReport {
  const judged = runs.map((one) => {
    const { name, run, full } = one;
    return {
      name,
      stretches: STRETCHES.map((_, i) => stretchOf(run, run.bounds[i]!, run.bounds[i + 1]!, judgesOf(one))),
      backS: name === 'tuned' ? backAfterS(run.knobs, full, run.bounds[2]) : null,
    };
  });
  const figures = (name: string, stretch: number, of: (figures: StretchFigures) => number | null): number | null =>
    medianOf(judged.filter((one) => one.name === name).map((one) => of(one.stretches[stretch]!)));
  const rows = ['tuned', 'fixed'].flatMap((contender) =>
    STRETCHES.map((stretch, i) => ({
      contender,
      stretch,
      lateOrDropped: rounded(figures(contender, i, ({ lateOrDropped }) => lateOrDropped)),
      p95ms: rounded(figures(contender, i, ({ p95Ms }) => p95Ms)),
      inferred: rounded(figures(contender, i, ({ inferredShare }) => inferredShare)),
      worstF1: rounded(figures(contender, i, ({ worstF1 }) => worstF1)),
    })),
  );
  const settled = runs.filter(({ name }) => name === 'tuned').map(({ full }) => settingOf(full));
  const [ours, theirs] = ['tuned', 'fixed'].map((name) => figures(name, 1, ({ lateOrDropped }) => lateOrDropped));
  const f1s = judged.filter(({ name }) => name === 'tuned').flatMap(({ stretches }) => stretches.map((s) => s.worstF1));
  const backs = judged.filter(({ name }) => name === 'tuned').map(({ backS }) => backS);
  return {
    name: 'live',
    rows,
    goals: [
      lateGoal(ours!, theirs!),
      goalAtLeast('lowest F1 of any camera and stretch, tuned', lowest(f1s), LEAST_F1),
      backGoal(backs),
    ],
    notes: [
      `${CAMERAS} cameras of ${fps} frames/s (${traffic}), ${busy} busy processes on ${availableParallelism()} cores, ${rounds} rounds`,
      `settled at ${settled.join(', then ')} in ${settleS} s; then ${calmS}, ${loadS} and ${afterS} s`,
      `late: later than ${BUDGET_MS} ms after its capture`,
    ],
  };
}

const settingOf = ({ point, inferenceIntervalMs }: KnobsAt): string =>
  `${nameOfPoint(point)}, an inference each ${inferenceIntervalMs} ms at most`;

function lateGoal(ours: number, theirs: number): Goal {
  const value = theirs > 0 ? round(ours / theirs) : null;
  const goal = `<= ${round(MOST_LATE_RATIO)}`;
  // where nobody was late there was nothing to gain
  return {
    name: 'late or dropped under load, tuned / fixed',
    value,
    goal,
    met: value === null ? null : value <= MOST_LATE_RATIO,
  };
}

function goalAtLeast(name: string, value: number | null, least: number): Goal {
  return { name, value: rounded(value), goal: `>= ${least}`, met: value === null ? null : value >= least };
}

function backGoal(backs: readonly (number | null)[]): Goal {
  const known = backs.filter((back) => back !== null);
  const all = known.length === backs.length;
  const value = all ? round(Math.max(...known)) : null;
  const name = 's until back at the full setting, longest';
  return { name, value, goal: `<= ${MOST_BACK_S}`, met: value !== null && value <= MOST_BACK_S };
}

const lowest = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : Math.min(...(values as number[]));
const rounded = (value: number | null): number | null => (value === null ? null : round(value));

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

function parse(
  args: string[],
): Stretches & { readonly rounds: number; readonly busy: number; readonly traffic: TrafficLevel } {
  const { settle, calm, load, after, ...options } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 1 }),
    settle: wholeNumber({ least: 1, usual: 90 }),
    calm: wholeNumber({ least: 5, usual: 30 }),
    load: wholeNumber({ least: 5, usual: 60 }),
    after: wholeNumber({ least: 5, usual: 90 }),
    busy: wholeNumber({ least: 0, usual: availableParallelism() }),
    traffic: text('rush'),
  });
  return {
    ...options,
    traffic: trafficOf('traffic', options.traffic),
    settleS: settle,
    calmS: calm,
    loadS: load,
    afterS: after,
  };
}
