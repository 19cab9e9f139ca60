import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { FPS, ROADS, Roads, SIZE } from './cameras/roads.js';
import { naiveStep, ourStep, type Phases, type Step } from './cameras/step.js';
import { atLeast, atMost } from './harness/goal.js';
import { count, OptionError } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { round } from './harness/statistics.js';
import type { Bench, Case } from './kpi/case.js';
import { findClips } from './kpi/filmed-clips.js';
import { findModel } from './kpi/model.js';

const USAGE = `npm run -s bench -- cameras [options]

How many cameras (${SIZE.width}x${SIZE.height}, ${FPS} frames/s, busy roads, in real time) this machine answers: more are added until 1 % of
the frames are late. Then the naive script, one per camera.

  --clips DIR      filmed roads (default ../shared/clips beside the project)
  --seconds S      judged of each step (default 20), after as many to settle as --settle says (default 8)
  --counts LIST    cameras, ascending (default 1,2,4,8,12,16,20,24,28,32,36,40,48)
  --settle S
  --quick          1,4,8,12,16,20,24 cameras, 8 seconds after 5
`;

const COUNTS = '1,2,4,8,12,16,20,24,28,32,36,40,48';
const QUICK = { counts: '1,4,8,12,16,20,24', seconds: '8', settle: '5' };
/** Of the frames that were due. */
const MOST_LATE = 0.01;
const MOST_NAIVE = 16;

const GOAL = { cameras: 24, times: 10, f1: 0.97, cpuGrowth: 1.1, p95Ms: 8, gcShare: 0.03, fullPer10S: 1 } as const;

/** A row a step: ours by number of cameras, then the naive script's. */
export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = mkdtempSync(join(tmpdir(), 'edge-cameras-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130)); // the exit handlers end the contender's processes
  const ffmpeg = await findFfmpeg({ env: process.env });
  const notes: string[] = [];
  const clips = findClips(ffmpeg.path, options.clips, notes).filter(({ name }) => ROADS.includes(name));
  if (clips.length === 0) throw new OptionError(`--clips: expected some of ${ROADS.join(', ')} in ${options.clips}`);
  const model = await findModel('roadside-n', 'default');
  const bench: Bench = { model, ffmpeg, scratch, maxFrames: null, pacedSeconds: 0, steadyFrames: 0 };
  // a film ends after the program does: what it shows until all cameras are there is not judged
  const roads = new Roads(ffmpeg.path, clips, scratch, options.settleS + options.judgedS + 40);
  const films: Case[] = [];
  const filmed = (cameras: number): readonly Case[] => {
    for (let i = films.length; i < cameras; i++) {
      films.push({ name: `camera-${i}`, clip: roads.film(i), ...SIZE, fps: FPS, truth: null });
    }
    return films.slice(0, cameras);
  };
  const ours = await climb('ours', options.counts, (cameras) => ourStep(bench, filmed(cameras), options), notes);
  const counts = Array.from({ length: MOST_NAIVE }, (_, i) => i + 1);
  const naive = await climb('naive', counts, (cameras) => naiveStep(bench, filmed(cameras), options), notes);
  notes.push(
    `${clips.map(({ name }) => name).join(', ')}, each camera from another moment on; ${model.name} ${model.variant}`,
    `${options.judgedS} s of each step judged, after ${options.settleS}; late: no answer 200 ms after the frame was due`,
  );
  return { name: 'cameras', rows: [...ours, ...naive].map(rowOf), goals: goals(ours, naive), notes };
}

/** Goes on until a step has too many late frames, or fails. */
async function climb(
  name: string,
  counts: readonly number[],
  stepOf: (cameras: number) => Promise<Step>,
  notes: string[],
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const cameras of counts) {
    process.stderr.write(`${name}: ${cameras} cameras\n`);
    try {
      const step = await stepOf(cameras);
      steps.push(step);
      process.stderr.write(`  ${JSON.stringify(rowOf(step))}\n`);
      if (step.late > MOST_LATE) break;
    } catch (error) {
      notes.push(`${name}, ${cameras} cameras: ${explain(error)}`);
      break;
    }
  }
  return steps;
}

function rowOf({ contender, mainThread, ...step }: Step): Row {
  const rounded = (value: number | null | undefined): number | null => (value == null ? null : round(value));
  return {
    contender,
    cameras: step.cameras,
    fps: round(step.fps),
    late: round(step.late),
    without: round(step.withoutInference),
    estimatedF1: rounded(step.estimatedF1),
    p50Ms: rounded(step.p50Ms),
    p95Ms: rounded(step.p95Ms),
    cpuPerCamera: rounded(step.cpuPerCamera),
    mainBusy: rounded(mainThread?.busy),
    gcShare: rounded(mainThread?.gcShare),
    fullPer10S: rounded(mainThread?.fullPer10S),
  };
}

const kept = (steps: readonly Step[]): number =>
  Math.max(0, ...steps.filter(({ late }) => late <= MOST_LATE).map(({ cameras }) => cameras));

/** What this machine must be able to do. */
export function goals(ours: readonly Step[], naive: readonly Step[]): Goal[] {
  const at = (cameras: number): Step | undefined => ours.find((step) => step.cameras === cameras);
  const most = kept(ours);
  const theirs = kept(naive);
  const [one, sixteen] = [at(1)?.cpuPerCamera ?? null, at(16)?.cpuPerCamera ?? null];
  const growth = one === null || sixteen === null ? null : Math.max(sixteen / one, one / sixteen);
  return [
    atLeast('cameras', most, GOAL.cameras),
    atLeast('times as many as the naive script', theirs === 0 ? null : most / theirs, GOAL.times),
    atLeast('estimated F1 with these', at(most)?.estimatedF1 ?? null, GOAL.f1),
    atMost('CPU per camera with 16, against with one', growth, GOAL.cpuGrowth),
    atMost('p95 with 12 cameras, ms', at(12)?.p95Ms ?? null, GOAL.p95Ms),
    atMost('share of the main thread for garbage with 8 cameras', at(8)?.mainThread?.gcShare ?? null, GOAL.gcShare),
    atMost('full collections in 10 s with 8 cameras', at(8)?.mainThread?.fullPer10S ?? null, GOAL.fullPer10S),
  ];
}

function parse(args: string[]): Phases & { readonly clips: string; readonly counts: readonly number[] } {
  const quick = args.includes('--quick') ? QUICK : null;
  const { values } = parseArgs({
    args,
    options: {
      clips: { type: 'string', default: join(PROJECT_ROOT, '../shared/clips') },
      seconds: { type: 'string', default: quick?.seconds ?? '20' },
      settle: { type: 'string', default: quick?.settle ?? '8' },
      counts: { type: 'string', default: quick?.counts ?? COUNTS },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    process.exit(0);
  }
  return {
    clips: values.clips,
    counts: values.counts.split(',').map((text) => count('counts', text, 1)),
    judgedS: count('seconds', values.seconds, 2),
    settleS: count('settle', values.settle, 1),
  };
}
