import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { quantile } from '../../src/foundation/statistics.js';
import { readResults } from '../harness/results.js';
import { type Answer, originOf } from '../kpi/answers.js';
import type { Bench, Case } from '../kpi/case.js';
import { naive, oursCommand } from '../kpi/contenders.js';
import type { CameraAnswer } from '../live/contender-run.js';
import { type MainThread, mainThread, watchedCommand } from './main-thread.js';
import { punctuality, type Stretch } from './punctuality.js';
import { FPS } from './roads.js';
import { type CpuSample, type Phases, together } from './together.js';

const FRAME_MS = 1000 / FPS;
/** So many cameras, answered by one of the contenders. */
export interface Step {
  readonly contender: 'ours' | 'naive';
  readonly cameras: number;
  /** Answers per second. */
  readonly fps: number;
  /** Share of the frames that were due, 0..1. */
  readonly late: number;
  readonly withoutInference: number;
  /** By the program's own audit; null of the naive script, which infers every frame. */
  readonly estimatedF1: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Cores that all processes take, per camera; null where /proc does not tell. */
  readonly cpuPerCamera: number | null;
  /** Cores that everything else on this machine took, this benchmark and what the host gave to others counted; null as above. */
  readonly othersCpu: number | null;
  readonly mainThread: MainThread | null;
}

/** This program with a camera per film. @throws Error with its last words where it fails, or a camera delivers nothing */
export async function ourStep(bench: Bench, films: readonly Case[], phases: Phases): Promise<Step> {
  const folder = mkdtempSync(join(bench.scratch, 'step-'));
  const [results, watched] = [join(folder, 'results.jsonl'), join(folder, 'main-thread.jsonl')];
  const { lastLine, samples } = await together(films.length, phases, (port) => {
    const own = oursCommand(bench, films, { pace: 'realtime', frames: null, port, results }, {});
    return { commands: [watchedCommand(own, watched)], results };
  });
  const byCamera = new Map<string, Answer[]>();
  for (const line of readResults(results) as CameraAnswer[]) {
    const lines = byCamera.get(line.camera);
    if (lines === undefined) byCamera.set(line.camera, [line]);
    else lines.push(line);
  }
  if (byCamera.size < films.length) throw new Error(`only ${byCamera.size} of ${films.length} cameras delivered`);
  const stretch = stretchOf([...byCamera.values()], phases);
  const { answering } = JSON.parse(lastLine) as { answering?: { estimatedF1?: number | null } };
  return {
    ...stepOf('ours', [...byCamera.values()], stretch, samples),
    estimatedF1: answering?.estimatedF1 ?? null,
    mainThread: mainThread(watched, stretch),
  };
}

/** A naive script per film, as such scripts are run, all at the same time. @throws Error with the last words of one that fails */
export async function naiveStep(bench: Bench, films: readonly Case[], phases: Phases): Promise<Step> {
  const folder = mkdtempSync(join(bench.scratch, 'step-'));
  const file = (i: number): string => join(folder, `${i}.jsonl`);
  // one that was ready before the last answers until the stretch of all is over
  const frames = Math.ceil((phases.settleS + phases.judgedS + 2 + films.length) * FPS);
  const { samples } = await together(films.length, phases, (port) => ({
    commands: films.map((film, i) => naive.command(bench, film, { pace: 'realtime', frames, port, results: file(i) })),
    results: null,
  }));
  const lines = films.map((_, i) => readResults(file(i)) as Answer[]);
  return stepOf('naive', lines, stretchOf(lines, phases), samples);
}

/** From when the last camera has delivered its first frame. */
function stretchOf(cameras: readonly (readonly Answer[])[], { settleS, judgedS }: Phases): Stretch {
  const from = Math.max(...cameras.map((lines) => lines[0]?.capturedAt ?? Number.POSITIVE_INFINITY)) + settleS * 1000;
  if (!Number.isFinite(from)) throw new Error('a camera delivered nothing');
  return { from, to: from + judgedS * 1000 };
}

function stepOf(
  contender: Step['contender'],
  cameras: readonly (readonly Answer[])[],
  stretch: Stretch,
  samples: readonly CpuSample[],
): Step {
  const { from, to } = stretch;
  const seconds = (to - from) / 1000;
  const answers = cameras.flat().filter(({ capturedAt }) => capturedAt >= from && capturedAt < to);
  const latencies = answers.map(({ latencyMs }) => latencyMs);
  const counts = cameras.map((lines) => punctuality(lines, stretch, FRAME_MS));
  const within = samples.filter(({ at }) => at >= from && at <= to);
  const [begin, end] = [within[0], within.at(-1)];
  const cores = begin && end ? perSecond(begin, end, ({ cpuSeconds }) => cpuSeconds) : null;
  const machine = begin && end ? perSecond(begin, end, ({ machineSeconds }) => machineSeconds) : null;
  return {
    contender,
    cameras: cameras.length,
    fps: answers.length / seconds,
    late: counts.reduce((sum, { late }) => sum + late, 0) / counts.reduce((sum, { due }) => sum + due, 0),
    withoutInference: answers.filter((answer) => originOf(answer) !== 'inferred').length / Math.max(1, answers.length),
    estimatedF1: null,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
    cpuPerCamera: cores === null ? null : cores / cameras.length,
    othersCpu: cores === null || machine === null ? null : Math.max(0, machine - cores),
    mainThread: null,
  };
}

function perSecond(begin: CpuSample, end: CpuSample, read: (sample: CpuSample) => number | null): number | null {
  const [from, to] = [read(begin), read(end)];
  return from === null || to === null || end.at <= begin.at ? null : (to - from) / ((end.at - begin.at) / 1000);
}
