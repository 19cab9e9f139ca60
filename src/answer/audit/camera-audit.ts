import type { Detections } from '../../frame/detections.js';
import type { AuditCounts, AuditHour } from '../../store/audit-counts.js';
import type { AnswerComparison, SceneAnswer } from '../scene-answer.js';
import { AccuracyControl, type AccuracyState } from './accuracy-control.js';
import { Agreement, agreementScores, emptyTally } from './agreement.js';
import type { AuditBudget } from './audit-budget.js';
import { type AccuracyEstimate, AuditLedger, isWrong } from './audit-ledger.js';
import { AuditSampler } from './audit-sampler.js';
import type { HourExperience } from './hours-of-day.js';

export interface CameraAuditOptions {
  /** `answer.auditShare` and `answer.accuracyFloor`. */
  readonly share: number;
  readonly floor: number;
  /** Score from which boxes are reported. */
  readonly reportThreshold: number;
  /** Shared by the cameras. */
  readonly budget: AuditBudget;
  /** Hour of the day at the device, 0..23, of a time in Unix ms. */
  readonly localHour: (at: number) => number;
  readonly random?: () => number;
}

/** What is known about the accuracy of a camera's answers, and what is done about it. */
export interface AuditedAccuracy extends AccuracyEstimate {
  readonly strictness: number;
  readonly state: AccuracyState['kind'];
  readonly reason: string;
  readonly audits: number;
  readonly auditsLost: number;
}

const REVIEW_EVERY_MS = 1000;
/** Strictness at which the allowed loss is what the floor leaves. */
const MIDDLE = 0.5;

/** Measures the accuracy of one camera's answers all the time, and keeps it at the floor with the least inference. */
export class CameraAudit {
  readonly #floor: number;
  readonly #budget: AuditBudget;
  readonly #sampler: AuditSampler;
  readonly #ledger: AuditLedger;
  readonly #control: AccuracyControl;
  readonly #agreement: Agreement;
  #state: AccuracyState;
  #reviewedAt = Number.NEGATIVE_INFINITY;

  constructor({ share, floor, reportThreshold, budget, localHour, random }: CameraAuditOptions) {
    this.#floor = floor;
    this.#budget = budget;
    this.#sampler = new AuditSampler({ share, budget, ...(random && { random }) });
    this.#ledger = new AuditLedger({ localHour });
    this.#control = new AccuracyControl({ floor, start: MIDDLE });
    this.#state = this.#control.restart(0);
    this.#agreement = new Agreement(agreementScores(reportThreshold));
  }

  /** Whether frames count: those of a frozen picture are right without end, and teach nothing. */
  isSuspended = false;

  /** Mean share of errors that answers may have now, 0..1; 0 infers every frame. */
  get allowedLoss(): number {
    return ((1 - this.#floor) * (1 - this.#state.strictness)) / (1 - MIDDLE);
  }

  /** Counts an answer. `at`: Unix ms. */
  answered({ origin, ageMs, detections }: SceneAnswer, at: number): void {
    if (this.isSuspended) return;
    this.#ledger.answered(origin, ageMs, detections.count, at);
  }

  /**
   * Whether a frame just answered without inference is to be inferred nevertheless.
   *
   * @param idle whether a worker has nothing to do
   * @param now ms on the clock of the budget
   * @returns 0, or the weight to record it with
   */
  picks({ origin, ageMs }: SceneAnswer, idle: boolean, now: number): number {
    return this.isSuspended || origin === 'inferred' ? 0 : this.#sampler.offer(origin, ageMs, idle, now);
  }

  /**
   * The inference of a frame picked.
   *
   * @returns whether the answer was wrong enough to forget the scene that it came from
   */
  audited({ origin, ageMs, detections }: SceneAnswer, reference: Detections, weight: number, at: number): boolean {
    if (this.isSuspended || origin === 'inferred') return false;
    const tally = emptyTally();
    this.#agreement.compare(detections, reference, tally);
    this.#ledger.record({ origin, ageMs, tally, kind: 'random', weight }, at);
    return isWrong(tally);
  }

  /** An audit kept a worker busy for so many ms. */
  spent(ms: number): void {
    this.#budget.spent(ms);
  }

  /** An ordinary inference, against the answer that would have been given without it. */
  scheduled({ origin, ageMs, tally }: AnswerComparison, at: number): void {
    if (this.isSuspended) return;
    this.#ledger.record({ origin, ageMs, tally, kind: 'scheduled' }, at);
  }

  /** To be called for every frame; thinks once a second. `at`: Unix ms, `now`: ms that only go forward. */
  review(at: number, now: number): void {
    if (now - this.#reviewedAt < REVIEW_EVERY_MS) return;
    this.#reviewedAt = now;
    const estimate = this.#ledger.estimate(at);
    const { estimatedF1, estimatedF1Low } = estimate;
    this.#sampler.know(
      estimate.effectiveAudits,
      estimatedF1 === null || estimatedF1Low === null ? null : estimatedF1 - estimatedF1Low,
    );
    this.#state = this.#control.update(estimate, now);
  }

  /** Another model or variant answers: nothing that was measured holds. */
  renew(now: number): void {
    this.#ledger.forget('model');
    this.#sampler.renew(now);
    this.#state = this.#control.restart(now);
  }

  /** What is known now. `at`: Unix ms. */
  report(at: number): AuditedAccuracy {
    const { strictness, kind, reason } = this.#state;
    const { taken, lost } = this.#sampler.counters;
    const estimate = this.#ledger.estimate(at);
    return { ...estimate, strictness, state: kind, reason, audits: taken, auditsLost: lost };
  }

  /** Per hour of the day at the device, 24 of them. */
  hoursOfDay(): readonly HourExperience[] {
    return this.#ledger.hoursOfDay();
  }

  /** What earlier runs stored. `at`: Unix ms. */
  seed(hours: Iterable<AuditHour>, at: number): void {
    this.#ledger.seed(hours, at);
  }

  /** Counts since the last call, to be stored. */
  takeTotals(): AuditCounts {
    return this.#ledger.takeTotals();
  }
}
