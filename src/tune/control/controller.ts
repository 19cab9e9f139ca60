import type { Budgets } from '../budgets.js';
import type { KnobName, KnobSettings } from '../knobs.js';
import type { Observation } from '../observation.js';
import { isSamePoint, type KnownPoint, type OperatingPoint } from '../operating-point.js';
import { type Circumstances, circumstancesOf } from '../trials/circumstances.js';
import { Choice, type Choices, INTERVALS_MS, type WeighedLoad } from './choice.js';
import type { Decision, DecisionKind } from './decision.js';
import { InferenceDemand } from './demand/inference-demand.js';
import { DeviceModel } from './device-model.js';
import { IntervalMoves } from './interval-moves.js';
import { isUsable, withoutNumbers } from './kinds.js';
import { Load } from './load.js';
import { MemoryWatch } from './memory-watch.js';
import { PictureQuality } from './picture-quality.js';
import { PointWatch } from './point-watch.js';
import { Prospect } from './prospect.js';
import { type Headroom, NO_HEADROOM, Prospects } from './prospects.js';
import { excessInWords, intervalInWords, inWords, settingInWords } from './reasons.js';
import { parseState, type SavedState, versioned } from './saved-state.js';
import { Swaps } from './swaps.js';

export interface ControllerOptions {
  /** What there is to choose from. */
  readonly points: readonly KnownPoint[];
  readonly budgets: Budgets;
  /** Knobs that stay where they stand. */
  readonly pinned: ReadonlySet<KnobName>;
  /** Of the machine; where nobody tells, as many as the points known use. */
  readonly cores?: number;
  /** What `save()` gave before; of another version or damaged, it is as if there were none. */
  readonly history?: unknown;
}

/** What is kept clear of the budgets by what is moved to. */
const HEADROOM: Headroom = { share: 0.05, degrees: 0.7 };
/** s ahead of which the load is reckoned with where a point is chosen, and the weight of each; the rest is that of now. */
const AHEAD = [
  { seconds: 300, weight: 0.3 },
  { seconds: 900, weight: 0.3 },
];
/** Excess that no interval of the point in use mends, from which a swap does not wait. */
const NO_HELP = 0.02;
/** Observations in a row that show trouble nobody expected, before something is done about it. */
const TROUBLE_IN_A_ROW = 2;
/** Share of the frames that are late, from which that is trouble. */
const MUCH_LATE = 0.1;
/** Points of effective accuracy that keeping the board from throttling may cost. */
const THROTTLING_POINTS = 10;
/** ms for which it must have cost as much: forecasts of a board that is hardly known are dark. */
const PATIENCE_MS = 900_000;
/** By how much the interval grows where the model has no explanation. */
const BLIND_STEP = 1.5;

/**
 * Decides where the knobs should stand, from numbers and a time: learns what the device does, looks what every point and interval
 * would bring, and moves to the best that keeps the budgets: the interval at once, a point with care. Never throws, whatever
 * is read; what is not known stands in no decision's way.
 */
export class Controller {
  readonly #budgets: Budgets;
  #points: readonly KnownPoint[] = [];
  #pinned: ReadonlySet<KnobName>;
  readonly #device: DeviceModel;
  readonly #memory = new MemoryWatch();
  readonly #prospects: Prospects;
  readonly #swaps: Swaps;
  readonly #watch: PointWatch;
  readonly #interval = new IntervalMoves();
  readonly #demand = new InferenceDemand();
  readonly #quality = new PictureQuality();
  readonly #loads: WeighedLoad[];
  /** Where the knobs stand; the best of all; the best that needs no other workers. */
  readonly #here = new Prospect();
  #best = new Choice();
  /** The best where the board may hold itself back. */
  #hot = new Choice();
  /** What is asked for, where that is not the best yet. */
  readonly #asked = new Prospect();
  readonly #near = new Choice();
  #troubles = 0;
  #letsThrottle = false;
  /** Since when keeping cool costs too much. */
  #coolSince: number | null = null;
  #standing: OperatingPoint | null = null;

  constructor({ points, budgets, pinned, cores, history }: ControllerOptions) {
    this.#budgets = budgets;
    this.#pinned = pinned;
    this.#device = new DeviceModel(budgets, points.filter(isUsable), cores);
    this.#prospects = new Prospects(this.#device, this.#memory, budgets);
    this.#swaps = new Swaps(budgets);
    this.#watch = new PointWatch(this.#memory, this.#swaps.avoided);
    const rest = AHEAD.reduce((sum, { weight }) => sum - weight, 1);
    this.#loads = [
      { load: this.#device.load, weight: rest },
      ...AHEAD.map(({ weight }) => ({ load: new Load(), weight })),
    ];
    this.setPoints(points);
    const saved = parseState(history);
    if (saved === null) return;
    this.#device.restore(saved);
    this.#demand.restore(saved.demand);
    this.#swaps.restore(saved.swaps);
  }

  /** What was learnt of the device, to be handed to the next controller: plain JSON, bounded. */
  save(): SavedState {
    return versioned({ ...this.#device.save(), demand: this.#demand.save(), swaps: this.#swaps.save() });
  }

  /** Other points are known, or other things of them; those whose numbers make no sense are left out. */
  setPoints(points: readonly KnownPoint[]): void {
    this.#points = points.filter(isUsable).sort((a, b) => b.accuracy - a.accuracy);
    this.#device.know(this.#points);
    const { pending } = this.#swaps;
    if (pending !== null && !this.#points.some((point) => isSamePoint(point, pending))) this.#swaps.cancel();
  }

  setPinned(pinned: ReadonlySet<KnobName>): void {
    this.#pinned = pinned;
  }

  /** A change was made. */
  changed(knobs: KnobSettings): void {
    this.#swaps.changed(knobs);
  }

  /** A point could not be had at `now`, ms on the observations' clock. */
  failed(point: OperatingPoint, now: number): void {
    this.#swaps.failed(point, now);
  }

  /** A change to a point is not to be tried yet: nothing moved. */
  refused(point: OperatingPoint, now: number): void {
    this.#swaps.refused(point, now);
  }

  /** A point did harm, and what was before stands again: it is not chosen again for a while, or until the circumstances have changed. */
  rolledBack(point: OperatingPoint, now: number, circumstances?: Circumstances): void {
    this.#swaps.rolledBack(point, now, circumstances);
  }

  /** Where the knobs should stand. */
  decide(observation: Observation): Decision {
    const { knobs } = observation;
    const current = this.#points.find((point) => isSamePoint(point, knobs.point)) ?? null;
    this.#device.learn(observation, current, this.#swaps.pending !== null);
    this.#swaps.see(observation, circumstancesOf(observation, this.#points.length));
    if (this.#standing !== null && !isSamePoint(this.#standing, knobs.point)) this.#interval.swapped();
    this.#standing = knobs.point;
    this.#watch.see(observation, current, this.#swaps.pending !== null);
    this.#demand.see(observation);
    this.#lookAhead(observation);
    this.#prospects.begin(observation, current, false);
    return this.#withQuality(this.#choose(observation, current), observation);
  }

  /** Fills in the loads to come. */
  #lookAhead({ cameras }: Observation): void {
    for (const [i, { seconds }] of AHEAD.entries()) {
      const { load } = this.#loads[i + 1]!;
      load.clear();
      for (const { camera, framesPerS } of cameras) load.add(framesPerS, this.#demand.of(camera, seconds));
    }
  }

  #choose(observation: Observation, current: KnownPoint | null): Decision {
    const { knobs, now } = observation;
    const choices: Choices = {
      points: this.#points,
      pinned: this.#pinned,
      point: knobs.point,
      intervalMs: knobs.inferenceIntervalMs,
      avoids: (point) => this.#swaps.avoided.why(point, now) !== null,
    };
    this.#best.find(choices, this.#prospects, this.#loads, HEADROOM);
    this.#weighThrottling(observation, current, choices);
    const best = this.#best.point;
    if (current === null) return this.#leaveUnknown(observation, best);
    this.#prospects.look(current, knobs.inferenceIntervalMs, this.#device.load, NO_HEADROOM, this.#here);
    this.#near.findInterval(current, choices, this.#prospects, this.#loads, HEADROOM);
    const swap = best === null ? null : this.#considerSwap(observation, current, best);
    return swap ?? this.#considerInterval(observation);
  }

  /**
   * Where the board could be kept from holding itself back only at the price of what it is there for, and has been for a while,
   * it is let: its own governor protects it. What the user bounds stays a bound.
   */
  #weighThrottling(observation: Observation, current: KnownPoint | null, choices: Choices): void {
    const { now } = observation;
    const price = this.#letsThrottle ? THROTTLING_POINTS / 2 : THROTTLING_POINTS;
    this.#letsThrottle = false;
    const most = this.#points.reduce((best, point) => Math.max(best, this.#prospects.mostOf(point)), 0);
    const { value, excess } = this.#best;
    if (this.#prospects.limit(now, false) === null || this.#best.point === null || most - value < price) {
      this.#coolSince = null;
      return;
    }
    this.#prospects.begin(observation, current, true);
    this.#hot.find(choices, this.#prospects, this.#loads, HEADROOM);
    if (this.#hot.value - value > price && this.#hot.excess <= excess) this.#coolSince ??= now;
    else this.#coolSince = null;
    this.#letsThrottle = this.#coolSince !== null && now - this.#coolSince >= PATIENCE_MS;
    if (this.#letsThrottle) [this.#best, this.#hot] = [this.#hot, this.#best];
    else this.#prospects.begin(observation, current, false);
  }

  /** The same with the quality that the uplink bears. */
  #withQuality(decision: Decision, { knobs, uplinkBytesPerDay, now }: Observation): Decision {
    const { maxUplinkBytesPerDay } = this.#budgets;
    if (this.#pinned.has('compressionQuality')) return decision;
    const quality = this.#quality.decide(knobs.compressionQuality, uplinkBytesPerDay, maxUplinkBytesPerDay, now);
    if (quality === knobs.compressionQuality) return decision;
    const isBetter = quality > knobs.compressionQuality;
    const megabytes = ((uplinkBytesPerDay ?? 0) / 1e6).toFixed(0);
    const why = `pictures of quality ${quality}: ${megabytes} MB a day of ${((maxUplinkBytesPerDay ?? 0) / 1e6).toFixed(0)} MB`;
    return {
      ...decision,
      knobs: { ...decision.knobs, compressionQuality: quality },
      kind: decision.kind === 'stay' ? (isBetter ? 'raise' : 'ease') : decision.kind,
      reason: decision.kind === 'stay' ? why : `${decision.reason}; ${why}`,
    };
  }

  /** Nothing is known of the point in use: any that is known is better, where one may be chosen. */
  #leaveUnknown(observation: Observation, best: KnownPoint | null): Decision {
    this.#here.copy(best === null ? new Prospect() : this.#best.prospect);
    if (best === null) return this.#stay(observation, 'no operating point is known that may be chosen');
    if (this.#swaps.pending !== null) return this.#stay(observation, 'the new workers are being warmed');
    if (!this.#swaps.may(true, observation.now)) return this.#stay(observation, 'swaps are used up');
    return this.#swap(observation, best, 'raise', 'nothing is known of the point in use');
  }

  #considerSwap(observation: Observation, current: KnownPoint, best: KnownPoint): Decision | null {
    const { now } = observation;
    const isBarred = this.#swaps.avoided.why(current, now);
    const isBetter = isBarred !== null || this.#best.isBetterThan(this.#near, this.#swaps.leastGain(now));
    if (isSamePoint(best, current) || !isBetter) {
      this.#swaps.noneIsBetter();
      return null;
    }
    const mends = this.#near.prospect.excess > NO_HELP && this.#best.exceedsLessThan(this.#near);
    const isUrgent = isBarred !== null || mends;
    if (!this.#swaps.mayFollow(isUrgent, now)) return null;
    if (isUrgent) this.#swaps.leaves(current, now);
    const limit = this.#prospects.limit(now);
    const kind = this.#kindOfSwap(current, best, isUrgent);
    const why =
      isBarred ??
      (isUrgent
        ? excessInWords(this.#near.prospect, this.#budgets, limit)
        : `${(this.#best.value - this.#near.value).toFixed(1)} points better`);
    return this.#swap(observation, best, kind, why);
  }

  #kindOfSwap(current: KnownPoint, best: KnownPoint, isUrgent: boolean): DecisionKind {
    if (isUrgent) return 'ease';
    if (this.#best.prospect.value < this.#near.prospect.value) return 'ahead';
    return best.accuracy >= current.accuracy ? 'raise' : 'ease';
  }

  #considerInterval(observation: Observation): Decision {
    const { now, knobs } = observation;
    const { prospect } = this.#near;
    const isOver = this.#here.excess > 0;
    const isLonger = prospect.intervalMs > knobs.inferenceIntervalMs;
    const helps = prospect.excess < this.#here.excess - 1e-3 || prospect.excess === 0;
    if (isOver && isLonger && helps) {
      this.#interval.forced(now);
      return this.#move(
        observation,
        prospect.intervalMs,
        'ease',
        excessInWords(this.#here, this.#budgets, this.#prospects.limit(now)),
      );
    }
    const trouble = this.#unexplained(observation);
    if (trouble !== null) return trouble;
    if (this.#swaps.pending !== null) return this.#stay(observation, 'the new workers are being warmed');
    const gain = prospect.value - this.#here.value;
    if (isOver || prospect.intervalMs === knobs.inferenceIntervalMs || !this.#interval.mayMove(!isLonger, gain, now))
      return this.#stay(observation, isOver ? this.#overInWords(now) : inWords(this.#here));
    if (isLonger) this.#interval.eased(now);
    else this.#interval.raised(now);
    return this.#move(
      observation,
      prospect.intervalMs,
      isLonger ? 'ease' : 'raise',
      `${gain.toFixed(1)} points better`,
    );
  }

  #overInWords(now: number): string {
    return `${excessInWords(this.#here, this.#budgets, this.#prospects.limit(now))}, and nothing helps now`;
  }

  /** Frames are late though the model has it otherwise: asks for less until that is over. */
  #unexplained(observation: Observation): Decision | null {
    const { now, knobs, p95LatencyMs, lateShare } = observation;
    const isLate = lateShare > MUCH_LATE || (p95LatencyMs !== null && p95LatencyMs > this.#budgets.latencyMs);
    this.#troubles = isLate ? this.#troubles + 1 : 0;
    if (this.#troubles < TROUBLE_IN_A_ROW || this.#pinned.has('inferenceIntervalMs')) return null;
    const next = INTERVALS_MS.find((ms) => ms >= Math.max(100, knobs.inferenceIntervalMs * BLIND_STEP));
    if (next === undefined || this.#swaps.pending !== null) return null;
    this.#troubles = 0;
    this.#interval.forced(now);
    const p95 = p95LatencyMs === null ? '' : `, p95 ${p95LatencyMs.toFixed(0)} ms`;
    const why = `${(lateShare * 100).toFixed(0)} % of the frames are late${p95}`;
    return { ...this.#move(observation, next, 'ease', why), isUrgent: true };
  }

  #move(observation: Observation, intervalMs: number, kind: DecisionKind, why: string): Decision {
    const pending = this.#swaps.pending;
    const { point } = observation.knobs;
    const knobs = { ...observation.knobs, point: pending ?? point, inferenceIntervalMs: intervalMs };
    return this.#decision(knobs, kind, `${intervalInWords(intervalMs)}: ${why}`, this.#near.prospect);
  }

  #swap(observation: Observation, point: KnownPoint, kind: DecisionKind, why: string): Decision {
    const { knobs, now } = observation;
    const { prospect } = this.#best;
    this.#swaps.ask(knobs.point, point, kind, now);
    // a shorter interval is for the new point: the old one, which serves while the new one is warmed, could not bear it
    const intervalMs = Math.max(knobs.inferenceIntervalMs, prospect.intervalMs);
    const target = {
      ...knobs,
      point: withoutNumbers(point),
      inferenceIntervalMs: intervalMs,
      batchWindowMs: this.#pinned.has('batchWindowMs') ? knobs.batchWindowMs : windowFor(point, this.#budgets),
    };
    const reason = `${settingInWords(point, prospect.intervalMs)}: ${why} (${inWords(prospect)})`;
    // a trial holds what it sees against what is foretold of what it was given
    this.#prospects.look(point, intervalMs, this.#device.load, NO_HEADROOM, this.#asked);
    return this.#decision(target, kind, reason, this.#asked);
  }

  #stay(observation: Observation, reason: string): Decision {
    const pending = this.#swaps.pending;
    const knobs = pending === null ? observation.knobs : { ...observation.knobs, point: pending };
    return this.#decision(knobs, 'stay', reason, this.#here);
  }

  #decision(knobs: KnobSettings, kind: DecisionKind, reason: string, prospect: Prospect): Decision {
    return {
      knobs,
      kind,
      isUrgent: kind !== 'stay' && this.#here.excess > 0,
      reason,
      forecast: {
        temperature: Number.isNaN(prospect.temperature) ? null : prospect.temperature,
        utilisation: prospect.utilisation,
        p95LatencyMs: prospect.p95LatencyMs,
        effectiveAccuracy: prospect.effectiveAccuracy,
        watts: this.#device.power.isRead ? prospect.watts : null,
      },
    };
  }
}

/** ms that a picture may wait for others: half of what it takes alone, where that leaves most of the budget. */
function windowFor({ batchSize, serviceMs }: KnownPoint, { latencyMs }: Budgets): number {
  return batchSize === 1 ? 0 : Math.round(Math.min(serviceMs / 2, latencyMs / 8));
}
