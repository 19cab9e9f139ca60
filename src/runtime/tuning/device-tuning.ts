import type { Config } from '../../config/config.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { mergedCounts } from '../../telemetry/metrics/histogram.js';
import type { Metrics, Sampled } from '../../telemetry/metrics/metrics.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import { Controller } from '../../tune/control/controller.js';
import type { Decision } from '../../tune/control/decision.js';
import type { OptimizationEngine } from '../../tune/engine/optimization-engine.js';
import type { KnobName } from '../../tune/knobs.js';
import { tuneMetrics } from '../../tune/metrics.js';
import type { Observation } from '../../tune/observation.js';
import { Observer, type TuneCounts } from '../../tune/observer.js';
import { isSamePoint, type KnownPoint, nameOfPoint } from '../../tune/operating-point.js';
import { unrestOf } from '../../tune/points/idle-gate.js';
import { RunningCosts } from '../../tune/running-costs.js';
import { ServedTimes } from '../../tune/served-times.js';
import { CompressionStrategy, type TunedCompression } from '../../tune/strategies/compression-strategy.js';
import type { KnobChange, KnobOptimization } from '../../tune/strategies/knob-change.js';
import { Tuner } from '../../tune/tuner.js';
import type { Cameras } from '../cameras/cameras.js';
import type { DeviceMachine } from '../machine/device-machine.js';
import type { TuningStatus } from '../status.js';
import type { DevicePoints } from './device-points.js';
import type { Knobs } from './knobs.js';
import { budgetsOf, pinnedBy, pinnedByCommands } from './tune-budgets.js';
import { tuneStateOf, usableCores } from './tune-state.js';

export interface DeviceTuningParts {
  readonly config: Pick<Config, 'tune' | 'model' | 'detector' | 'cameras'>;
  readonly machine: DeviceMachine;
  readonly processes: Pick<ProcessMetrics, 'totalBytes' | 'uses'>;
  readonly cameras: Pick<Cameras, 'latencies' | 'outcomes' | 'loads' | 'service' | 'all' | 'servingS'>;
  readonly knobs: Pick<Knobs, 'currentOrNull' | 'apply'>;
  readonly points: Pick<DevicePoints, 'read'>;
  readonly engine: Pick<OptimizationEngine, 'register' | 'consider' | 'isEnabled' | 'underWay'>;
  /** What outlives a restart. */
  readonly states: { keep(name: string, state: object): void; kept(name: string): unknown };
  /** Settings that commands hold at another value now. */
  readonly commanded: () => readonly { readonly key: string; readonly value: unknown }[];
  /** Bytes to and from the broker since the start; null where there is none. */
  readonly wireBytes: () => number | null;
  readonly compression: TunedCompression;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** s after the cameras began in which everything is new: every frame is inferred, and code is compiled. */
const WARM_UP_S = 10;
/** ms after which it is looked again what there is: a model was added, or measured in an idle hour. */
const READ_POINTS_MS = 600_000;
/** ms after which it is tried again where they could not be read. */
const RETRY_MS = 60_000;
/** ms after which what was learnt of the device is kept again. */
const KEEP_MS = 3_600_000;
/** The same before a swap, however often it is asked for: no two follow each other faster. */
const KEEP_SWAP_MS = 30_000;
const STATE = 'controller';

/** Tunes the device: observes every few seconds, decides, and has the strategies try what was decided. */
export class DeviceTuning implements Part, Sampled {
  readonly name = 'tuning';
  readonly essential = false;
  readonly settings = [
    { path: 'tune', requiresRestart: true },
    {
      path: 'tune.enabled',
      requiresRestart: false,
      apply: (isOn: unknown) => {
        this.#isOn = isOn as boolean;
        if (!this.#isOn) this.#tuner?.rest();
      },
    },
  ];
  readonly metrics = tuneMetrics(() => ({
    observation: this.observation,
    decision: this.#tuner?.decision ?? null,
    costs: this.#costs,
  }));
  /** Of the last interval; null before there is one. */
  observation: Observation | null = null;
  readonly #parts: DeviceTuningParts;
  readonly #clock: Clock;
  readonly #observer: Observer;
  readonly #pinned: readonly KnobName[];
  readonly #served = new ServedTimes();
  readonly #costs: RunningCosts;
  #controller: Controller | null = null;
  #tuner: Tuner | null = null;
  #isRunning = false;
  #isOn: boolean;
  #observedAt = Number.NEGATIVE_INFINITY;
  #pointsReadAt = Number.NEGATIVE_INFINITY;
  #keptAt = Number.NEGATIVE_INFINITY;
  #pointsTrouble: string | null = null;
  #lastChange: TuningStatus['lastChange'] = null;

  /** @param metrics has it look once a second */
  constructor(parts: DeviceTuningParts, clock: Clock = systemClock) {
    const { config, metrics } = parts;
    this.#parts = parts;
    this.#clock = clock;
    this.#observer = new Observer(config.tune.latencyMs);
    this.#isOn = config.tune.enabled;
    this.#pinned = pinnedBy(config);
    this.#costs = new RunningCosts(config.tune);
    metrics.follow(this);
  }

  start(): void {
    this.#isRunning = true;
    this.#keptAt = this.#clock.now();
  }

  stop(): void {
    if (this.#isRunning) this.#keep();
    this.#isRunning = false;
  }

  status(): TuningStatus {
    const { config, knobs, engine } = this.#parts;
    const [trial] = engine.underWay;
    return {
      enabled: this.#isOn,
      waitsFor: this.#isOn ? this.obstacle : null,
      mode: config.tune.mode,
      pinned: [...(this.#tuner?.pinned ?? this.#standing())],
      knobs: knobs.currentOrNull,
      lastChange: this.#lastChange,
      trial: trial === undefined ? null : { from: trial.from, to: trial.to, reason: trial.reason },
      decision: this.#tuner?.decision?.reason ?? null,
    };
  }

  /** How many operating points it chooses from. */
  get points(): number {
    return this.knownPoints.length;
  }

  /** The operating points that it chooses from; none before it has looked. */
  get knownPoints(): readonly KnownPoint[] {
    return this.#tuner?.points ?? [];
  }

  /** The last one; null before the first. */
  get decision(): Decision | null {
    return this.#tuner?.decision ?? null;
  }

  /** Another measurement of the points may be there. */
  pointsChanged(): void {
    this.#pointsReadAt = Number.NEGATIVE_INFINITY;
  }

  async sample(): Promise<void> {
    const now = this.#clock.now();
    const { config, knobs: moved, cameras } = this.#parts;
    const knobs = moved.currentOrNull;
    if (!this.#isRunning || knobs === null || now - this.#observedAt < config.tune.intervalS * 1000) return;
    this.#observedAt = now;
    const { machine, processes } = this.#parts;
    this.#costs.see(now, machine.machine.watts, this.#parts.wireBytes());
    const state = tuneStateOf(machine.machine, processes, cameras.all, this.#costs.bytesPerDay);
    const counts = this.#counts();
    const observation = this.#observer.observe({ now, unixNow: this.#clock.unixNow(), knobs, counts, state });
    if (observation === null) return;
    this.observation = observation;
    if (cameras.servingS() < WARM_UP_S) return;
    this.#served.see(observation);
    if (!this.#isOn || this.#isUnpaced) return;
    await this.#tune(observation);
  }

  /** Whether frames come as fast as they are answered: nothing tells what is enough then. */
  get #isUnpaced(): boolean {
    return this.#parts.config.cameras.some(({ pace }) => pace === 'fast');
  }

  /** Knobs that the configuration or a command has put where they stand. */
  #standing(): readonly KnobName[] {
    return [...new Set([...this.#pinned, ...pinnedByCommands(this.#parts.commanded())])];
  }

  /** Why nothing is decided; null where it is. */
  get obstacle(): string | null {
    if (!this.#isOn) return 'tune.enabled is false: the knobs stay where they stand';
    if (!this.#isUnpaced) return this.#pointsTrouble ?? (this.#tuner === null ? 'looks at the device first' : null);
    return 'a camera of pace fast takes whatever there is: nothing tells what is enough';
  }

  async #tune(observation: Observation): Promise<void> {
    const { now } = observation;
    if (now - this.#pointsReadAt >= READ_POINTS_MS) await this.#readPoints(observation);
    if (now - this.#keptAt >= KEEP_MS) this.#keep();
    const type = this.#tuner?.see(observation) ?? null;
    if (type !== null) await this.#consider(type);
    else if (this.#tuner !== null && this.#isCompressingAtUnrest(observation))
      await this.#parts.engine.consider('compression');
  }

  /** Effort for pictures does not wait for the next round where the board has none to spare. */
  #isCompressingAtUnrest(observation: Observation): boolean {
    const { effort, pictures } = this.#parts.compression;
    return effort > 0 && pictures > 0 && unrestOf(observation) !== null;
  }

  async #consider(type: KnobOptimization): Promise<void> {
    const tuner = this.#tuner!;
    const change = tuner.changeFor(type);
    this.#keepBefore(change);
    const report = await this.#parts.engine.consider(type);
    if (report.outcome === 'refused' && change !== null) tuner.refused(change);
    if (report.outcome !== 'tried' || report.change === null) return;
    const { from, to, reason } = report.change;
    this.#lastChange = { at: this.#clock.unixNow(), from, to, reason };
  }

  async #readPoints({ now, knobs }: Observation): Promise<void> {
    this.#pointsReadAt = now;
    try {
      const points = await this.#parts.points.read(knobs.point, this.#served.all);
      this.#pointsTrouble = null;
      if (this.#tuner === null) this.#begin(points);
      else this.#tuner.setPoints(points);
    } catch (error) {
      const trouble = `the operating points cannot be read: ${explain(error)}`;
      if (trouble !== this.#pointsTrouble) this.#parts.log.warn(trouble);
      this.#pointsTrouble = trouble;
      this.#pointsReadAt = now - READ_POINTS_MS + RETRY_MS;
    }
  }

  #begin(points: Parameters<Tuner['setPoints']>[0]): void {
    const { config, machine, knobs, engine, states, log } = this.#parts;
    const controller = new Controller({
      points,
      budgets: budgetsOf(config),
      pinned: new Set(this.#standing()),
      cores: usableCores(machine.machine),
      history: states.kept(STATE),
    });
    const isEnabled = (type: KnobOptimization): boolean => engine.isEnabled(type);
    const tuner = new Tuner({
      controller,
      knobs,
      pinned: () => this.#standing(),
      isEnabled,
      now: () => this.#clock.now(),
    });
    tuner.setPoints(points);
    this.#controller = controller;
    this.#tuner = tuner;
    const { compression } = this.#parts;
    for (const strategy of tuner.strategies) {
      const isOfPictures = strategy.type === 'compression';
      const observation = () => this.observation;
      engine.register(
        isOfPictures ? new CompressionStrategy({ quality: strategy, compression, observation, states }) : strategy,
      );
    }
    const names = points.map((point) => `${nameOfPoint(point)}${point.isMeasured ? '' : ' (estimated)'}`);
    log.debug({ points: names, pinned: this.#standing() }, 'the tuning begins');
  }

  #keep(): void {
    this.#keptAt = this.#clock.now();
    if (this.#controller !== null) this.#parts.states.keep(STATE, this.#controller.save());
  }

  /** Before other workers are tried: a restart in the middle of it must not forget that they were asked for. */
  #keepBefore(change: KnobChange | null): void {
    const standing = this.#parts.knobs.currentOrNull;
    if (change === null || standing === null || isSamePoint(standing.point, change.target.point)) return;
    if (this.#clock.now() - this.#keptAt >= KEEP_SWAP_MS) this.#keep();
  }

  #counts(): TuneCounts {
    const { cameras } = this.#parts;
    const responses = mergedCounts(cameras.latencies());
    const { outrun, failed } = cameras.outcomes();
    return { cameras: cameras.loads(), responses, outrun, failed, ...cameras.service() };
  }
}
