import { KNOBS } from '../config/sections/tune.js';
import type { Controller } from './control/controller.js';
import type { Decision } from './control/decision.js';
import { movedKnobs, withKnobs } from './knob-changes.js';
import type { KnobName, KnobSettings } from './knobs.js';
import type { Observation } from './observation.js';
import { isSamePoint, type KnownPoint, type OperatingPoint } from './operating-point.js';
import type { Score, Undo } from './optimization-strategy.js';
import { type KnobWay, keptKnobs, keptWay } from './strategies/kept-knobs.js';
import {
  changeInWords,
  KNOB_OPTIMIZATIONS,
  KNOBS_OF,
  type KnobChange,
  type KnobOptimization,
  strategyOf,
} from './strategies/knob-change.js';
import { type KnobMover, KnobStrategy } from './strategies/knob-strategy.js';

/** What moves the knobs. */
export interface TunedKnobs {
  /** Null before a model answers. */
  readonly currentOrNull: KnobSettings | null;
  /** @throws where they could not be moved, and all of them stand as they stood */
  apply(target: KnobSettings): Promise<Undo>;
}

export interface TunerParts {
  readonly controller: Controller;
  readonly knobs: TunedKnobs;
  /** Knobs that the configuration pins, and those that a command has set. */
  readonly pinned: () => readonly KnobName[];
  /** Whether a strategy may change anything; what it moves stays where it stands where it may not. */
  readonly isEnabled: (type: KnobOptimization) => boolean;
  /** ms that only go forward. */
  readonly now: () => number;
}

/** Time in which a change shows what it does: other workers are warm at once, the audits need some frames. */
const WINDOW_MS: Readonly<Record<KnobOptimization, number>> = {
  model: 40_000,
  batching: 20_000,
  scheduling: 20_000,
  compression: 20_000,
};
/** Of the effective accuracy: what nobody would care about, and how much more than was forecast may be lost. */
const LEAST_EFFECT = 0.01;
const FORECAST_DOUBT = 1.5;

/**
 * Where observations, the controller's decisions, the strategies and the knobs meet: each decision to move anything is the
 * proposal of the strategy whose knobs it moves.
 */
export class Tuner implements KnobMover {
  readonly strategies = KNOB_OPTIMIZATIONS.map((type) => new KnobStrategy(type, this));
  /** Of the last observation; null before the first. */
  decision: Decision | null = null;
  readonly #parts: TunerParts;
  #points: readonly KnownPoint[] = [];
  #observation: Observation | null = null;
  /** Where the knobs stand but for what is being tried; null before anything was. */
  #kept: KnobSettings | null = null;

  constructor(parts: TunerParts) {
    this.#parts = parts;
  }

  /** What there is to choose from; to be called whenever more is known of it. */
  setPoints(points: readonly KnownPoint[]): void {
    this.#points = points;
    this.#parts.controller.setPoints(points);
  }

  get points(): readonly KnownPoint[] {
    return this.#points;
  }

  /**
   * Decides.
   *
   * @returns the strategy that should be asked now; null where everything should stay
   */
  see(observation: Observation): KnobOptimization | null {
    const { controller } = this.#parts;
    controller.setPinned(this.pinned);
    this.#observation = observation;
    this.decision = controller.decide(observation);
    return strategyOf(observation.knobs, this.decision.knobs);
  }

  /** What was decided is to be done no more. */
  rest(): void {
    this.decision = null;
  }

  /** Knobs that stay where they stand, whoever says so. */
  get pinned(): ReadonlySet<KnobName> {
    const off = KNOB_OPTIMIZATIONS.filter((type) => !this.#parts.isEnabled(type)).flatMap((type) => KNOBS_OF[type]);
    return new Set<KnobName>([...this.#parts.pinned(), ...off]);
  }

  changeFor(type: KnobOptimization): KnobChange | null {
    const current = this.#parts.knobs.currentOrNull;
    const { decision } = this;
    if (current === null || decision === null || strategyOf(current, decision.knobs) !== type) return null;
    const { knobs: target, kind, reason, forecast, isUrgent } = decision;
    const expected = (this.score().value ?? forecast.effectiveAccuracy) - forecast.effectiveAccuracy;
    return {
      target,
      knobs: movedKnobs(current, target),
      ...changeInWords(current, target),
      reason,
      windowMs: WINDOW_MS[type],
      leastEffect: Math.max(LEAST_EFFECT, FORECAST_DOUBT * expected),
      priceF1: Math.max(0, FORECAST_DOUBT * this.#keptF1Lost(decision)),
      isEmergency: isUrgent || kind === 'ahead',
    };
  }

  whyNothing(type: KnobOptimization): string {
    const pinned = KNOBS_OF[type].filter((knob) => this.pinned.has(knob));
    if (pinned.length === KNOBS_OF[type].length) return `pinned: ${pinned.join(', ')}`;
    const { decision } = this;
    if (decision === null) return 'nothing has been decided yet';
    const isStaying = decision.kind === 'stay' && type === 'model';
    const known = `of ${this.#points.length} known operating points none is due`;
    return isStaying ? `${known}: ${decision.reason}` : decision.reason;
  }

  /** By how much the F1 that the audits find is expected to fall: rarer inference, or another model to be held against. */
  #keptF1Lost({ knobs, forecast }: Decision): number {
    const accuracy = this.#accuracyOf(knobs.point);
    const kept = this.#observation?.keptF1 ?? null;
    return accuracy === null || kept === null ? 0 : kept - forecast.effectiveAccuracy / accuracy;
  }

  #accuracyOf(point: OperatingPoint): number | null {
    return this.#points.find((known) => isSamePoint(known, point))?.accuracy ?? null;
  }

  async move({ target }: KnobChange): Promise<Undo> {
    const { controller, knobs, now } = this.#parts;
    const before = knobs.currentOrNull;
    this.#kept ??= before;
    const movesPoint = before === null || !isSamePoint(before.point, target.point);
    let undo: Undo;
    try {
      undo = await knobs.apply(target);
    } catch (error) {
      if (movesPoint) controller.failed(target.point, now());
      throw error;
    }
    controller.changed(target);
    return async () => {
      await undo();
      if (movesPoint) controller.rolledBack(target.point, now());
      else if (before !== null) controller.changed(before);
    };
  }

  wayBack({ target, knobs }: KnobChange): KnobWay | null {
    const before = this.#parts.knobs.currentOrNull;
    return before === null ? null : { knobs, before, after: target };
  }

  async goBack(saved: unknown): Promise<readonly KnobName[]> {
    const { controller, knobs, now, pinned } = this.#parts;
    const way = keptWay(saved);
    const current = knobs.currentOrNull;
    if (way === null || current === null) throw new Error('no model answers yet, or what stood before cannot be read');
    const moved = movedKnobs(current, withKnobs(current, way.after, way.knobs));
    if (moved.length > 0) throw new Error(`something else stands there by now: ${moved.join(', ')}`);
    const held = way.knobs.filter((knob) => pinned().includes(knob));
    if (held.length > 0) throw new Error(`${held.join(', ')} is pinned`);
    const target = withKnobs(current, way.before, way.knobs);
    const movesPoint = !isSamePoint(current.point, target.point);
    if (movesPoint && !this.#points.some((point) => isSamePoint(point, target.point)))
      throw new Error('the operating point that stood before is not known any more');
    await knobs.apply(target);
    controller.changed(target);
    if (movesPoint) controller.rolledBack(current.point, now());
    return way.knobs;
  }

  /** A change that was asked for may not be tried again yet: where it is another point, that is left alone. */
  refused({ target }: KnobChange): void {
    const { controller, knobs, now } = this.#parts;
    const current = knobs.currentOrNull;
    // of an interval that is refused the point is not to blame
    if (current === null || !isSamePoint(current.point, target.point)) controller.refused(target.point, now());
  }

  /** Right and on time: what the point in use is known to see, times what the answers keep of it, times the share on time. */
  score(): Score {
    const observation = this.#observation;
    if (observation === null) return { value: null, parts: {} };
    const { knobs, keptF1, lateShare, p95LatencyMs, temperature, watts } = observation;
    const accuracy = this.#accuracyOf(knobs.point);
    const isAnswering = p95LatencyMs !== null || lateShare > 0;
    const value = accuracy === null || !isAnswering ? null : accuracy * (keptF1 ?? 1) * (1 - lateShare);
    return {
      value,
      parts: {
        accuracy,
        'kept F1': keptF1,
        'late share': lateShare,
        'p95 ms': p95LatencyMs,
        '°C': temperature,
        W: watts,
      },
    };
  }

  /** The knobs as they were kept, with those that were kept now: others may be in the middle of a trial of their own. */
  saved(names: readonly KnobName[]): object {
    const current = this.#parts.knobs.currentOrNull;
    if (current !== null) this.#kept = withKnobs(this.#kept ?? current, current, names);
    return { knobs: this.#kept };
  }

  /** What was kept before the restart stands again, as far as it may and can be had still. */
  async restore(saved: unknown): Promise<void> {
    const all = keptKnobs(saved);
    const current = this.#parts.knobs.currentOrNull;
    if (all === null || current === null) return;
    const kept = withKnobs(current, all, unpinned(this.pinned));
    const moved = movedKnobs(current, kept);
    if (moved.length === 0 || !this.#points.some((point) => isSamePoint(point, kept.point))) return;
    await this.#parts.knobs.apply(kept);
    this.#parts.controller.changed(kept);
  }
}

/** A variant has its size: where that is pinned, the variant is. */
function unpinned(pinned: ReadonlySet<KnobName>): readonly KnobName[] {
  const stays = (knob: KnobName): boolean => pinned.has(knob) || (knob === 'variant' && pinned.has('inputSize'));
  return KNOBS.filter((knob) => !stays(knob));
}
