import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchReport, Goal } from '../harness/report.js';
import { answerTimes } from '../harness/results.js';
import { median, round } from '../harness/statistics.js';
import { watchedRun } from '../harness/watched-run.js';
import { type Answer, originShares } from '../kpi/answers.js';
import type { Bench, Case } from '../kpi/case.js';
import { naive, oursCommand } from '../kpi/contenders.js';
import { longFilm } from '../kpi/long-film.js';
import { judgeByPeople, type Verdict } from './judge.js';
import type { Sequence } from './sequence.js';

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

/** Sequences in real time: learning, and then all contenders in turns. @returns runs by sequence */
export async function inRealTime(
  sequences: readonly Sequence[],
  bench: Bench,
  { learnS, rounds }: { readonly learnS: number; readonly rounds: number },
): Promise<Map<string, TruthRun[]>> {
  const runs = new Map<string, TruthRun[]>(sequences.map(({ name }) => [name, []]));
  for (const sequence of sequences) {
    const store = await learn(sequence, bench, learnS);
    for (let i = 0; i < rounds; i++) {
      for (const contender of CONTENDERS) {
        process.stderr.write(`${sequence.name}, round ${i + 1}: ${contender}\n`);
        runs.get(sequence.name)!.push(await measure(contender, sequence, bench, store));
      }
    }
  }
  return runs;
}

/** A row a contender. */
export const realTimeRows = (runs: ReadonlyMap<string, readonly TruthRun[]>): BenchReport['rows'] =>
  [...runs].flatMap(([name, own]) => CONTENDERS.map((contender) => rowOf(name, contender, own)));

/** What the program as it comes has over the naive script, sequence by sequence. */
export const realTimeGoals = (runs: ReadonlyMap<string, readonly TruthRun[]>): Goal[] =>
  [...runs].flatMap(([name, own]) => goalsOf(name, own));

function caseOf({ name, film, width, height, fps }: Sequence): Case {
  return { name, clip: film, width, height, fps, truth: null };
}

/** Has the program watch the road as it comes, and keeps what a restart would find of that. @returns a folder of a store */
async function learn(sequence: Sequence, bench: Bench, learnS: number): Promise<string> {
  process.stderr.write(`${sequence.name}: the program watches the road for ${learnS} s\n`);
  const store = join(mkdtempSync(join(bench.scratch, 'learnt-')), 'data');
  const shown = Math.ceil(learnS * sequence.fps);
  const clip = caseOf(sequence);
  const long = { ...clip, clip: longFilm(bench.ffmpeg.path, clip.clip, Math.ceil(shown / 500) + 1, bench.scratch) };
  const { lastLine } = await watchedRun(bench.scratch, shown, (outlets) =>
    oursCommand(bench, [long], { pace: 'realtime', frames: shown, ...outlets }, { ...AS_IT_COMES, store }),
  );
  process.stderr.write(`${sequence.name}: by then ${authorOf(lastLine)} answers\n`);
  return store;
}

const AS_IT_COMES = { model: { name: 'auto', variant: 'auto' }, tune: {} };

async function measure(contender: ContenderName, sequence: Sequence, bench: Bench, learnt: string): Promise<TruthRun> {
  const clip = caseOf(sequence);
  const frames = Math.max(...sequence.truth.map(({ frame }) => frame)) - sequence.firstFrame + 1;
  const { lines, lastLine, usage } = await watchedRun(bench.scratch, frames, (outlets) => {
    const phase = { pace: 'realtime', frames, ...outlets } as const;
    if (contender === 'naive') return naive.command(bench, clip, phase);
    const settings = contender === 'untuned' ? {} : { ...AS_IT_COMES, store: restartedStore(learnt, bench.scratch) };
    return oursCommand(bench, [clip], phase, settings);
  });
  const answers = lines as readonly Answer[];
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
function restartedStore(learnt: string, scratch: string): string {
  const store = join(mkdtempSync(join(scratch, 'restarted-')), 'data');
  mkdirSync(store, { recursive: true });
  if (!existsSync(learnt)) return store;
  for (const name of readdirSync(learnt)) if (LEARNT.test(name)) copyFileSync(join(learnt, name), join(store, name));
  return store;
}

/** Of the summary of `run --json`. */
function authorOf(lastLine: string): string {
  if (!lastLine.startsWith('{')) return '?';
  const { model, variant } = JSON.parse(lastLine) as { model?: string; variant?: string };
  return `${model} ${variant}`;
}

function rowOf(sequence: string, contender: ContenderName, all: readonly TruthRun[]): BenchReport['rows'][number] {
  const own = all.filter((one) => one.contender === contender);
  const of = (figure: (run: TruthRun) => number | null): number | null => medianOf(own.map(figure));
  return {
    sequence,
    contender,
    answeredBy: own.at(-1)!.answeredBy,
    recall: of(({ verdict }) => verdict.recall),
    precision: of(({ verdict }) => verdict.precision),
    f1: of(({ verdict }) => verdict.f1),
    idSwitches: of(({ verdict }) => verdict.idSwitches),
    cpuMsPerFrame: of(({ cpuMsPerFrame }) => cpuMsPerFrame),
    withoutInference: of(({ withoutInference }) => withoutInference),
  };
}

function goalsOf(sequence: string, all: readonly TruthRun[]): Goal[] {
  const of = (contender: ContenderName, figure: (run: TruthRun) => number | null): number | null =>
    medianOf(all.filter((one) => one.contender === contender).map(figure));
  const [tuned, plain] = [of('tuned', ({ verdict }) => verdict.f1)!, of('naive', ({ verdict }) => verdict.f1)!];
  const [cpu, plainCpu] = [of('tuned', (one) => one.cpuMsPerFrame), of('naive', (one) => one.cpuMsPerFrame)];
  const more = round(tuned - plain);
  const share = cpu === null || plainCpu === null ? null : round(cpu / plainCpu);
  return [
    { name: `${sequence}: F1 more than the naive script's`, value: more, goal: `>= ${MORE_F1}`, met: more >= MORE_F1 },
    {
      name: `${sequence}: CPU of the naive script's`,
      value: share,
      goal: `<= ${MOST_CPU}`,
      met: share === null ? null : share <= MOST_CPU,
    },
  ];
}

function medianOf(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : round(median(known));
}
