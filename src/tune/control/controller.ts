import type { Budgets } from '../budgets.js';
import type { KnobName, KnobSettings } from '../knobs.js';
import type { Observation } from '../observation.js';
import { type KnownPoint, nameOfPoint, type OperatingPoint } from '../operating-point.js';
import { AvoidedPoints } from './avoided-points.js';
import { BoardPower } from './board-power.js';
import { Choice } from './choice.js';
import type { Decision, DecisionKind } from './decision.js';
import { bare, coreMs, isSamePoint, joulesCost } from './kinds.js';
import { ProcessorShare } from './processor-share.js';
import { Load, type Outcome, Outcome as OutcomeOf, Prospects } from './prospects.js';
import { parseState, type SavedState, stateOf } from './saved-state.js';
import { Slowdown } from './slowdown.js';
import { observedStaleness, Staleness } from './staleness.js';
import { Switches } from './switches.js';
import { HeatFlow } from './thermal/heat-flow.js';
import { TemperatureReadings } from './thermal/temperature-readings.js';
import { ThrottlePoint } from './thermal/throttle-point.js';

export interface ControllerOptions {
  /** What there is to choose from. */
  readonly points: readonly KnownPoint[];
  readonly budgets: Budgets;
  /** Knobs that stay where they stand. */
  readonly pinned: ReadonlySet<KnobName>;
  /** What `save()` gave before; what cannot be read of it is left out. */
  readonly history?: unknown;
}

/** Points of effective accuracy that a swap must bring, where none was made lately; more with each of the last hour. */
const SWAP_GAIN = 0.6;
const SWAP_GAIN_MORE = 1.4;
/** A better point must be the better one for so long. */
const CONFIRM_MS = 45_000;
const CONFIRM_URGENT_MS = 10_000;
/** Between two swaps. */
const DWELL_MS = 150_000;
const DWELL_URGENT_MS = 30_000;
/** Points that a shorter interval must bring. */
const INTERVAL_GAIN = 0.15;
/** After the interval was made longer, before it is made shorter again. */
const FIRST_CALM_MS = 30_000;
const LONGEST_CALM_MS = 600_000;
/** Readings older than this are of another time. */
const GAP_S = 300;

/** Decides where the knobs should stand, from numbers and a time. */
export class Controller {
  readonly #budgets: Budgets;
  #points: readonly KnownPoint[] = [];
  #pinned: ReadonlySet<KnobName>;
  readonly #slowdown = new Slowdown();
  readonly #staleness = new Staleness();
  readonly #power = new BoardPower();
  readonly #processor: ProcessorShare;
  readonly #heat = new HeatFlow();
  readonly #readings = new TemperatureReadings();
  readonly #throttle = new ThrottlePoint();
  readonly #prospects: Prospects;
  readonly #avoided = new AvoidedPoints();
  readonly #switches = new Switches();
  readonly #load = new Load();
  readonly #here = new OutcomeOf();
  readonly #best = new Choice();
  readonly #near = new Choice();
  #last: Observation | null = null;
  #overheadMs = 5;
  #candidate: { point: OperatingPoint; since: number } | null = null;
  #easedAt = Number.NEGATIVE_INFINITY;
  #raisedAt = Number.NEGATIVE_INFINITY;
  #calmMs = FIRST_CALM_MS;

  constructor({ points, budgets, pinned, history }: ControllerOptions) {
    this.#budgets = budgets;
    this.#pinned = pinned;
    const cores = points.reduce((most, { workers, intraOpThreads }) => Math.max(most, workers * intraOpThreads), 1);
    this.#processor = new ProcessorShare(cores);
    this.#prospects = new Prospects(
      {
        slowdown: this.#slowdown,
        staleness: this.#staleness,
        power: this.#power,
        processor: this.#processor,
        heat: this.#heat,
      },
      budgets,
    );
    this.setPoints(points);
    const saved = parseState(history);
    if (saved !== null) this.#restore(saved);
  }

  /** What was learnt of the device, to be handed to the next controller. */
  save(): SavedState {
    const { slowdown, staleness } = { slowdown: this.#slowdown, staleness: this.#staleness };
    return stateOf({
      slowdown: Object.fromEntries(
        [...slowdown.kinds].map((kind) => [kind, [slowdown.ofKind(kind), slowdown.sdOfKind(kind)]]),
      ),
      lost: Object.fromEntries(
        [...staleness.kinds].map((kind) => [kind, [staleness.ofKind(kind), staleness.sdOfKind(kind)]]),
      ),
      staleness: [...staleness.curve],
      power: { coefficients: [...this.#power.coefficients], isRead: this.#power.isRead },
      rises: [...this.#heat.rises],
      throttleSeen: this.#throttle.seen,
    });
  }

  #restore(saved: SavedState): void {
    for (const [kind, [factor, sd]] of Object.entries(saved.slowdown)) this.#slowdown.restore(kind, factor, sd);
    for (const [kind, [lost, sd]] of Object.entries(saved.lost)) this.#staleness.restore(kind, lost, sd);
    this.#staleness.restoreCurve(saved.staleness);
    this.#power.restore(saved.power.coefficients, saved.power.isRead);
    this.#heat.restore(saved.rises);
    this.#throttle.restore(saved.throttleSeen);
  }

  /** Other points are known, or other things of them. */
  setPoints(points: readonly KnownPoint[]): void {
    this.#points = points.filter(isUsable);
    this.#slowdown.know(this.#points);
    this.#staleness.know(this.#points);
  }

  setPinned(pinned: ReadonlySet<KnobName>): void {
    this.#pinned = pinned;
  }

  /** A change that was asked for was made. */
  changed(knobs: KnobSettings): void {
    if (this.#switches.pending !== null && isSamePoint(knobs.point, this.#switches.pending)) this.#switches.cancel();
  }

  /** A point could not be had. */
  failed(point: OperatingPoint, now: number): void {
    this.#switches.cancel();
    this.#avoided.avoid(point, 'it could not be loaded', now);
  }

  /** A point was tried and given up. */
  rolledBack(point: OperatingPoint, now: number): void {
    this.#switches.cancel();
    this.#avoided.avoid(point, 'it did harm when it was tried', now);
  }

  /** Where the knobs should stand. */
  decide(observation: Observation): Decision {
    const current = this.#points.find((point) => isSamePoint(point, observation.knobs.point)) ?? null;
    this.#learn(observation, current);
    this.#last = observation;
    const { now, knobs } = observation;
    if (this.#switches.see(knobs.point, now)) this.failed(this.#candidate?.point ?? knobs.point, now);
    this.#load.clear();
    for (const { framesPerS, wantedPerS } of observation.cameras)
      if (framesPerS > 0) this.#load.add(framesPerS, Math.max(0, wantedPerS) || 0);
    const limit = this.#throttle.limit(this.#budgets.maxTemperature);
    this.#prospects.begin(observation, current, limit, this.#othersWatts(observation), this.#overheadMs);
    return this.#choose(observation, current);
  }

  #choose(observation: Observation, current: KnownPoint | null): Decision {
    const { knobs, now } = observation;
    const choices = {
      points: this.#points,
      pinned: this.#pinned,
      avoids: (point: KnownPoint) => this.#avoided.why(point, now) !== null,
    };
    this.#best.find(choices, knobs.point, knobs.inferenceIntervalMs, this.#prospects, this.#load);
    const best = this.#best.point;
    if (best === null) return this.#stay(observation, 'no operating point is known that the pinned knobs allow');
    if (current === null)
      return this.#swap(observation, best, this.#best.outcome, 'raise', 'nothing is known of the point in use');
    this.#prospects.look(current, knobs.inferenceIntervalMs, this.#load, this.#here);
    this.#near.findInterval(current, knobs.inferenceIntervalMs, this.#pinned, this.#prospects, this.#load);
    const urgent = this.#here.excess > 0;
    if (this.#switches.pending === null && !isSamePoint(best, current)) {
      const decision = this.#considerSwap(observation, current, best, urgent);
      if (decision !== null) return decision;
    } else if (isSamePoint(best, current)) this.#candidate = null;
    return this.#considerInterval(observation, urgent);
  }

  #considerSwap(observation: Observation, current: KnownPoint, best: KnownPoint, urgent: boolean): Decision | null {
    const { now } = observation;
    if (this.#candidate === null || !isSamePoint(this.#candidate.point, best)) {
      this.#candidate = { point: bare(best), since: now };
    }
    const stillUrgent = this.#near.outcome.excess > 0.02;
    const used = this.#switches.count(now);
    const { maxSwitchesPerHour } = this.#budgets;
    if (used >= maxSwitchesPerHour) return null;
    if (now - this.#candidate.since < (stillUrgent ? CONFIRM_URGENT_MS : CONFIRM_MS)) return null;
    if (this.#switches.since(now) < (stillUrgent ? DWELL_URGENT_MS : DWELL_MS)) return null;
    const gain = this.#best.outcome.value - this.#near.outcome.value;
    const needed = SWAP_GAIN + (SWAP_GAIN_MORE * used) / maxSwitchesPerHour;
    if (!stillUrgent && gain < needed) return null;
    const kind = urgent || best.accuracy < current.accuracy ? 'ease' : 'raise';
    return this.#swap(
      observation,
      best,
      this.#best.outcome,
      kind,
      `${this.#near.outcome.exceeded ?? `+${gain.toFixed(1)} points`}`,
    );
  }

  #considerInterval(observation: Observation, urgent: boolean): Decision {
    const { now, knobs } = observation;
    const { outcome } = this.#near;
    if (!urgent && this.#switches.pending !== null) return this.#stay(observation, 'the new workers are being warmed');
    if (outcome.intervalMs === knobs.inferenceIntervalMs) return this.#stay(observation, 'nothing better is known');
    if (urgent) {
      if (
        outcome.excess > this.#here.excess - 1e-3 &&
        outcome.excess > 0 &&
        outcome.intervalMs < knobs.inferenceIntervalMs
      )
        return this.#stay(observation, 'no interval helps');
      if (now - this.#raisedAt < 300_000) this.#calmMs = Math.min(LONGEST_CALM_MS, this.#calmMs * 2);
      this.#raisedAt = Number.NEGATIVE_INFINITY;
      this.#easedAt = now;
      return this.#move(observation, 'ease', `${this.#here.exceeded} is over its budget`);
    }
    if (now - this.#easedAt < this.#calmMs || outcome.value - this.#here.value < INTERVAL_GAIN)
      return this.#stay(observation, 'within budgets');
    if (now - this.#easedAt > 4 * LONGEST_CALM_MS) this.#calmMs = FIRST_CALM_MS;
    const kind = outcome.intervalMs < knobs.inferenceIntervalMs ? 'raise' : 'ease';
    if (kind === 'raise') this.#raisedAt = now;
    return this.#move(observation, kind, `+${(outcome.value - this.#here.value).toFixed(1)} points`);
  }

  #move(observation: Observation, kind: DecisionKind, reason: string): Decision {
    const knobs = { ...observation.knobs, inferenceIntervalMs: this.#near.outcome.intervalMs };
    return this.#decision(knobs, kind, reason, this.#near.outcome);
  }

  #swap(observation: Observation, point: KnownPoint, outcome: Outcome, kind: DecisionKind, reason: string): Decision {
    const { knobs, now } = observation;
    if (this.#switches.count(now) >= this.#budgets.maxSwitchesPerHour)
      return this.#stay(observation, 'no more switches this hour');
    this.#switches.ask(knobs.point, bare(point), now);
    const target = { ...knobs, point: bare(point), inferenceIntervalMs: outcome.intervalMs };
    return this.#decision(target, kind, `${nameOfPoint(point)}: ${reason}`, outcome);
  }

  #stay(observation: Observation, reason: string): Decision {
    const pending = this.#switches.pending;
    const knobs = pending === null ? observation.knobs : { ...observation.knobs, point: pending };
    return this.#decision(knobs, 'stay', reason, this.#here);
  }

  #decision(knobs: KnobSettings, kind: DecisionKind, reason: string, outcome: Outcome): Decision {
    return {
      knobs,
      kind,
      isUrgent: kind !== 'stay' && this.#here.excess > 0,
      reason,
      forecast: {
        temperature: Number.isNaN(outcome.temperature) ? null : outcome.temperature,
        utilisation: outcome.utilisation,
        p95LatencyMs: outcome.p95LatencyMs,
        effectiveAccuracy: outcome.effectiveAccuracy,
        watts: this.#power.isRead ? outcome.watts : null,
      },
    };
  }

  #learn(observation: Observation, current: KnownPoint | null): void {
    const { now, cpuBusy, cpuBusyElsewhere, watts, keptF1, serviceMs } = observation;
    const seconds = this.#last === null ? 0 : Math.max(0, Math.min(GAP_S, (now - this.#last.now) / 1000));
    this.#slowdown.advance(seconds);
    this.#staleness.advance(seconds);
    this.#power.advance(seconds);
    this.#processor.advance(seconds);
    const inferred = observation.cameras.reduce((sum, { inferredPerS }) => sum + Math.max(0, inferredPerS), 0);
    const ours = current === null ? 0 : (inferred * joulesCost(current)) / 1000;
    const others = this.#othersWatts(observation);
    this.#power.learn(watts, ours, others);
    this.#heat.advance(seconds, this.#power.isRead && watts !== null ? watts : this.#power.of(ours, others));
    const expected = this.#heat.isStarted ? this.#heat.now : null;
    const temperature = this.#readings.read(observation.temperature, expected, now);
    if (temperature !== null) this.#heat.learn(temperature);
    this.#throttle.update(observation.throttleAt, temperature, observation.throttledBy.includes('heat'), seconds);
    const isSame = this.#last !== null && isSamePoint(this.#last.knobs.point, observation.knobs.point);
    if (current === null || !isSame || seconds === 0) return;
    if (serviceMs !== null) this.#slowdown.learn(current, serviceMs);
    if (keptF1 !== null) this.#staleness.learn(current, observedStaleness(observation.cameras), keptF1);
    if (cpuBusy !== null && cpuBusyElsewhere !== null)
      this.#processor.learn(cpuBusy - cpuBusyElsewhere, (inferred * coreMs(current)) / 1000);
  }

  /** W that other programs draw, by the most that pictures alone can make the processor draw. */
  #othersWatts({ cpuBusyElsewhere }: Observation): number {
    let most = 4;
    for (const point of this.#points)
      if (point.provider === 'cpu') most = Math.max(most, (joulesCost(point) * point.picturesPerS) / 1000);
    return (cpuBusyElsewhere ?? 0) * most;
  }
}

/** Whether the numbers of a point make sense. */
function isUsable({ accuracy, serviceMs, picturesPerS, workers, batchSize }: KnownPoint): boolean {
  return accuracy > 0 && serviceMs > 0 && picturesPerS > 0 && workers >= 1 && batchSize >= 1;
}
