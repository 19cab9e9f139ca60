import type { Origin } from '../../frame/frame-result.js';
import type { AuditCounts, AuditHour } from '../../store/audit-counts.js';
import { f1, type Tally } from './agreement.js';
import { type HourExperience, HoursOfDay } from './hours-of-day.js';
import { type LossEstimate, LossModel } from './loss-model.js';

/** Where an answer without inference came from. */
export type AnsweredOrigin = Exclude<Origin, 'inferred'>;

export interface Evidence {
  readonly origin: AnsweredOrigin;
  /** ms from the inference behind the answer to its frame. */
  readonly ageMs: number;
  /** The answer against an inference of its frame. */
  readonly tally: Tally;
  /** `random`: an audit; `scheduled`: an ordinary inference that ended a run of answers without one. */
  readonly kind: 'random' | 'scheduled';
  /** Of an audit, as the sampler gave it; default 1. */
  readonly weight?: number;
}

/** F1 is against inferring every frame. null where nothing is known, or there were too few boxes to tell. */
export interface AccuracyEstimate {
  /** Of all answers, inferred ones counting as 1. */
  readonly estimatedF1: number | null;
  /** Bounds that hold the true value in about 95 % of cases. */
  readonly estimatedF1Low: number | null;
  readonly estimatedF1High: number | null;
  /** Of the propagated answers alone. */
  readonly propagationF1: number | null;
  /** Share of the audited reused answers that missed a vehicle or had an F1 below 0.9. */
  readonly wrongReuseRatio: number | null;
  /** Random audits behind it, older ones counting less. */
  readonly effectiveAudits: number;
}

export interface AuditLedgerOptions {
  /** Hour of the day at the device, 0..23, of a time in Unix ms. */
  readonly localHour: (at: number) => number;
  /** After this much time what was measured counts half; default 1 h. */
  readonly evidenceHalfLifeMs?: number;
  /** The same for which answers were given, and how old; default 1 min, as control changes it and must see it. */
  readonly answersHalfLifeMs?: number;
}

type Counters = { -readonly [name in keyof AuditCounts]: number };

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const FADE_EVERY_MS = 1000;
const WRONG_BELOW_F1 = 0.9;
/** Normal deviate of a two-sided 95 % interval. */
const Z95 = 1.96;
/** 2TP + FP + FN of what was compared, and of what was inferred of late, below which nobody can tell: twenty boxes. */
const LEAST_COMPARED = 40;
/** The same of the answers given of late: about one box in one of them. */
const LEAST_ANSWERED = 2;
/** A change of the light: what was measured before says little, but more than nothing. */
const AFTER_LIGHT = 0.2;

/**
 * What is known about the accuracy of one camera's answers, live.
 *
 * Every answer is told (`answered`), every comparison recorded (`record`). The loss (1 - F1, over all boxes of many
 * frames together) of propagated and of reused answers is estimated by a `LossModel` each; propagated ones wear out with
 * age, and a reused scene does not. The classes are joined by their sizes in boxes among the recent answers, with inferred
 * ones at loss 0:
 *
 *   loss = Σ size × loss of class ÷ Σ size, variance = Σ (size share × loss × spread)²
 *
 * and the 95 % interval is loss × e^(±1.96 × relative spread): never negative, longer towards the worse side, as few
 * errors tell little about rare ones. With little evidence the expected loss is that of the same hour of day before.
 *
 * Where hardly any box was compared, or none was answered of late, there is no estimate: that an empty answer agrees with an
 * empty inference says nothing of boxes.
 */
export class AuditLedger {
  readonly #evidenceHalfLifeMs: number;
  readonly #answersHalfLifeMs: number;
  // detections wander slowly at first, then faster; triggered inferences show more errors than were answered
  readonly #propagated = new LossModel({ exponent: 1.3, priorLoss: 0.03, priorRatio: 0.9 });
  readonly #reused = new LossModel({ exponent: 0, priorLoss: 0.02, priorRatio: 1 });
  readonly #hours: HoursOfDay;
  /** 2TP + FP + FN of everything compared. */
  #compared = 0;
  #inferredSize = 0;
  #inferredFrames = 0;
  #reuseAudits = 0;
  #wrongReuses = 0;
  #fadedAt: number | null = null;
  #totals = noTotals();

  constructor(options: AuditLedgerOptions) {
    this.#hours = new HoursOfDay(options.localHour);
    this.#evidenceHalfLifeMs = options.evidenceHalfLifeMs ?? HOUR_MS;
    this.#answersHalfLifeMs = options.answersHalfLifeMs ?? MINUTE_MS;
  }

  /**
   * A frame was answered. Called for every frame.
   *
   * @param boxes of the answer
   * @param now Unix ms
   */
  answered(origin: Origin, ageMs: number, boxes: number, now: number): void {
    this.#fade(now);
    switch (origin) {
      case 'inferred':
        this.#totals.inferred++;
        this.#inferredFrames++;
        this.#inferredSize += 2 * boxes;
        break;
      case 'propagated':
        this.#totals.propagated++;
        this.#propagated.answered(ageMs, boxes);
        break;
      case 'reused-memory':
        this.#totals.reusedMemory++;
        this.#reused.answered(ageMs, boxes);
        break;
      case 'reused-disk':
        this.#totals.reusedDisk++;
        this.#reused.answered(ageMs, boxes);
        break;
    }
  }

  /** Takes the outcome of an audit or of an ordinary inference. `now` in Unix ms. */
  record({ origin, ageMs, tally, kind, weight = 1 }: Evidence, now: number): void {
    this.#fade(now);
    const { truePositives, falsePositives, misses } = tally;
    const errors = falsePositives + misses;
    const size = 2 * truePositives + errors;
    this.#compared += size * weight;
    const model = origin === 'propagated' ? this.#propagated : this.#reused;
    if (kind === 'scheduled') {
      model.scheduled(ageMs, errors, size);
      return;
    }
    model.audited(ageMs, errors, size, misses - falsePositives, weight);
    const propagated = origin === 'propagated';
    const wrong = !propagated && isWrong(tally);
    this.#hours.record({ propagated, errors, size, wrong }, now);
    this.#totals.audits++;
    this.#totals.truePositives += truePositives;
    this.#totals.falsePositives += falsePositives;
    this.#totals.misses += misses;
    if (propagated) {
      this.#totals.propagatedErrors += errors;
      this.#totals.propagatedSize += size;
    } else this.#recordReuse(wrong, weight);
  }

  #recordReuse(wrong: boolean, weight: number): void {
    this.#totals.reuseAudits++;
    this.#reuseAudits += weight;
    if (!wrong) return;
    this.#totals.wrongReuses++;
    this.#wrongReuses += weight;
  }

  /** What is known at `now` (Unix ms). */
  estimate(now: number): AccuracyEstimate {
    this.#fade(now);
    const usual = this.#hours.usualLoss(now);
    const propagated = this.#known(this.#propagated, usual);
    const reused = this.#known(this.#reused, usual);
    const overall = this.#tells(usual) ? this.#overall(propagated, reused) : null;
    return {
      estimatedF1: overall && 1 - overall.loss,
      estimatedF1Low: overall && 1 - Math.min(1, overall.loss * Math.exp(Z95 * overall.spread)),
      estimatedF1High: overall && 1 - overall.loss * Math.exp(-Z95 * overall.spread),
      propagationF1: propagated && this.#tells(usual) ? 1 - propagated.loss : null,
      wrongReuseRatio: this.#reuseAudits > 0 ? this.#wrongReuses / this.#reuseAudits : null,
      effectiveAudits: this.#propagated.audits + this.#reused.audits,
    };
  }

  /** Per hour of the day at the device, 24 of them. */
  hoursOfDay(): readonly HourExperience[] {
    return this.#hours.table();
  }

  /** Takes what earlier runs stored, so that it is known what this hour is usually like. `now` in Unix ms. */
  seed(hours: Iterable<AuditHour>, now: number): void {
    for (const hour of hours) this.#hours.seed(hour, now);
  }

  /** What was measured does not hold any longer: for another model not at all, in another light hardly. */
  forget(because: 'model' | 'light'): void {
    const keep = because === 'light' ? AFTER_LIGHT : 0;
    this.#propagated.fade(keep, keep);
    this.#reused.fade(keep, keep);
    this.#compared *= keep;
    this.#reuseAudits *= keep;
    this.#wrongReuses *= keep;
    this.#inferredFrames *= keep;
    this.#inferredSize *= keep;
    if (because === 'model') this.#hours.clear();
  }

  /** Counts since the last call. */
  takeTotals(): AuditCounts {
    const totals = this.#totals;
    this.#totals = noTotals();
    return totals;
  }

  /** Whether enough boxes were compared; what this hour of the day was like before counts for many. */
  #tells(usual: number | null): boolean {
    return usual !== null || this.#compared + this.#inferredSize >= LEAST_COMPARED;
  }

  #known(model: LossModel, usual: number | null): LossEstimate | null {
    if (model.frames === 0 || (!model.hasEvidence && usual === null)) return null;
    model.expect(usual);
    return model.estimate();
  }

  /** null while a class that gives answers is unknown, or nothing was answered at all. */
  #overall(propagated: LossEstimate | null, reused: LossEstimate | null): { loss: number; spread: number } | null {
    if (this.#propagated.frames > 0 && propagated === null) return null;
    if (this.#reused.frames > 0 && reused === null) return null;
    if (this.#inferredFrames === 0 && propagated === null && reused === null) return null;
    const size = this.#inferredSize + (propagated?.size ?? 0) + (reused?.size ?? 0);
    if (size < LEAST_ANSWERED) return null;
    let loss = 0;
    let variance = 0;
    for (const part of [propagated, reused]) {
      if (part === null || part.size === 0) continue;
      const share = (part.size / size) * part.loss;
      loss += share;
      variance += (share * part.spread) ** 2;
    }
    return { loss, spread: loss === 0 ? 0 : Math.sqrt(variance) / loss };
  }

  #fade(now: number): void {
    this.#fadedAt ??= now;
    const passed = now - this.#fadedAt;
    // a clock that was set back starts anew
    if (passed < 0) this.#fadedAt = now;
    if (passed < FADE_EVERY_MS) return;
    this.#fadedAt = now;
    const evidence = 0.5 ** (passed / this.#evidenceHalfLifeMs);
    const answers = 0.5 ** (passed / this.#answersHalfLifeMs);
    this.#propagated.fade(evidence, answers);
    this.#reused.fade(evidence, answers);
    this.#compared *= evidence;
    this.#reuseAudits *= evidence;
    this.#wrongReuses *= evidence;
    this.#inferredSize *= answers;
    this.#inferredFrames *= answers;
  }
}

/** Whether a reused answer was: it missed a vehicle or had an F1 below 0.9. */
export function isWrong(tally: Tally): boolean {
  return tally.misses > 0 || f1(tally) < WRONG_BELOW_F1;
}

function noTotals(): Counters {
  return {
    audits: 0,
    inferred: 0,
    reusedMemory: 0,
    reusedDisk: 0,
    propagated: 0,
    truePositives: 0,
    falsePositives: 0,
    misses: 0,
    propagatedErrors: 0,
    propagatedSize: 0,
    reuseAudits: 0,
    wrongReuses: 0,
  };
}
