import type { KnobName } from '../knobs.js';
import type { Optimization, ProposedChange, Score } from '../optimization-strategy.js';
import type { Circumstances } from './circumstances.js';
import { type GuardReadings, harmOf } from './guards.js';
import { judgeScores, LEAST_SCORES, scoreSummary } from './judgement.js';
import { Refusals } from './refusals.js';
import type { EndedTrial, TrialRecord, TrialScore, TrialVerdict } from './trial.js';

/** What was measured at one moment. */
export interface TrialSample {
  /** ms that only go forward. */
  readonly at: number;
  readonly score: Score;
  readonly guards: GuardReadings;
  readonly cameras: number;
}

/** A trial that is to begin. */
export interface TrialBegin {
  readonly strategy: Optimization;
  readonly change: ProposedChange;
  readonly circumstances: Circumstances | null;
  /** ms that only go forward. */
  readonly now: number;
  /** ms. */
  readonly unixNow: number;
}

/** How a trial is to end, and why. */
export interface TrialEnd {
  readonly verdict: TrialVerdict;
  readonly why: string;
}

/** One under way. */
interface RunningTrial {
  record: TrialRecord;
  readonly change: ProposedChange;
  readonly windowMs: number;
  readonly before: readonly TrialSample[];
  /** ms that only go forward; null while it is being applied. */
  appliedAt: number | null;
  readonly since: TrialSample[];
}

/** Part of the window that a change takes to settle: what is measured then is a mixture of before and after. */
const SETTLING = 0.25;
/** Windows after settling, after which harm that is beyond doubt is not watched any longer. */
const HARM_AFTER = 0.5;
/** How much more uncertain half a window is taken to be. */
const DOUBT = 2;
/** Windows after settling: of what cannot be told for sure what is more likely counts then, so that it is decided two windows after the change. */
const JUDGED_AFTER = 1.7;
/** And after so many it ends whether or not anything was measured. */
const EXPIRES_AFTER = 4;
/** ms for which what was measured is kept: an hour, the longest window that any strategy has, and the tenth more that is looked back. */
const KEPT_MS = 4_000_000;
/** Readings that a window must have room for: that settles, and leaves as many as a score is made of. */
const LEAST_READINGS = LEAST_SCORES + 1;
/** Default pace of the readings. */
export const SAMPLE_EVERY_MS = 5000;

/**
 * Every change is a trial: score before, change, settle, score after; kept, rolled back where it harmed, or expired. Says what is to
 * be done, and does nothing itself. One at a time for each set of knobs; what was rolled back is refused for a while.
 */
export class TuningTrials {
  readonly #running = new Map<string, RunningTrial>();
  /** What was measured lately, by strategy. */
  readonly #samples = new Map<Optimization, TrialSample[]>();
  readonly #refusals: Refusals;
  /** ms that only go forward: since when what a strategy's knobs stand at has stood, by strategy. */
  readonly #stoodSince = new Map<Optimization, number>();
  readonly #paceMs: number;
  #count = 0;

  /**
   * @param earlier trials of earlier runs, oldest first
   * @param paceMs from one reading of a score to the next: what is read seldom takes longer to be judged
   */
  constructor(earlier: readonly TrialRecord[] = [], paceMs = SAMPLE_EVERY_MS) {
    this.#refusals = new Refusals(earlier);
    this.#paceMs = paceMs;
  }

  /** Oldest first. */
  get underWay(): readonly TrialRecord[] {
    return [...this.#running.values()].map(({ record }) => record);
  }

  /** Those that move one of the knobs of the change; of a strategy that moves none, its own. */
  inTheWayOf(strategy: Optimization, { knobs }: Pick<ProposedChange, 'knobs'>): readonly TrialRecord[] {
    return this.underWay.filter((record) => {
      if (record.strategy === strategy) return true;
      return record.knobs.some((knob: KnobName) => knobs.includes(knob));
    });
  }

  /** See `Refusals.against`. */
  refusal(strategy: Optimization, change: ProposedChange, now: Circumstances | null, unixNow: number): string | null {
    return this.#refusals.against(strategy, change, now, unixNow);
  }

  /** ms for which must be measured still, before the change can be tried; 0: it can. An emergency always can. */
  msToMeasure(strategy: Optimization, change: ProposedChange, now: number): number {
    if (change.isEmergency) return 0;
    const windowMs = this.#windowOf(change);
    const samples = this.#before(strategy, windowMs, now);
    const spanMs = samples.length === 0 ? 0 : now - samples[0]!.at;
    const scored = samples.filter(({ score }) => Number.isFinite(score.value)).length;
    // the first reading of a window is as old as the window but for the pace of the readings
    const missingMs = windowMs * 0.9 - spanMs;
    return missingMs > 0 ? Math.ceil(missingMs) : scored >= LEAST_SCORES ? 0 : Math.max(1, Math.ceil(windowMs / 10));
  }

  /** Writes down what begins; it is to be kept before it is applied. */
  begin({ strategy, change, circumstances, now, unixNow }: TrialBegin): TrialRecord {
    const windowMs = this.#windowOf(change);
    const before = this.#before(strategy, windowMs, now);
    const { knobs, from, to, reason, isEmergency = false } = change;
    const record: TrialRecord = {
      id: `${unixNow.toString(36).padStart(9, '0')}-${strategy}-${(this.#count++).toString(36)}`,
      strategy,
      knobs,
      from,
      to,
      reason,
      isEmergency,
      circumstances,
      startedAt: unixNow,
      before: scoreSummary(before.map(({ score }) => score)),
      after: null,
      endedAt: null,
      verdict: null,
      why: null,
      undone: null,
    };
    this.#running.set(record.id, { record, change, windowMs, before, appliedAt: null, since: [] });
    return record;
  }

  /** What was begun is applied now: from here on it settles. */
  applied(id: string, now: number): void {
    const trial = this.#running.get(id);
    if (trial) trial.appliedAt = now;
  }

  /** @returns the trials of the strategy that are to end now, and how */
  observe(strategy: Optimization, sample: TrialSample): readonly { readonly id: string; readonly end: TrialEnd }[] {
    const samples = this.#samples.get(strategy) ?? [];
    this.#samples.set(strategy, samples);
    addTo(samples, sample);
    return [...this.#running].flatMap(([id, trial]) => {
      if (trial.record.strategy !== strategy || trial.appliedAt === null) return [];
      const end = verdictOf(trial, trial.appliedAt, sample);
      return end === null ? [] : [{ id, end }];
    });
  }

  /**
   * Closes a trial.
   *
   * @param undone whether what was before stands again; null where that is not wanted
   * @param now ms that only go forward
   * @param unixNow ms
   */
  end(id: string, { verdict, why }: TrialEnd, undone: boolean | null, now: number, unixNow: number): EndedTrial | null {
    const trial = this.#running.get(id);
    if (!trial) return null;
    this.#running.delete(id);
    const after = scoreSummary(lastWindow(trial.since, now - trial.windowMs));
    // a clock that was set back meanwhile
    const endedAt = Math.max(unixNow, trial.record.startedAt);
    const ended: EndedTrial = { ...trial.record, after, endedAt, verdict, why, undone };
    this.#stoodSince.set(ended.strategy, now);
    this.#refusals.learn(ended);
    return ended;
  }

  /**
   * What was kept was taken back after all, because somebody wanted that: it is not tried again for a while.
   *
   * @param now ms that only go forward
   * @param unixNow ms
   */
  takenBack(kept: EndedTrial, why: string, now: number, unixNow: number): EndedTrial {
    const endedAt = Math.max(unixNow, kept.startedAt);
    const trial: EndedTrial = { ...kept, endedAt, verdict: 'rolled-back', why, undone: true };
    this.disturbed(kept.strategy, now);
    this.#refusals.learn(trial);
    return trial;
  }

  /** What happened to the strategy's knobs besides trials: what was measured before says nothing any more. */
  disturbed(strategy: Optimization, now: number): void {
    this.#stoodSince.set(strategy, now);
  }

  /** What was measured in the window before, as far as what stands now stood then. */
  #before(strategy: Optimization, windowMs: number, now: number): readonly TrialSample[] {
    const settled = (this.#stoodSince.get(strategy) ?? Number.NEGATIVE_INFINITY) + windowMs * SETTLING;
    const from = Math.max(now - windowMs * 1.1, settled);
    return (this.#samples.get(strategy) ?? []).filter(({ at }) => at >= from);
  }

  /** As long as the change says, and a few readings at least: but for an emergency, of which no scores are compared. */
  #windowOf({ windowMs, isEmergency = false }: ProposedChange): number {
    return Math.max(1, windowMs, isEmergency ? 0 : LEAST_READINGS * this.#paceMs);
  }
}

function addTo(samples: TrialSample[], sample: TrialSample): void {
  samples.push(sample);
  while (samples[0]!.at < sample.at - KEPT_MS) samples.shift();
}

/** null: it goes on. */
function verdictOf(trial: RunningTrial, appliedAt: number, sample: TrialSample): TrialEnd | null {
  const { change, windowMs, record, before, since } = trial;
  const settlingMs = windowMs * SETTLING;
  const passedMs = sample.at - appliedAt;
  if (passedMs <= settlingMs) return null;
  addTo(since, sample);
  // what an emergency flees from began in the readings before it, and is no harm that it does
  const compared = record.isEmergency ? before.slice(-1) : before;
  const harm = harmOf(guardsOf(compared), guardsOf(since), change.priceF1);
  if (harm !== null) return { verdict: 'rolled-back', why: `it harms: ${harm}` };
  const camerasBefore = before.at(-1)?.cameras;
  if (!record.isEmergency && camerasBefore !== undefined && camerasBefore !== sample.cameras) {
    return {
      verdict: 'expired',
      why: `there were ${camerasBefore} cameras before and ${sample.cameras} after: the scores cannot be compared`,
    };
  }
  const windows = (passedMs - settlingMs) / windowMs;
  // what was measured in the last window: a change that takes long to show its worth, or its harm, is judged by what it came to
  const after = scoreSummary(lastWindow(since, sample.at - windowMs));
  if (windows < 1) return windows < HARM_AFTER || record.isEmergency ? null : clearHarm(record.before, after, change);
  if (record.isEmergency) return { verdict: 'kept', why: 'it was an emergency, and did no harm' };
  if (record.before !== null && after !== null) {
    const judgement = judgeScores(record.before, after, change, windows >= JUDGED_AFTER);
    const { verdict, why } = judgement;
    if (verdict !== 'more') return { verdict, why };
  }
  if (windows < EXPIRES_AFTER) return null;
  return { verdict: 'expired', why: 'too little was measured to tell what it brought' };
}

/** null: none, or none that is beyond doubt. */
function clearHarm(before: TrialScore | null, after: TrialScore | null, change: ProposedChange): TrialEnd | null {
  if (before === null || after === null) return null;
  const doubtful = { value: after.value, error: after.error * DOUBT, samples: after.samples, parts: after.parts };
  const { verdict, why } = judgeScores(before, doubtful, { leastEffect: change.leastEffect }, false);
  return verdict === 'rolled-back' ? { verdict, why } : null;
}

const lastWindow = (samples: readonly TrialSample[], from: number): Score[] =>
  samples.filter(({ at }) => at > from).map(({ score }) => score);

const guardsOf = (samples: readonly TrialSample[]): GuardReadings[] => samples.map(({ guards }) => guards);
