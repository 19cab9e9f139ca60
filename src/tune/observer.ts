import type { ThrottleCause } from '../board/machine/throttling.js';
import { LATENCY_BUCKETS, quantileOf, shareAbove } from '../telemetry/metrics/histogram.js';
import type { KnobSettings } from './knobs.js';
import type { CameraLoad, Observation } from './observation.js';

/** What one camera counted since the start. */
export interface CameraCounts {
  readonly camera: string;
  /** Frames that it delivered. */
  readonly captured: number;
  readonly inferred: number;
  /** Inferences that its scene would have asked for. */
  readonly wanted: number;
  /** Vehicles in the latest answer; null where nobody can know. */
  readonly vehicles: number | null;
}

/** What all of it counted since the start. */
export interface TuneCounts {
  readonly cameras: readonly CameraCounts[];
  /** From capture to result: observations by bucket of a `Histogram`, all cameras together. */
  readonly responses: Float64Array;
  /** Frames that were dropped for want of time, and those that got no answer because something failed. */
  readonly outrun: number;
  readonly failed: number;
  /** Pictures that workers answered, and the ms that each took from being handed over to its boxes, all together. */
  readonly served: number;
  readonly servedMs: number;
}

/** What holds now, as the observation has it. */
export type TuneState = Omit<
  Observation,
  'now' | 'unixNow' | 'knobs' | 'cameras' | 'serviceMs' | 'p95LatencyMs' | 'lateShare' | 'errorShare'
> & { readonly throttledBy: readonly ThrottleCause[] };

export interface TuneReadings {
  readonly now: number;
  readonly unixNow: number;
  readonly knobs: KnobSettings;
  readonly counts: TuneCounts;
  readonly state: TuneState;
}

/** Weight of the newest reading in a camera's mean number of vehicles. */
const VEHICLES_WEIGHT = 0.2;

/** Makes observations of what is counted: each of the time since the one before. */
export class Observer {
  readonly #latencyMs: number;
  readonly #vehicles = new Map<string, number>();
  #before: { readonly now: number; readonly counts: TuneCounts } | null = null;

  /** @param latencyMs budget from capture to result: what takes longer is late */
  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
  }

  /** @returns null where there is nothing to compare with: the first time, and after the clock stood still */
  observe({ now, unixNow, knobs, counts, state }: TuneReadings): Observation | null {
    for (const camera of counts.cameras) this.#see(camera);
    const before = this.#before;
    this.#before = { now, counts };
    if (before === null || now <= before.now) return null;
    const seconds = (now - before.now) / 1000;
    const responses = new Float64Array(LATENCY_BUCKETS);
    for (let i = 0; i < LATENCY_BUCKETS; i++) responses[i] = grown(counts.responses[i]!, before.counts.responses[i]!);
    const answered = responses.reduce((sum, count) => sum + count, 0);
    const outrun = grown(counts.outrun, before.counts.outrun);
    const failed = grown(counts.failed, before.counts.failed);
    const served = grown(counts.served, before.counts.served);
    const due = answered + outrun + failed;
    const late = (shareAbove(responses, this.#latencyMs) ?? 0) * answered + outrun;
    return {
      ...state,
      now,
      unixNow,
      knobs,
      cameras: counts.cameras.map((camera) => this.#load(camera, before.counts, seconds)),
      serviceMs: served === 0 ? null : grown(counts.servedMs, before.counts.servedMs) / served,
      p95LatencyMs: quantileOf(responses, 0.95),
      lateShare: due === 0 ? 0 : late / due,
      errorShare: due === 0 ? 0 : failed / due,
    };
  }

  #load(camera: CameraCounts, before: TuneCounts, seconds: number): CameraLoad {
    const last = before.cameras.find((one) => one.camera === camera.camera);
    const perS = (count: 'captured' | 'inferred' | 'wanted'): number =>
      last === undefined ? 0 : grown(camera[count], last[count]) / seconds;
    return {
      camera: camera.camera,
      framesPerS: perS('captured'),
      wantedPerS: perS('wanted'),
      inferredPerS: perS('inferred'),
      vehicles: this.#vehicles.get(camera.camera) ?? null,
    };
  }

  #see({ camera, vehicles }: CameraCounts): void {
    if (vehicles === null) return;
    const mean = this.#vehicles.get(camera) ?? vehicles;
    this.#vehicles.set(camera, mean + VEHICLES_WEIGHT * (vehicles - mean));
  }
}

/** A count that went back was begun anew. */
const grown = (now: number, before: number): number => (now >= before ? now - before : now);
