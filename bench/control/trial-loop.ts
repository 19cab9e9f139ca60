import type { Controller } from '../../src/tune/control/controller.js';

import type { KnobName, KnobSettings } from '../../src/tune/knobs.js';
import type { Observation } from '../../src/tune/observation.js';
import { isSamePoint, type KnownPoint, type OperatingPoint } from '../../src/tune/operating-point.js';
import { KNOB_OPTIMIZATIONS, type KnobChange, type KnobOptimization } from '../../src/tune/strategies/knob-change.js';
import { circumstancesOf } from '../../src/tune/trials/circumstances.js';
import { type TrialEnd, TuningTrials } from '../../src/tune/trials/trials.js';
import { Tuner } from '../../src/tune/tuner.js';

/** A change that is on its way or being judged. */
interface Trying {
  readonly id: string;
  readonly type: KnobOptimization;
  readonly change: KnobChange;
  readonly before: KnobSettings;
  isApplied: boolean;
}

/**
 * What the optimization engine does around the controller, without waiting for anything: the parts are the program's own, only the
 * order in which they are called is written here, because a plant's time is not that of promises.
 */
export class TrialLoop {
  /** °C that the last decision expects. */
  forecast: number | null = null;
  readonly #controller: Controller;
  readonly #tuner: Tuner;
  readonly #trials = new TuningTrials();
  readonly #points: number;
  readonly #knobs: { currentOrNull: KnobSettings | null; apply: () => Promise<never> };
  #trying: Trying[] = [];
  /** What is asked for and not there yet; null: nothing is. */
  #pending: KnobSettings | null = null;
  #now = 0;
  #unixNow = 0;

  constructor(
    controller: Controller,
    points: readonly KnownPoint[],
    { start, pinned }: { readonly start: KnobSettings; readonly pinned: ReadonlySet<KnobName> },
  ) {
    this.#controller = controller;
    this.#points = points.length;
    this.#knobs = { currentOrNull: start, apply: () => Promise.reject(new Error('the plant moves its knobs itself')) };
    this.#tuner = new Tuner({
      controller,
      knobs: this.#knobs,
      pinned: () => [...pinned],
      isEnabled: () => true,
      now: () => this.#now,
    });
    this.#tuner.setPoints(points);
  }

  /** Where the knobs should stand: taken back, tried, or as they are. */
  decide(observation: Observation): KnobSettings | null {
    this.#now = observation.now;
    this.#unixNow = observation.unixNow;
    this.#knobs.currentOrNull = observation.knobs;
    const type = this.#tuner.see(observation);
    this.forecast = this.#tuner.decision!.forecast.temperature;
    const undone = this.#judge(observation);
    if (undone !== null) return (this.#pending = undone);
    if (this.#pending !== null || type === null) return null;
    return this.#try(type, observation);
  }

  /** What was asked for is there. */
  changed(knobs: KnobSettings, now: number): void {
    this.#pending = null;
    this.#controller.changed(knobs);
    for (const trying of this.#trying) {
      if (trying.isApplied) continue;
      trying.isApplied = true;
      this.#trials.applied(trying.id, now);
    }
  }

  /** What was asked for could not be had. */
  failed(point: OperatingPoint, now: number): void {
    this.#pending = null;
    this.#controller.failed(point, now);
    const failed = this.#trying.filter(({ isApplied }) => !isApplied);
    for (const trying of failed) this.#close(trying, { verdict: 'rolled-back', why: 'it could not be applied' }, true);
  }

  /** @returns the knobs as they were before a trial that is to be taken back */
  #judge(observation: Observation): KnobSettings | null {
    let undone: KnobSettings | null = null;
    const sample = {
      at: observation.now,
      score: this.#tuner.score(),
      guards: observation,
      cameras: observation.cameras.length,
    };
    for (const type of KNOB_OPTIMIZATIONS) {
      for (const { id, end } of this.#trials.observe(type, sample)) {
        const trying = this.#trying.find((one) => one.id === id);
        if (!trying) continue;
        const stays = end.verdict === 'kept' || (end.verdict === 'expired' && trying.change.isEmergency);
        this.#close(trying, end, stays ? null : true);
        if (stays) continue;
        const { target } = trying.change;
        undone = putBack(trying, undone ?? observation.knobs);
        if (isSamePoint(target.point, trying.before.point)) this.#controller.changed(trying.before);
        else this.#controller.rolledBack(target.point, observation.now);
      }
    }
    return undone;
  }

  #try(type: KnobOptimization, observation: Observation): KnobSettings | null {
    const change = this.#tuner.changeFor(type);
    if (change === null) return null;
    const inTheWay = this.#trials.inTheWayOf(type, change);
    if (inTheWay.length > 0 && !change.isEmergency) return null;
    const circumstances = circumstancesOf(observation, this.#points);
    if (this.#trials.refusal(type, change, circumstances, observation.unixNow) !== null) {
      this.#tuner.refused(change);
      return null;
    }
    if (this.#trials.msToMeasure(type, change, observation.now) > 0) return null;
    for (const { id } of inTheWay) {
      const trying = this.#trying.find((one) => one.id === id);
      const verdict = trying?.change.isEmergency ? 'kept' : 'rolled-back';
      if (trying) this.#close(trying, { verdict, why: 'a further step followed' }, null);
    }
    const { now, unixNow, knobs } = observation;
    const { id } = this.#trials.begin({ strategy: type, change, circumstances, now, unixNow });
    this.#trying.push({ id, type, change, before: knobs, isApplied: false });
    return (this.#pending = change.target);
  }

  #close(trying: Trying, end: TrialEnd, undone: boolean | null): void {
    this.#trying = this.#trying.filter((one) => one !== trying);
    this.#trials.end(trying.id, end, undone, this.#now, this.#unixNow);
  }
}

/** The knobs as they stand, with those that a trial moved as they were before it: what moved since is another trial's. */
function putBack({ before, change: { target } }: Trying, knobs: KnobSettings): KnobSettings {
  const back = <K extends keyof KnobSettings>(knob: K): KnobSettings[K] =>
    target[knob] === before[knob] ? knobs[knob] : before[knob];
  return {
    point: isSamePoint(target.point, before.point) ? knobs.point : before.point,
    batchWindowMs: back('batchWindowMs'),
    inferenceIntervalMs: back('inferenceIntervalMs'),
    compressionQuality: back('compressionQuality'),
  };
}
