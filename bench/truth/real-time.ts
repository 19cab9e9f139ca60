import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../src/foundation/errors.js';
import { atLeast, atMost } from '../harness/goal.js';
import type { BenchReport, Goal } from '../harness/report.js';
import { answerTimes } from '../harness/results.js';
import { median, round } from '../harness/statistics.js';
import { watchedRun } from '../harness/watched-run.js';
import { type Answer, originShares } from '../kpi/answers.js';
import type { Bench, Case } from '../kpi/case.js';
import { naive, oursCommand } from '../kpi/contenders.js';
import { longFilm } from '../kpi/long-film.js';
import { judgeByPeople, type Verdict } from './judge.js';
import { framesToJudge, type Sequence } from './sequence.js';

const MORE_F1 = 0.03;
const MOST_CPU = 0.3;
/** What a restart finds of what was learnt: profile, comparison and where the knobs stood; no answers. */
const LEARNT = /^(profiles|history)\.db(-wal)?$/;

const CONTENDERS = ['naive', 'untuned', 'tuned'] as const;
type ContenderName = (typeof CONTENDERS)[number];

export interface TruthRun {
  readonly contender: ContenderName;
  readonly verdict: Verdict;
  readonly cpuMsPerFrame: number | null;
  readonly withoutInference: number;
  /** Models and variants that answered. */
  readonly answeredBy: string;
}

/** What all contenders did with a sequence, and why one of them has less than all rounds. */
export interface TruthRuns {
  readonly runs: readonly TruthRun[];
  readonly failures: Readonly<Partial<Record<ContenderName, string>>>;
}

/**
 * Sequences in real time: learning, and then all contenders in turns; one that fails does not keep the others from theirs.
 *
 * @returns by sequence
 */
export async function inRealTime(
  sequences: readonly Sequence[],
  bench: Bench,
  { learnS, rounds }: { readonly learnS: number; readonly rounds: number },
): Promise<Map<string, TruthRuns>> {
  const all = new Map<string, TruthRuns>();
  for (const sequence of sequences) all.set(sequence.name, await runsOf(sequence, bench, learnS, rounds));
  return all;
}

async function runsOf(sequence: Sequence, bench: Bench, learnS: number, rounds: number): Promise<TruthRuns> {
  const runs: TruthRun[] = [];
  const failures: Partial<Record<ContenderName, string>> = {};
  const attempt = async <Result>(who: ContenderName, work: () => Promise<Result>): Promise<Result | null> => {
    try {
      return await work();
    } catch (error) {
      failures[who] = explain(error);
      process.stderr.write(`${sequence.name}: ${who} failed: ${failures[who]}\n`);
      return null;
    }
  };
  const learnt = await attempt('tuned', () => learn(sequence, bench, learnS));
  for (let i = 0; i < rounds; i++) {
    for (const contender of CONTENDERS) {
      if (contender === 'tuned' && learnt === null) continue;
      process.stderr.write(`${sequence.name}, round ${i + 1}: ${contender}\n`);
      const run = await attempt(contender, () => measure(contender, sequence, bench, learnt));
      if (run !== null) runs.push(run);
    }
  }
  return { runs, failures };
}

/** A row a contender. */
export const realTimeRows = (runs: ReadonlyMap<string, TruthRuns>): BenchReport['rows'] =>
  [...runs].flatMap(([name, own]) => CONTENDERS.map((contender) => rowOf(name, contender, own)));

/** What the program as it comes has over the naive script, sequence by sequence. */
export const realTimeGoals = (runs: ReadonlyMap<string, TruthRuns>): Goal[] =>
  [...runs].flatMap(([name, { runs: own }]) => goalsOf(name, own));

function caseOf({ name, film, width, height, fps }: Sequence): Case {
  return { name, clip: film, width, height, fps, truth: null };
}

/** Has the program watch the road as it comes, and keeps what a restart would find of that. @returns a folder of a store */
async function learn(sequence: Sequence, bench: Bench, learnS: number): Promise<string> {
  process.stderr.write(`${sequence.name}: the program watches the road for ${learnS} s\n`);
  const store = join(mkdtempSync(join(bench.scratch, 'learnt-')), 'data');
  const shown = Math.ceil(learnS * sequence.fps);
  const clip = caseOf(sequence);
  const times = Math.ceil(shown / framesToJudge(sequence)) + 1;
  const long = { ...clip, clip: longFilm(bench.ffmpeg.path, clip.clip, times, bench.scratch) };
  const { lastLine } = await watchedRun(bench.scratch, shown, (outlets) =>
    oursCommand(bench, [long], { pace: 'realtime', frames: shown, ...outlets }, { ...AS_IT_COMES, store }),
  );
  process.stderr.write(`${sequence.name}: by then ${authorOf(lastLine)} answers\n`);
  return store;
}

const AS_IT_COMES = { model: { name: 'auto', variant: 'auto' }, tune: {} };

/** @param learnt a folder of a store, that only the tuned program begins with; null: nobody does */
async function measure(
  contender: ContenderName,
  sequence: Sequence,
  bench: Bench,
  learnt: string | null,
): Promise<TruthRun> {
  const clip = caseOf(sequence);
  const frames = framesToJudge(sequence);
  const { lines, lastLine, usage } = await watchedRun(bench.scratch, frames, (outlets) => {
    const phase = { pace: 'realtime', frames, ...outlets } as const;
    if (contender === 'naive') return naive.command(bench, clip, phase);
    const settings = contender === 'untuned' ? {} : { ...AS_IT_COMES, store: restartedStore(learnt, bench.scratch) };
    return oursCommand(bench, [clip], phase, settings);
  });
  const answers = lines as readonly Answer[];
  if (answers.length === 0) throw new Error('it answered no frame');
  const cpu = usage.cpuPer1000(answerTimes(answers));
  return {
    contender,
    verdict: judgeByPeople(answers, sequence),
    cpuMsPerFrame: cpu,
    withoutInference: contender === 'naive' ? 0 : 1 - originShares(answers).inferred,
    answeredBy: contender === 'naive' ? `${bench.model.name} ${bench.model.exported}` : authorOf(lastLine),
  };
}

/** Profile and knobs of a run before; the answers that it remembers stay behind: these very pictures were in it. */
function restartedStore(learnt: string | null, scratch: string): string {
  const store = join(mkdtempSync(join(scratch, 'restarted-')), 'data');
  mkdirSync(store, { recursive: true });
  if (learnt === null || !existsSync(learnt)) return store;
  for (const name of readdirSync(learnt)) if (LEARNT.test(name)) copyFileSync(join(learnt, name), join(store, name));
  return store;
}

/** Of the summary of `run --json`. */
function authorOf(lastLine: string): string {
  if (!lastLine.startsWith('{')) return '?';
  const { model, variant } = JSON.parse(lastLine) as { model?: string; variant?: string };
  return `${model} ${variant}`;
}

function rowOf(sequence: string, contender: ContenderName, { runs, failures }: TruthRuns): BenchReport['rows'][number] {
  const own = runs.filter((one) => one.contender === contender);
  const failure = failures[contender];
  const of = (figure: (run: TruthRun) => number | null): number | null => medianOf(own.map(figure));
  return {
    sequence,
    contender,
    answeredBy: own.at(-1)?.answeredBy ?? 'nobody',
    recall: of(({ verdict }) => verdict.recall),
    precision: of(({ verdict }) => verdict.precision),
    f1: of(({ verdict }) => verdict.f1),
    idSwitches: of(({ verdict }) => verdict.idSwitches),
    cpuMsPerFrame: of(({ cpuMsPerFrame }) => cpuMsPerFrame),
    withoutInference: of(({ withoutInference }) => withoutInference),
    ...(failure !== undefined && { failed: failure }),
  };
}

function goalsOf(sequence: string, all: readonly TruthRun[]): Goal[] {
  const of = (contender: ContenderName, figure: (run: TruthRun) => number | null): number | null =>
    medianOf(all.filter((one) => one.contender === contender).map(figure));
  const [tuned, plain] = [of('tuned', ({ verdict }) => verdict.f1), of('naive', ({ verdict }) => verdict.f1)];
  const [cpu, plainCpu] = [of('tuned', (one) => one.cpuMsPerFrame), of('naive', (one) => one.cpuMsPerFrame)];
  const more = tuned === null || plain === null ? null : round(tuned - plain);
  const share = cpu === null || plainCpu === null ? null : round(cpu / plainCpu);
  return [
    atLeast(`${sequence}: F1 more than the naive script's`, more, MORE_F1),
    atMost(`${sequence}: CPU of the naive script's`, share, MOST_CPU),
  ];
}

function medianOf(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : round(median(known));
}
