import type { AccuracyEstimate } from './audit-ledger.js';

interface Common {
  /** 0: longest intervals, most tolerant; 1: infer every frame. */
  readonly strictness: number;
  /** For people. */
  readonly reason: string;
  /** ms on the caller's clock. */
  readonly since: number;
}

/** What is done about the accuracy, and why. */
export type AccuracyState =
  | (Common & { readonly kind: 'learning' })
  | (Common & { readonly kind: 'holding' })
  | (Common & { readonly kind: 'tightening'; readonly changedAt: number })
  | (Common & { readonly kind: 'relaxing'; readonly changedAt: number })
  /** The floor is not met at almost full strictness: every frame is inferred; the caller raises an alert. */
  | (Common & { readonly kind: 'failing'; readonly retryAt: number });

export type AccuracyBounds = Pick<
  AccuracyEstimate,
  'estimatedF1' | 'estimatedF1Low' | 'estimatedF1High' | 'effectiveAudits'
>;

export interface AccuracyControlOptions {
  /** `answer.accuracyFloor`: F1, 0.5..1. */
  readonly floor: number;
  /** Strictness while nothing is known; default 0.5. */
  readonly start?: number;
}

const START = 0.5;
/** Audits before intervals are made longer on their word; the floor being missed is believed from any evidence. */
const ENOUGH_AUDITS = 5;
/** What was answered before a step must have left the estimate before the next one. */
const TIGHTEN_EVERY_MS = 15_000;
const TIGHTEN_LEAST = 0.02;
const TIGHTEN_MOST = 0.25;
/** Step for a loss of twice what the floor allows, when sure. */
const TIGHTEN_GAIN = 0.2;
const RELAX_EVERY_MS = 30_000;
const RELAX_STEP = 0.02;
/** No relaxing for so long after tightening. */
const CALM_MS = 300_000;
/** Share of the allowed loss that the whole interval must stay clear of before anything is relaxed. */
const CLEARANCE = 0.1;
/** Tightening ends here: beyond, hardly any answer would be left to measure. */
const STRICTEST = 0.95;
const FAIL_AFTER_MS = 120_000;
const FIRST_RETRY_MS = 600_000;
const LONGEST_RETRY_MS = 7_200_000;
/** Having held the floor for so long, a new failure is retried as soon as the first. */
const TRUSTED_AFTER_MS = 3_600_000;

/**
 * Keeps the configured accuracy with the least inference, by one number.
 *
 * The estimate below the floor → stricter, at most every 15 s, in proportion to the excess, half as much while the
 * interval still reaches the floor. The whole interval clear of the floor → a little more tolerant, every 30 s, and not
 * within 5 min of tightening. Between the two it holds: to be wrong costs accuracy at once, to be careful costs a little
 * inference. At strictness 0.95 and below the floor for 2 min it fails: everything is inferred, and after 10 min, then
 * 20, up to 2 h, it is tried again.
 *
 * Pure: numbers and a time in, a state out.
 */
export class AccuracyControl {
  readonly #floor: number;
  readonly #start: number;
  #state: AccuracyState | null = null;
  #tightenedAt = Number.NEGATIVE_INFINITY;
  #retryMs = FIRST_RETRY_MS;
  /** Since when the floor is missed at the strictest. */
  #missedSince: number | null = null;
  #metSince: number | null = null;

  constructor(options: AccuracyControlOptions) {
    this.#floor = options.floor;
    this.#start = options.start ?? START;
  }

  /** What to do at `now` (ms, any steady clock), given what is known. */
  update(reading: AccuracyBounds, now: number): AccuracyState {
    this.#state = this.#next(this.#state ?? this.#learning(this.#start, now), reading, now);
    return this.#state;
  }

  /** The model or the scene is another: what the control learned does not hold, its strictness is where it begins. */
  restart(now: number): AccuracyState {
    const strictness = Math.max(this.#start, this.#state?.strictness ?? 0);
    this.#tightenedAt = Number.NEGATIVE_INFINITY;
    this.#missedSince = this.#metSince = null;
    this.#retryMs = FIRST_RETRY_MS;
    this.#state = this.#learning(this.#floor >= 1 ? 1 : Math.min(strictness, STRICTEST), now);
    return this.#state;
  }

  #next(state: AccuracyState, reading: AccuracyBounds, now: number): AccuracyState {
    if (this.#floor >= 1) return hold(state, 1, 'the floor is 1: every frame is inferred', now);
    if (state.kind === 'failing') return now < state.retryAt ? state : this.#retry(now);
    const { estimatedF1, estimatedF1Low, effectiveAudits } = reading;
    if (estimatedF1 === null || estimatedF1Low === null) {
      this.#missedSince = null;
      return state.kind === 'learning' ? state : hold(state, state.strictness, 'nothing was measured lately', now);
    }
    if (estimatedF1 < this.#floor) return this.#tighten(state, reading, estimatedF1, now);
    this.#meets(now);
    if (effectiveAudits < ENOUGH_AUDITS && state.kind === 'learning') return state;
    const clear = this.#floor + CLEARANCE * (1 - this.#floor);
    if (estimatedF1Low >= clear && now - this.#tightenedAt >= CALM_MS) return this.#relax(state, reading, now);
    return hold(state, state.strictness, `${told(reading)}, is at or above the floor ${this.#floor}`, now);
  }

  #learning(strictness: number, now: number): AccuracyState {
    return { kind: 'learning', strictness, reason: 'too few audits yet', since: now };
  }

  #meets(now: number): void {
    this.#missedSince = null;
    this.#metSince ??= now;
    if (now - this.#metSince >= TRUSTED_AFTER_MS) this.#retryMs = FIRST_RETRY_MS;
  }

  #tighten(state: AccuracyState, reading: AccuracyBounds, f1: number, now: number): AccuracyState {
    this.#metSince = null;
    if (state.strictness >= STRICTEST) {
      this.#missedSince ??= now;
      if (now - this.#missedSince >= FAIL_AFTER_MS) return this.#fail(reading, now);
    }
    const reason = `${told(reading)}, is below the floor ${this.#floor}`;
    const since = state.kind === 'tightening' ? state.since : now;
    if (now - this.#tightenedAt < TIGHTEN_EVERY_MS) {
      return { kind: 'tightening', strictness: state.strictness, reason, since, changedAt: this.#tightenedAt };
    }
    this.#tightenedAt = now;
    const excess = (1 - f1) / (1 - this.#floor) - 1;
    const sure = (reading.estimatedF1High ?? f1) < this.#floor;
    const step = Math.min(TIGHTEN_MOST, Math.max(TIGHTEN_LEAST, TIGHTEN_GAIN * excess * (sure ? 1 : 0.5)));
    const strictness = Math.max(state.strictness, Math.min(STRICTEST, state.strictness + step));
    return { kind: 'tightening', strictness, reason, since, changedAt: now };
  }

  #relax(state: AccuracyState, reading: AccuracyBounds, now: number): AccuracyState {
    if (state.strictness === 0) return hold(state, 0, `${told(reading)}, is above the floor at no strictness`, now);
    if (state.kind === 'relaxing' && now - state.changedAt < RELAX_EVERY_MS) return state;
    const reason = `${told(reading)}, is clear of the floor ${this.#floor}`;
    const since = state.kind === 'relaxing' ? state.since : now;
    // rounded: a hundred steps of 0.02 must not end beside 0
    const strictness = Math.max(0, Math.round((state.strictness - RELAX_STEP) * 1e6) / 1e6);
    return { kind: 'relaxing', strictness, reason, since, changedAt: now };
  }

  #fail(reading: AccuracyBounds, now: number): AccuracyState {
    const minutes = Math.round(this.#retryMs / 60_000);
    const reason = `${told(reading)}, is below the floor ${this.#floor} even at strictness ${STRICTEST}: every frame is inferred, tried again in ${minutes} min`;
    const retryAt = now + this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    this.#missedSince = null;
    return { kind: 'failing', strictness: 1, reason, since: now, retryAt };
  }

  #retry(now: number): AccuracyState {
    this.#tightenedAt = now;
    const reason = 'every frame was inferred for a while: whether the floor can be met is tried again';
    return { kind: 'relaxing', strictness: STRICTEST, reason, since: now, changedAt: now };
  }
}

function hold(state: AccuracyState, strictness: number, reason: string, now: number): AccuracyState {
  return { kind: 'holding', strictness, reason, since: state.kind === 'holding' ? state.since : now };
}

function told({ estimatedF1, estimatedF1Low, estimatedF1High }: AccuracyBounds): string {
  const three = (f1: number | null) => (f1 === null ? '?' : f1.toFixed(3));
  return `the estimated F1, ${three(estimatedF1)} (${three(estimatedF1Low)} to ${three(estimatedF1High)})`;
}
