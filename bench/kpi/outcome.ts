import type { Origin } from '../../src/frame/frame-result.js';
import type { Truth } from '../../src/simulator/road.js';
import { median } from '../harness/statistics.js';
import { originShares } from './answers.js';
import type { Pace } from './case.js';
import { identitySwitches } from './identity.js';
import { judge, type References, reached, trueReferences } from './judgement.js';
import type { Run } from './measure.js';

/** One contender, once at full speed, once so for as long as it takes to settle, and once at the clip's own rate. */
export interface Round {
  readonly fast: Run;
  readonly steady: Run;
  readonly paced: Run;
}

/** What a contender did on a clip: medians over the rounds; null where it could not be measured. */
export interface Outcome {
  /** Share of the answers per origin, 0..1. */
  readonly shares: Readonly<Record<Origin, number>>;
  readonly withoutInference: number;
  /** Against the reference, with hysteresis. */
  readonly f1: number | null;
  readonly recall: number | null;
  readonly sameClass: number | null;
  /** Against the truth of a simulated clip. */
  readonly truthF1: number | null;
  readonly truthRecall: number | null;
  readonly idSwitches: number | null;
  /** The program's own estimate of `f1` in the same run. */
  readonly estimatedF1: number | null;
  /** F1 and share without inference at the clip's own rate, as far as that run went. */
  readonly pacedF1: number | null;
  readonly pacedWithoutInference: number | null;
  /** At the clip's own rate. */
  readonly meanMs: number | null;
  readonly p95Ms: number | null;
  /** Share of the frames that got an answer there. */
  readonly answered: number | null;
  /** At full speed, on the long film. */
  readonly fps: number | null;
  readonly cpuPer1000: number | null;
  /** At the clip's own rate. */
  readonly pacedCpuPer1000: number | null;
  /** Bytes, the largest of all runs. */
  readonly peakRss: number | null;
  readonly peakPss: number | null;
}

/** The run of a round that the answers are judged by. */
export const judgedRun = ({ fast, paced }: Round, pace: Pace): Run => (pace === 'fast' ? fast : paced);

/** @param references null where the reference run failed */
export function outcomeOf(
  rounds: readonly Round[],
  pace: Pace,
  references: References | null,
  truth: readonly Truth[] | null,
): Outcome {
  const judged = rounds.map((round) => judgedRun(round, pace));
  const middle = (read: (round: Round) => number | null) => medianOf(rounds.map(read));
  const shares = judged.map(({ answers }) => originShares(answers));
  const share = (origin: Origin) => median(shares.map((one) => one[origin]));
  const inferred = share('inferred');
  const agreements = references && judged.map(({ answers }) => judge(answers, references));
  const right = truth && judged.map(({ answers }) => judge(answers, trueReferences(truth)));
  return {
    shares: {
      inferred,
      propagated: share('propagated'),
      'reused-memory': share('reused-memory'),
      'reused-disk': share('reused-disk'),
    },
    withoutInference: 1 - inferred,
    f1: medianOf(agreements?.map((one) => one.f1)),
    recall: medianOf(agreements?.map(({ recall }) => recall)),
    sameClass: medianOf(agreements?.map(({ sameClass }) => sameClass)),
    truthF1: medianOf(right?.map((one) => one.f1)),
    truthRecall: medianOf(right?.map(({ recall }) => recall)),
    idSwitches: medianOf(truth && judged.map(({ answers }) => identitySwitches(answers, truth))),
    estimatedF1: medianOf(judged.map(({ estimatedF1 }) => estimatedF1)),
    pacedF1: middle(({ paced }) => references && judge(paced.answers, reached(references, paced.answers)).f1),
    pacedWithoutInference: middle(({ paced }) => 1 - originShares(paced.answers).inferred),
    meanMs: middle(({ paced }) => paced.meanMs),
    p95Ms: middle(({ paced }) => paced.p95Ms),
    answered: middle(({ paced }) => paced.answered),
    fps: middle(({ steady }) => steady.fps),
    cpuPer1000: middle(({ steady }) => steady.cpuPer1000),
    pacedCpuPer1000: middle(({ paced }) => paced.cpuPer1000),
    peakRss: middle(({ fast, steady, paced }) => largest(fast.peakRss, steady.peakRss, paced.peakRss)),
    peakPss: middle(({ fast, steady, paced }) => largest(fast.peakPss, steady.peakPss, paced.peakPss)),
  };
}

/** Of those that are known; null of none. */
export function medianOf(values: readonly (number | null)[] | null | undefined): number | null {
  const numbers = (values ?? []).filter((value) => value !== null);
  return numbers.length === 0 ? null : median(numbers);
}

function largest(...values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : Math.max(...numbers);
}
