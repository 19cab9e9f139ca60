import type { AuditBudget } from './audit-budget.js';
import type { AnsweredOrigin } from './audit-ledger.js';

export interface AuditSamplerOptions {
  /** `answer.auditShare`: of the frames answered without inference, 0..1. */
  readonly share: number;
  /** Shared by the cameras. */
  readonly budget: AuditBudget;
  /** 0 ≤ x < 1; default Math.random. */
  readonly random?: () => number;
  /** So many times the share is audited while uncertain, at most; default 2. */
  readonly boost?: number;
}

/** What became of the frames that were picked; every counter only grows. */
export interface AuditCounters {
  /** Frames picked. */
  due: number;
  /** Frames audited. */
  taken: number;
  /** Picked while the detector was busy; a like frame later takes the place. */
  postponed: number;
  /** Postponed for too long or too many at once: never audited. */
  lost: number;
}

const BOOST = 2;
/** More audits until there were so many. */
const ENOUGH_AUDITS = 30;
/** Half widths of the interval between which the share rises to its most. */
const NARROW = 0.015;
const WIDE = 0.045;
/** A change of light or model is news for about so long. */
const FRESH_HALF_LIFE_MS = 60_000;
/** Strata: two classes of origin by octaves of age, from 50 ms to 25 s and beyond. */
const OCTAVES = 10;
const FIRST_OCTAVE_MS = 50;
const STRATA = 2 * OCTAVES;
/** Postponed audits of one stratum. */
const MAX_POSTPONED = 2;
const POSTPONED_FOR_MS = 30_000;
/** A frame that could make up for a postponed one does so with this chance. */
const TAKE_UP = 0.25;

/**
 * Picks the answers of one camera that are inferred anyway, to measure the error. The answer itself is given as it is:
 * an audit changes nothing and delays nothing.
 *
 * *Which*: one frame at a random place in each successive 1/share frames, separately for propagated and reused answers.
 * Every frame has the same chance, whatever the rhythm of the inferences, and there is never a long time without an audit,
 * as there is where each frame is drawn for itself.
 *
 * *How many*: the share, and up to twice as many while little is known: few audits, a wide interval, another light,
 * another model. Frames picked at a higher share stand for fewer others: their weight says so, or a time of trouble would
 * count double in the estimate.
 *
 * *When the detector is busy*: it is busy just after inferences, that is while answers are young, and when much happens on
 * another camera; to skip those frames would leave the old answers and the quiet times, and an estimate that is wrong. So
 * a picked frame that cannot be inferred is postponed to a later one of its stratum: the same class of origin, and an age
 * in the same octave. Not to the very first one, which always comes right after something: each takes it up with chance
 * 1/4. At an age at which it is never idle nothing is audited, and such audits are counted as lost; the ledger judges each
 * audit by what is expected of its own age, so that this shifts nothing. What remains (errors that differ between busy and
 * idle times at one age) cannot be seen without delaying somebody.
 */
export class AuditSampler {
  readonly counters: AuditCounters = { due: 0, taken: 0, postponed: 0, lost: 0 };
  readonly #share: number;
  readonly #budget: AuditBudget;
  readonly #random: () => number;
  readonly #boost: number;
  /** Per class: how far its current block of frames is, and where in it the picked frame lies; 0..1. */
  readonly #progress = new Float64Array(2);
  readonly #mark = new Float64Array(2).fill(-1);
  /** Per stratum: postponed audits, the sum of their weights, and when the latest was added. */
  readonly #waiting = new Uint8Array(STRATA);
  readonly #waitingWeight = new Float64Array(STRATA);
  readonly #waitingSince = new Float64Array(STRATA);
  #need = 1;
  #fresh = 0;
  #freshAt = 0;

  constructor(options: AuditSamplerOptions) {
    this.#share = options.share;
    this.#budget = options.budget;
    this.#random = options.random ?? Math.random;
    this.#boost = options.boost ?? BOOST;
  }

  /**
   * Told of every frame that was answered without inference.
   *
   * @param idle whether a worker has nothing to do and no frame waits for one
   * @param now ms on the clock of the budget
   * @returns 0: no audit; otherwise infer this frame and record the outcome with this weight
   */
  offer(origin: AnsweredOrigin, ageMs: number, idle: boolean, now: number): number {
    if (this.#share === 0) return 0;
    this.#budget.observe(idle, now);
    const can = idle && this.#budget.allows;
    const kind = origin === 'propagated' ? 0 : 1;
    const stratum = kind * OCTAVES + octave(ageMs);
    const share = this.shareAt(now);
    const weight = this.#share / share;
    if (this.#isPicked(kind, share)) {
      this.counters.due++;
      if (can) return this.#take(weight);
      this.#postpone(stratum, weight, now);
    } else if (can && this.#waiting[stratum]! > 0) return this.#makeUp(stratum, now);
    return 0;
  }

  /** Adapts the share to what is known: the ledger's audits, and half the width of its interval (null: no box was compared that tells). */
  know(effectiveAudits: number, halfWidth: number | null): void {
    const few = 1 - effectiveAudits / ENOUGH_AUDITS;
    // many audits that tell nothing are those of an empty road: more of them would tell no more
    const wide = halfWidth === null ? 0 : (halfWidth - NARROW) / (WIDE - NARROW);
    this.#need = Math.min(1, Math.max(0, few, wide));
  }

  /** The light or the model changed: what is known may not hold. */
  renew(now: number): void {
    this.#fresh = 1;
    this.#freshAt = now;
    for (const waiting of this.#waiting) this.counters.lost += waiting;
    this.#waiting.fill(0);
    this.#waitingWeight.fill(0);
  }

  /** Share that is audited at `now`, 0..1. */
  shareAt(now: number): number {
    const fresh = this.#fresh * 0.5 ** (Math.max(0, now - this.#freshAt) / FRESH_HALF_LIFE_MS);
    return Math.min(1, this.#share * (1 + (this.#boost - 1) * Math.max(this.#need, fresh)));
  }

  #isPicked(kind: number, share: number): boolean {
    if (this.#mark[kind]! < 0) this.#mark[kind] = this.#random();
    const before = this.#progress[kind]!;
    const after = before + share;
    let picked = before <= this.#mark[kind]! && this.#mark[kind]! < after;
    this.#progress[kind] = after;
    if (after >= 1) {
      // the next block begins within this frame
      this.#progress[kind] = after - 1;
      this.#mark[kind] = this.#random();
      picked ||= this.#mark[kind]! < after - 1;
    }
    return picked;
  }

  #take(weight: number): number {
    this.counters.taken++;
    return weight;
  }

  #postpone(stratum: number, weight: number, now: number): void {
    this.#expire(stratum, now);
    if (this.#waiting[stratum] === MAX_POSTPONED) {
      this.counters.lost++;
      return;
    }
    this.counters.postponed++;
    this.#waiting[stratum]!++;
    this.#waitingWeight[stratum]! += weight;
    this.#waitingSince[stratum] = now;
  }

  #makeUp(stratum: number, now: number): number {
    this.#expire(stratum, now);
    const waiting = this.#waiting[stratum]!;
    if (waiting === 0 || this.#random() >= TAKE_UP) return 0;
    const weight = this.#waitingWeight[stratum]! / waiting;
    this.#waiting[stratum] = waiting - 1;
    this.#waitingWeight[stratum]! -= weight;
    return this.#take(weight);
  }

  #expire(stratum: number, now: number): void {
    if (this.#waiting[stratum] === 0 || now - this.#waitingSince[stratum]! < POSTPONED_FOR_MS) return;
    this.counters.lost += this.#waiting[stratum]!;
    this.#waiting[stratum] = 0;
    this.#waitingWeight[stratum] = 0;
  }
}

function octave(ageMs: number): number {
  return ageMs < FIRST_OCTAVE_MS ? 0 : Math.min(OCTAVES - 1, 1 + Math.floor(Math.log2(ageMs / FIRST_OCTAVE_MS)));
}
