import type { Config } from '../config/config.js';
import { type Clock, systemClock } from '../foundation/clock.js';
import type { Part } from '../foundation/part.js';
import { LATENCY_BUCKETS } from '../telemetry/metrics/histogram.js';
import type { Metrics, Sampled } from '../telemetry/metrics/metrics.js';
import type { ProcessMetrics } from '../telemetry/metrics/process-metrics.js';
import type { KnobSettings } from '../tune/knobs.js';
import { tuneMetrics } from '../tune/metrics.js';
import type { Observation } from '../tune/observation.js';
import { Observer, type TuneCounts } from '../tune/observer.js';
import type { Cameras } from './cameras.js';
import type { DeviceMachine } from './device-machine.js';
import type { TuningStatus } from './status.js';
import { tuneStateOf } from './tune-state.js';

export interface DeviceTuningParts {
  readonly config: Pick<Config, 'tune'>;
  readonly machine: DeviceMachine;
  readonly processes: Pick<ProcessMetrics, 'totalBytes' | 'uses'>;
  readonly cameras: Pick<Cameras, 'latencies' | 'outcomes' | 'loads' | 'service' | 'all'>;
  readonly knobs: () => KnobSettings | null;
  readonly metrics: Metrics;
}

/** Observes how the device does, every few seconds. */
export class DeviceTuning implements Part, Sampled {
  readonly name = 'tuning';
  readonly essential = false;
  readonly settings = [{ path: 'tune', requiresRestart: true }];
  readonly metrics = tuneMetrics(() => this.observation);
  /** Of the last interval; null before there is one. */
  observation: Observation | null = null;
  readonly #parts: DeviceTuningParts;
  readonly #clock: Clock;
  readonly #observer: Observer;
  #isRunning = false;
  #observedAt = Number.NEGATIVE_INFINITY;

  /** @param metrics has it look once a second */
  constructor(parts: DeviceTuningParts, clock: Clock = systemClock) {
    this.#parts = parts;
    this.#clock = clock;
    this.#observer = new Observer(parts.config.tune.latencyMs);
    parts.metrics.follow(this);
  }

  start(): void {
    this.#isRunning = true;
  }

  stop(): void {
    this.#isRunning = false;
  }

  status(): TuningStatus {
    const { enabled, mode, pinned } = this.#parts.config.tune;
    return { enabled, mode, pinned, knobs: this.#parts.knobs(), lastChange: null, trial: null, trials: {} };
  }

  sample(): void {
    const now = this.#clock.now();
    const knobs = this.#parts.knobs();
    if (!this.#isRunning || knobs === null || now - this.#observedAt < this.#parts.config.tune.intervalS * 1000) return;
    this.#observedAt = now;
    const { machine, processes, cameras } = this.#parts;
    const state = tuneStateOf(machine.machine, processes, cameras.all);
    const counts = this.#counts();
    const observation = this.#observer.observe({ now, unixNow: this.#clock.unixNow(), knobs, counts, state });
    if (observation !== null) this.observation = observation;
  }

  #counts(): TuneCounts {
    const { cameras } = this.#parts;
    const responses = new Float64Array(LATENCY_BUCKETS);
    for (const latencies of cameras.latencies()) latencies.addTo(responses, false);
    const { outrun, failed } = cameras.outcomes();
    return { cameras: cameras.loads(), responses, outrun, failed, ...cameras.service() };
  }
}
