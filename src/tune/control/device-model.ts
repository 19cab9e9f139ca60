import type { Budgets } from '../budgets.js';
import type { Observation } from '../observation.js';
import { isSamePoint, type KnownPoint } from '../operating-point.js';
import { BoardPower, isBoardPower } from './board-power.js';
import { crowdingAt } from './crowding.js';
import { coreMsOf, millijoulesOf } from './kinds.js';
import { inferredOf, Load } from './load.js';
import { Misses } from './misses.js';
import { ProcessorShare } from './processor-share.js';
import { latencyOf, outlookOfQueue, type QueueOutlook, shareLaterThan } from './queue.js';
import type { SavedState } from './saved-state.js';
import { Slowdown } from './slowdown.js';
import { type Age, addAge, Staleness } from './staleness.js';
import { HeatFlow } from './thermal/heat-flow.js';
import { TemperatureReadings } from './thermal/temperature-readings.js';
import { ThrottlePoint } from './thermal/throttle-point.js';

/** Readings farther apart are of another time, s. */
const GAP_S = 300;
/** s after a change until what is read is of the new setting alone. */
const SETTLE_S = 15;
/** Cores of a machine that nothing tells of. */
const SOME_CORES = 4;
/** W of all cores, where no point runs on them. */
const CORES_WATTS = 4;
/** Part of what a latency was off that is taken over, and the most ms that a frame takes beside its inference. */
const OVERHEAD_GAIN = 0.1;
const MOST_OVERHEAD_MS = 500;
/** Utilisation above which latencies say more of the queue than of the overhead. */
const CALM_UTILISATION = 0.7;
/** Frames or inferences a second beyond which a number is none. */
const MOST_PER_S = 10_000;
/** s over which loads are smoothed. */
const LOAD_S = 20;
/** s without a temperature after which nothing is said of it. */
const BLIND_S = 600;
/** Logarithm by which numbers of a profile differ that are others: a measurement in the place of an estimate, not its noise. */
const OTHER_PROFILE = 0.15;

/** What is known of the device, and learnt from each observation: how slow, how stale, how hungry and how warm it is. */
export class DeviceModel {
  readonly slowdown = new Slowdown();
  readonly staleness = new Staleness();
  readonly misses = new Misses();
  readonly power = new BoardPower();
  readonly processor: ProcessorShare;
  readonly heat = new HeatFlow();
  readonly throttle = new ThrottlePoint();
  readonly readings = new TemperatureReadings();
  readonly cores: number;
  /** What the cameras deliver and ask for, smoothed. */
  readonly load = new Load();
  /** ms that a frame takes beside waiting and inference. */
  overheadMs = 5;
  /** Cores that others keep busy, this program's work beside inference included; and what that draws, W. */
  othersCores = 0;
  othersWatts = 0;
  readonly #latencyMs: number;
  readonly #smoothed = new Map<string, { frames: number; wanted: number }>();
  readonly #queue: QueueOutlook = { utilisation: 0, serviceMs: 0, waiting: 0, waitMs: 0 };
  readonly #age: Age = { turns: 0, seconds: 0 };
  readonly #asked = new Load();
  #points: readonly KnownPoint[] = [];
  #coresWatts = CORES_WATTS;
  #last: Observation | null = null;
  #settledAt = Number.NEGATIVE_INFINITY;
  #temperatureAt = Number.NEGATIVE_INFINITY;

  constructor({ latencyMs }: Budgets, points: readonly KnownPoint[], cores: number | undefined) {
    this.#latencyMs = latencyMs;
    const used = points.map(({ provider, workers, intraOpThreads }) =>
      provider === 'cpu' ? workers * intraOpThreads : 1,
    );
    const onCpu = points.some(({ provider }) => provider === 'cpu');
    this.cores = cores ?? Math.max(onCpu ? 1 : SOME_CORES, ...used);
    this.processor = new ProcessorShare(this.cores);
    this.know(points);
  }

  know(points: readonly KnownPoint[]): void {
    this.slowdown.regression.know(points);
    this.staleness.regression.know(points);
    this.power.regression.know(points);
    this.#compareProfiles(points);
    this.#coresWatts = CORES_WATTS;
    for (const point of points) {
      if (point.provider !== 'cpu') continue;
      this.#coresWatts = Math.max(this.#coresWatts, (millijoulesOf(point) * point.picturesPerS) / 1000);
    }
  }

  #compareProfiles(points: readonly KnownPoint[]): void {
    for (const point of points) {
      const before = this.#points.find((one) => isSamePoint(one, point));
      if (before === undefined) continue;
      if (isOther(before.serviceMs, point.serviceMs)) this.slowdown.regression.profiledAnew(point);
      if (isOther(millijoulesOf(before), millijoulesOf(point))) this.power.regression.profiledAnew(point);
    }
    this.#points = points;
  }

  /** By how much a picture takes longer at a point than its profile says, others' work included. */
  slownessOf(point: KnownPoint): number {
    return this.slowdown.of(point) * crowdingAt(point, this.cores, this.othersCores);
  }

  /** W that the profile gives so many pictures a second; a kind that takes longer takes its power for longer. */
  wattsOf(point: KnownPoint, perS: number): number {
    return (perS * millijoulesOf(point) * Math.max(1, this.slowdown.ofKind(point))) / 1000;
  }

  /** Whether the temperature of now is known. */
  isWarmthKnown(now: number): boolean {
    return this.heat.isStarted && now - this.#temperatureAt <= BLIND_S * 1000;
  }

  /**
   * Takes in what was read since the last observation.
   *
   * @param isSwapping whether other workers are being warmed, which slows those that serve
   */
  learn(observation: Observation, current: KnownPoint | null, isSwapping: boolean): void {
    const last = this.#last;
    const seconds = last === null ? 0 : Math.max(0, Math.min(GAP_S, (observation.now - last.now) / 1000 || 0));
    this.#last = observation;
    this.#advance(seconds);
    this.#seeOthers(observation);
    this.#seeLoad(observation, seconds);
    const inferred = inferredOf(observation);
    const ours = current === null ? 0 : this.wattsOf(current, inferred);
    this.#seeHeat(observation, current, ours, seconds);
    if (current === null || last === null || seconds === 0) return;
    const isAsBefore = isSamePoint(last.knobs.point, observation.knobs.point);
    if (!isAsBefore || last.knobs.inferenceIntervalMs !== observation.knobs.inferenceIntervalMs)
      this.#settledAt = observation.now + SETTLE_S * 1000;
    if (!isAsBefore || isSwapping) return;
    this.#learnService(observation, current);
    if (observation.now < this.#settledAt) return;
    this.#learnAnswers(observation, current);
    const { cpuBusy, cpuBusyElsewhere } = observation;
    if (cpuBusy !== null && cpuBusyElsewhere !== null)
      this.processor.learn(cpuBusy - cpuBusyElsewhere, (inferred * coreMsOf(current)) / 1000);
  }

  /** What outlasts a restart. */
  save(): Omit<SavedState, 'version' | 'demand' | 'swaps'> {
    return {
      slowdown: this.slowdown.regression.save(),
      staleness: this.staleness.regression.save(),
      power: { ...this.power.regression.save(), isRead: this.power.isRead },
      misses: this.misses.belief,
      rises: this.heat.save(),
      throttleSeen: this.throttle.seen,
      overheadMs: this.overheadMs,
    };
  }

  restore(saved: SavedState): void {
    this.slowdown.regression.restore(saved.slowdown);
    this.staleness.regression.restore(saved.staleness);
    this.power.regression.restore(saved.power);
    this.power.isRead = saved.power.isRead;
    this.misses.restore(saved.misses);
    this.heat.restore(saved.rises);
    this.throttle.restore(saved.throttleSeen);
    this.overheadMs = saved.overheadMs;
  }

  #advance(seconds: number): void {
    this.slowdown.regression.advance(seconds);
    this.staleness.regression.advance(seconds);
    this.power.regression.advance(seconds);
    this.misses.advance(seconds);
    this.processor.advance(seconds);
  }

  #seeOthers({ cpuBusyElsewhere }: Observation): void {
    const elsewhere = share(cpuBusyElsewhere) ?? 0;
    this.othersCores = (elsewhere + this.processor.of(0)) * this.cores;
    this.othersWatts = elsewhere * this.#coresWatts;
  }

  #seeLoad({ cameras }: Observation, seconds: number): void {
    const weight = 1 - Math.exp(-seconds / LOAD_S);
    this.load.clear();
    for (const { camera, framesPerS, wantedPerS } of cameras) {
      const frames = rate(framesPerS);
      const wanted = Math.min(rate(wantedPerS), frames);
      const before = this.#smoothed.get(camera);
      const smoothed = before ?? { frames, wanted };
      smoothed.frames += weight * (frames - smoothed.frames);
      smoothed.wanted += weight * (wanted - smoothed.wanted);
      if (before === undefined) this.#smoothed.set(camera, smoothed);
      this.load.add(smoothed.frames, smoothed.wanted);
    }
    if (this.#smoothed.size > cameras.length) this.#forgetGone(new Set(cameras.map(({ camera }) => camera)));
  }

  #forgetGone(present: ReadonlySet<string>): void {
    for (const camera of this.#smoothed.keys()) if (!present.has(camera)) this.#smoothed.delete(camera);
  }

  #seeHeat(observation: Observation, current: KnownPoint | null, ours: number, seconds: number): void {
    const { now, watts, throttledBy, throttleAt } = observation;
    if (watts !== null && current !== null) this.power.learn(watts, current, ours, this.othersWatts);
    const modelled = current === null ? this.othersWatts : this.power.of(current, ours, this.othersWatts);
    this.heat.advance(seconds, this.power.isRead && isBoardPower(watts) ? watts : modelled);
    const temperature = this.readings.read(observation.temperature, this.heat.isStarted ? this.heat.heated : null, now);
    if (temperature !== null) {
      this.heat.learn(temperature);
      this.#temperatureAt = now;
    }
    this.throttle.update(throttleAt, temperature, throttledBy.includes('heat'), seconds);
  }

  #learnService({ serviceMs, cameras }: Observation, current: KnownPoint): void {
    if (serviceMs === null || !(serviceMs > 0) || cameras.length === 0) return;
    this.slowdown.learn(current, serviceMs, current.serviceMs * crowdingAt(current, this.cores, this.othersCores));
  }

  #learnAnswers({ cameras, keptF1, lateShare, p95LatencyMs, knobs }: Observation, current: KnownPoint): void {
    const asked = this.#asked;
    const age = this.#age;
    asked.clear();
    age.turns = age.seconds = 0;
    for (const { framesPerS, wantedPerS } of cameras) asked.add(framesPerS, wantedPerS);
    const frames = asked.allFrames;
    if (frames === 0) return;
    for (const { framesPerS, wantedPerS, inferredPerS } of cameras)
      addAge(Math.min(rate(wantedPerS), rate(framesPerS)), rate(inferredPerS), rate(framesPerS) / frames, age);
    if (keptF1 !== null) this.staleness.learn(current, age, keptF1);
    const perS = asked.askedUnder(knobs.inferenceIntervalMs);
    const inferredShare = perS / frames;
    outlookOfQueue(current, perS, this.slownessOf(current), this.#queue);
    const { utilisation } = this.#queue;
    const places = current.workers * current.batchSize;
    const sd = this.slowdown.sd(current);
    const late = shareLaterThan(this.#latencyMs - this.overheadMs, this.#queue, sd);
    this.misses.learn(lateShare, inferredShare, utilisation, places, late);
    if (p95LatencyMs === null || utilisation > CALM_UTILISATION || !(p95LatencyMs >= 0)) return;
    const expected = inferredShare > 0.06 ? latencyOf(0.05 / inferredShare, this.#queue, sd) : 0;
    const off = Math.max(-50, Math.min(50, p95LatencyMs - expected - this.overheadMs));
    this.overheadMs = Math.max(0, Math.min(MOST_OVERHEAD_MS, this.overheadMs + OVERHEAD_GAIN * off));
  }
}

const isOther = (before: number, now: number): boolean => Math.abs(Math.log(now / before)) > OTHER_PROFILE;

/** Per second, as it was read; 0 for what is none. */
const rate = (read: number): number => (read > 0 && read < MOST_PER_S ? read : 0);

/** A share as it was read; null for what is none. */
const share = (read: number | null): number | null => (read !== null && read >= 0 && read <= 1 ? read : null);
