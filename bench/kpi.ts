import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { scratchFolder, whenEnding } from './harness/ending.js';
import { flag, namesOf, OptionError, optionalText, place, readOptions, text, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { table } from './harness/table.js';
import type { Bench, Case, Pace } from './kpi/case.js';
import { clipChart, overviewChart } from './kpi/charts.js';
import { CONTENDER_NAMES, type Competition, chartedRun, compete } from './kpi/compete.js';
import { filmedCase, findClips } from './kpi/filmed-clips.js';
import { fourOf, fullMemory, medianMemory, naiveMemory, type PeakMemory } from './kpi/four-cameras.js';
import { type ClipOutcome, type FourCameras, goals, worstEstimate } from './kpi/goals.js';
import { judge } from './kpi/judgement.js';
import { findModel } from './kpi/model.js';
import { clipLine, unfinished } from './kpi/progress.js';
import { type CurvePoint, cameraRows, curveRows, decodingRow, type Row, rowOf } from './kpi/rows.js';
import { simulatedCase, trafficOf } from './kpi/simulated-clip.js';
import { timeline } from './kpi/timeline.js';

const USAGE = `npm run -s bench -- kpi [options]

What answering without inference saves and costs: a naive script, every frame inferred, and this program as it comes but for its
tuning, on filmed clips and on the simulated road. docs/benchmarks.md says how it measures. Each clip that is done is told in a
line; a run that is ended tells of those that were done, and keeps nothing.

  --clips DIR       filmed clips (default ../shared/clips beside the project)
  --sims NAMES      traffic of the simulated clips (default light,mixed,rush,night; none for none)
  --only NAMES      some of the clips: file names without their ending, sim-light, …
  --model NAME      of the roadside family (default roadside-n)
  --variant ID      of that model (default default: its first)
  --rounds R        times that every contender runs; medians are reported (default 1)
  --frames MAX      frames at most of each clip (default all)
  --seconds S       how long each runs at a clip's own rate (default 6)
  --steady FRAMES   how many frames each goes through at full speed, of the clip over and over (default 2000)
  --pace PACE       run that the answers are judged by: fast (default), or realtime, which plays each clip as a whole
  --quick           ten minutes: the filmed clips' first 250 frames, short runs (the options named override it)
  --curve           try accuracy floors from 0.9 to 0.995 on each clip, and show share without inference against F1
`;

const FLOORS = [0.9, 0.95, 0.97, 0.985, 0.995];

/** A clip that is to be run: making it may take a while, or fail. */
interface Planned {
  readonly name: string;
  readonly filmed: boolean;
  readonly make: () => Promise<Case>;
}

/** What was measured on the clips so far. */
interface Gathered {
  readonly cases: Case[];
  readonly outcomes: ClipOutcome[];
  readonly rows: Row[];
  readonly curve: CurvePoint[];
}

/** Share without inference, F1, latency, throughput, CPU and memory beside a naive script's; charts go to a folder. */
export async function run(args: string[], charts: string): Promise<BenchReport> {
  const options = parse(args);
  const scratch = scratchFolder('kpi');
  const ffmpeg = await findFfmpeg({ env: process.env });
  const model = await findModel(options.model, options.variant);
  const bench: Bench = {
    model,
    ffmpeg,
    scratch,
    maxFrames: options.frames,
    pacedSeconds: options.seconds,
    steadyFrames: options.steady,
  };
  const runs = model.exported === model.variant ? model.variant : `${model.variant}, naive ${model.exported}`;
  const notes = [`${model.name} ${runs}; ${options.rounds} rounds; ${ffmpeg.version}`];
  const clips = planned(options, bench, notes);
  const gathered: Gathered = { cases: [], outcomes: [], rows: [], curve: [] };
  const { cases, outcomes, rows, curve } = gathered;
  const forget = whenEnding(() => process.stderr.write(unfinished(rows, outcomes.length, clips.length)));
  await runClips(clips, bench, options, charts, gathered);
  const cameras = await fourCameras(bench, cases, options.rounds, notes);
  if (outcomes.some((outcome) => outcome.full)) writeFileSync(join(charts, 'overview.svg'), overviewChart(outcomes));
  const worst = worstEstimate(outcomes);
  if (worst) notes.push(`the audit's estimate was farthest from the F1 on ${worst.name}: ${worst.gap.toFixed(3)}`);
  if (curve.length > 0) {
    notes.push(`\nframes without inference in percent / F1, by accuracyFloor:\n${table(curveRows(curve))}`);
  }
  forget();
  const report = {
    name: 'kpi',
    rows: [...rows, ...cameraRows(cameras)],
    goals: goals(outcomes, cameras),
    notes,
    clips: outcomes,
    cameras,
    curve,
  };
  return report;
}

function parse(args: string[]) {
  const { sims, pace, curve, ...options } = readOptions(args, USAGE, {
    clips: place('../shared/clips'),
    sims: { ...text('light,mixed,rush,night'), quick: 'none' },
    only: optionalText,
    model: text('roadside-n'),
    variant: text('default'),
    rounds: wholeNumber({ least: 1, usual: 1 }),
    frames: wholeNumber<number | null>({ least: 10, usual: null, quick: 250 }),
    seconds: wholeNumber({ least: 2, usual: 6, quick: 3 }),
    steady: wholeNumber({ least: 10, usual: 2000, quick: 300 }),
    pace: text('fast'),
    quick: flag,
    curve: flag,
  });
  return {
    ...options,
    sims: sims === 'none' ? [] : sims.split(',').map((name) => trafficOf('sims', name)),
    pace: paceOf(pace),
    floors: curve ? FLOORS : [],
  };
}

type Options = ReturnType<typeof parse>;

function paceOf(text: string): Pace {
  if (text === 'fast' || text === 'realtime') return text;
  throw new OptionError(`--pace: expected fast or realtime, got ${text}`);
}

/** @throws OptionError where `--only` names a clip that is not there, or nothing is left to run */
function planned({ clips, sims, only }: Options, bench: Bench, notes: string[]): Planned[] {
  const all: Planned[] = [
    ...findClips(bench.ffmpeg.path, clips, notes).map((file) => ({
      name: file.name,
      filmed: true,
      make: async () => filmedCase(file),
    })),
    ...sims.map((traffic) => ({
      name: `sim-${traffic}`,
      filmed: false,
      make: () => simulatedCase(traffic, bench),
    })),
  ];
  if (all.length === 0) throw new OptionError(`there is nothing to run: ${notes.at(-1)}`);
  if (only === null) return all;
  const names = all.map(({ name }) => name);
  const wanted = namesOf('only', only, names);
  return all.filter(({ name }) => wanted.includes(name));
}

async function runClips(
  clips: readonly Planned[],
  bench: Bench,
  options: Options,
  charts: string,
  gathered: Gathered,
): Promise<void> {
  for (const [i, { name, filmed, make }] of clips.entries()) {
    const say = (phase: string) => process.stderr.write(`[${i + 1}/${clips.length}] ${name}: ${phase}\n`);
    try {
      if (!filmed) say('filming the simulated road');
      const clip = await make();
      const competition = await compete(bench, clip, options, say);
      gathered.cases.push(clip);
      const { decodingCpuPer1000 } = competition;
      const outcome = { name, filmed, ...competition.outcomes, decodingCpuPer1000 };
      say(clipLine(outcome));
      gathered.outcomes.push(outcome);
      gathered.rows.push(...competitionRows(name, competition));
      gathered.curve.push(...competition.curve);
      writeClipChart(clip, competition, options.pace, charts);
    } catch (error) {
      say(`left out: ${explain(error)}`);
      gathered.rows.push(rowOf(name, null, explain(error)));
    }
  }
}

function competitionRows(clip: string, { outcomes, failures, decodingCpuPer1000 }: Competition): Row[] {
  return [
    ...CONTENDER_NAMES.map((name) => rowOf(`${clip} ${name}`, outcomes[name], failures[name] ?? null)),
    decodingRow(clip, decodingCpuPer1000),
  ];
}

function writeClipChart(clip: Case, competition: Competition, pace: Pace, folder: string): void {
  const { references } = competition;
  const run = chartedRun(competition, pace);
  if (!run || !references) return;
  const { frames } = judge(run.answers, references);
  const seconds = timeline(run.answers, frames, clip.fps);
  writeFileSync(join(folder, `${clip.name}.svg`), clipChart(clip, seconds, run.answers.length));
}

/** Medians over the rounds, each on the same four clips. */
async function fourCameras(
  bench: Bench,
  clips: readonly Case[],
  rounds: number,
  notes: string[],
): Promise<FourCameras> {
  const four = fourOf(clips);
  const peaks: Record<keyof FourCameras, PeakMemory[]> = { naive: [], full: [] };
  for (let i = 0; i < rounds && four.length > 0; i++) {
    for (const [name, memory] of [['naive', naiveMemory] as const, ['full', fullMemory] as const]) {
      process.stderr.write(`[4 cameras] round ${i + 1}: ${name}\n`);
      try {
        peaks[name].push(await memory(bench, four));
      } catch (error) {
        notes.push(`4 cameras, ${name}: ${explain(error)}`);
      }
    }
  }
  if (four.length > 0) notes.push(`4 cameras: ${four.map(({ name }) => name).join(', ')}`);
  return { naive: medianMemory(peaks.naive), full: medianMemory(peaks.full) };
}
