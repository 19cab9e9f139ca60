import type { Config } from '../../config/config.js';
import { OPTIMIZATIONS } from '../../config/optimizations.js';
import type {
  AskedTrials,
  KnobChanged,
  KnobView,
  PointView,
  TakenBack,
  TrialView,
  TuningPort,
  TuningView,
} from '../../dashboard/api/tuning.js';
import type { Clock } from '../../foundation/clock.js';
import { EdgeError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { ApiRefusal } from '../../http/api-route.js';
import { isSamePoint, type KnownPoint, nameOfPoint, type OperatingPoint } from '../../tune/operating-point.js';
import type { EndedTrial } from '../../tune/trials/trial.js';
import { parseTrials } from '../../tune/trials/trial.js';
import type { DeviceOrders } from '../commands/device-orders.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import type { DeviceOptimization } from '../tuning/device-optimization.js';
import type { DeviceTuning } from '../tuning/device-tuning.js';
import type { IdleProfiling } from '../tuning/idle-profiling.js';
import type { Knobs } from '../tuning/knobs.js';
import { budgetsOf, settingOf } from '../tuning/tune-budgets.js';
import type { InstalledModels } from './installed-models.js';
import { knobViews } from './knob-views.js';

export interface DashboardTuningParts {
  readonly config: Pick<Config, 'tune' | 'model' | 'detector'>;
  readonly tuning: Pick<DeviceTuning, 'status' | 'knownPoints' | 'decision' | 'observation'>;
  readonly optimization: Pick<DeviceOptimization, 'engine' | 'states'>;
  readonly knobs: Pick<Knobs, 'currentOrNull' | 'heldOff'>;
  readonly models: Pick<ModelsInUse, 'current'>;
  readonly orders: Pick<DeviceOrders, 'overrides' | 'set'>;
  readonly idleProfiling: Pick<IdleProfiling, 'status'>;
  readonly installed: InstalledModels;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who is named for what is changed over HTTP. */
const BY = 'http:operator';
/** Loading other workers takes its time; the pages give an answer up after 15 s, of which the link takes some. */
const LONGEST_ANSWER_MS = 10_000;

/** Shows how the device tunes itself, and lets the operator hold a knob or take a trial back. */
export class DashboardTuning implements TuningPort {
  readonly #parts: DashboardTuningParts;

  constructor(parts: DashboardTuningParts) {
    this.#parts = parts;
  }

  async view(): Promise<TuningView> {
    const { config, tuning, optimization, knobs, idleProfiling, clock } = this.#parts;
    const { enabled, mode, waitsFor, lastChange } = tuning.status();
    const { latencyMs, maxTemperature, maxWatts, maxMemoryBytes, maxCpuBusy } = budgetsOf(config);
    const { engine } = optimization;
    const inUse = knobs.currentOrNull?.point ?? null;
    const strategies = engine.getStatus();
    return {
      at: clock.unixNow(),
      enabled,
      mode,
      waitsFor,
      budgets: { latencyMs, maxTemperature, maxWatts, maxMemoryBytes, maxCpuBusy },
      now: seenOf(tuning.observation),
      decision: decisionOf(tuning.decision),
      lastChange,
      knobs: await this.#knobViews(),
      points: tuning.knownPoints.map((point) => pointView(point, inUse)),
      heldOff: [...knobs.heldOff()],
      strategies: OPTIMIZATIONS.map((name) => {
        const { isEnabled, isAvailable, note } = strategies[name];
        return { name, isEnabled, isAvailable, note };
      }),
      underWay: [...engine.underWay],
      stuck: [...engine.stuck],
      reversible: [...engine.reversible],
      measuring: idleProfiling.status(),
    };
  }

  trials(asked: AskedTrials): { total: number; trials: TrialView[] } | null {
    const { states } = this.#parts.optimization;
    const found = states.read(asked);
    if (found === null) return null;
    return {
      // some of those that were found may wait to be written, and are not counted yet
      total: Math.max(states.count(asked) ?? 0, found.length === 0 ? 0 : asked.skip + found.length),
      trials: parseTrials(found.map(({ record }) => record)),
    };
  }

  reversible(): readonly string[] {
    return this.#parts.optimization.engine.reversible;
  }

  async pin(knob: KnobView['name'], value: number | string | null | undefined, forMs: number): Promise<KnobChanged> {
    const view = (await this.#knobViews()).find(({ name }) => name === knob)!;
    const key = settingOf(knob);
    if (key === null) throw new ApiRefusal(409, `${knob} moves with variant: pin that`);
    const isPinned = view.pin?.by === 'command';
    if (value === null && !isPinned) throw new ApiRefusal(409, whyNotFreed(view));
    if (value !== null && view.pin?.by === 'configuration') throw new ApiRefusal(409, whyNotFreed(view));
    const wanted = value === undefined ? view.value : value;
    if (wanted === null && value !== null)
      throw new ApiRefusal(409, 'no model answers yet: nothing can be pinned before');
    const change = this.#parts.orders.set({ [key]: wanted }, forMs, BY);
    const isDone = await this.#inTime(change, `${key} cannot be set to ${wanted}`);
    return { knob, state: isDone === null ? 'applying' : 'done' };
  }

  async takeBack(id: string): Promise<TakenBack> {
    const { optimization } = this.#parts;
    const { engine } = optimization;
    if (!engine.reversible.includes(id)) {
      const why = engine.obstacleToTakingBack(id);
      if (why !== null) throw new ApiRefusal(409, why);
    }
    const taking = engine.takeBack(id, 'the operator has taken it back');
    const trial: EndedTrial | null = await this.#inTime(taking, 'the trial cannot be taken back');
    return { trial, state: trial === null ? 'applying' : 'done' };
  }

  async #knobViews(): Promise<KnobView[]> {
    const { config, knobs, models, orders, optimization, installed } = this.#parts;
    const { current } = models;
    return knobViews({
      config,
      settings: knobs.currentOrNull,
      inputSize: current === null ? null : `${current.inputWidth}x${current.inputHeight}`,
      overrides: orders.overrides.all,
      isEnabled: (type) => optimization.engine.isEnabled(type),
      listings: (await installed.list()).listings,
    });
  }

  /** null where it is not done when an answer is due: it goes on, and a failure is in the log. */
  async #inTime<T>(change: Promise<T>, failure: string): Promise<T | null> {
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(null);
      }, LONGEST_ANSWER_MS);
    });
    change.catch((error: unknown) => {
      if (isLate) this.#parts.log.warn({ reason: explain(error) }, failure);
    });
    try {
      return await Promise.race([change, late]);
    } catch (error) {
      if (error instanceof EdgeError) throw new ApiRefusal(409, `${failure}: ${explain(error)}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function whyNotFreed({ name, pin }: KnobView): string {
  if (pin?.by === 'configuration') {
    return `${name} is pinned by the configuration: take it out of tune.pinned, or set model.name or model.variant to auto`;
  }
  return `${name} is not pinned by anybody: there is nothing to take back`;
}

function seenOf(observation: DashboardTuningParts['tuning']['observation']): TuningView['now'] {
  if (observation === null) return null;
  const { unixNow: at, temperature, throttleAt, throttledBy, watts, p95LatencyMs } = observation;
  const { lateShare, keptF1, cpuBusy, memoryBytes } = observation;
  return {
    at,
    temperature,
    throttleAt,
    throttledBy: [...throttledBy],
    watts,
    p95LatencyMs,
    lateShare,
    keptF1,
    cpuBusy,
    memoryBytes,
  };
}

function decisionOf(decision: DashboardTuningParts['tuning']['decision']): TuningView['decision'] {
  if (decision === null) return null;
  const { kind, reason, isUrgent, forecast } = decision;
  // JSON has no infinity: a queue that only grows has no latency
  const { temperature, utilisation, p95LatencyMs: latency, effectiveAccuracy, watts } = forecast;
  const p95LatencyMs = Number.isFinite(latency) ? latency : null;
  return { kind, reason, isUrgent, forecast: { temperature, utilisation, p95LatencyMs, effectiveAccuracy, watts } };
}

function pointView(point: KnownPoint, inUse: OperatingPoint | null): PointView {
  const { model, variant, provider, workers, intraOpThreads, batchSize, accuracy, serviceMs, picturesPerS } = point;
  const { cpuMs, millijoules, memoryBytes, isMeasured } = point;
  return {
    name: nameOfPoint(point),
    model,
    variant,
    provider,
    workers,
    intraOpThreads,
    batchSize,
    accuracy,
    serviceMs,
    picturesPerS,
    cpuMs,
    millijoules,
    memoryBytes,
    isMeasured,
    isInUse: inUse !== null && isSamePoint(point, inUse),
  };
}
