import { readAcceleratorBytes } from '../board/accelerator-memory.js';
import type { Rail } from '../board/machine/sensors/rails.js';
import { EnergyMeter, readResidentBytes } from '../board/readings.js';
import type { Detector, DetectorImage, LoadRequest, ModelInfo } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';

/** A worker process as a measurement sees it. */
export interface ProfiledDetector extends Detector {
  /** Null for a worker behind a socket. */
  readonly pid: number | null;
  /** As the worker last told. */
  readonly rssBytes: number | null;
}

export interface TrialParts {
  /** With one provider (CUDA behind TensorRT may follow); the largest of its batch sizes is measured, the others held as in service. */
  readonly request: LoadRequest;
  readonly workers: number;
  readonly createDetector: () => ProfiledDetector;
  /** RGB24 of the model's input size, at least one; sent in turn. */
  readonly pictures: readonly Uint8Array[];
  /** What the board draws; null where nothing tells. */
  readonly rails: readonly Rail[] | null;
  /** `/`; tests give others. */
  readonly root: string;
  /** Milliseconds. */
  readonly now: () => number;
}

/** What one window of time showed. */
export interface WindowReading {
  /** Milliseconds from a batch sent to its answer, each worker with one batch at a time; one number per batch. */
  readonly latencies: readonly number[];
  /** Of all workers together, each with two batches at a time, as the runtime keeps them busy. */
  readonly imagesPerSecond: number;
  /** mJ per picture at full speed; null where no rail can be read. */
  readonly millijoules: number | null;
}

/** Batches per worker before the first window: caches, arenas and clock frequencies settle. */
const WARM_UP = 3;
/** A slow model gets its batches, however short the window. */
const LEAST_BATCHES = 4;
const ENERGY_EVERY_MS = 100;

/** One configuration with its worker processes loaded, ready to be measured again and again. */
export class ProfileTrial {
  readonly #parts: TrialParts;
  readonly #batch: number;
  #detectors: ProfiledDetector[] = [];
  #turn = 0;

  constructor(parts: TrialParts) {
    this.#parts = parts;
    this.#batch = Math.max(...parts.request.batchSizes);
  }

  /**
   * Starts the workers, one after the other, and warms them up.
   * @throws ModelError where the model or its provider is refused; DetectorError where a worker dies
   */
  async open(): Promise<ModelInfo> {
    const { createDetector, request, workers } = this.#parts;
    let info: ModelInfo | null = null;
    for (let i = 0; i < workers; i++) {
      const detector = createDetector();
      this.#detectors.push(detector);
      info = await detector.load(request);
      const wanted = request.session.providers[0]!.name;
      if (info.provider.split(' ')[0] !== wanted) {
        const [refused] = info.refused;
        throw new ModelError(`${wanted} was refused, ${info.provider} used: ${refused?.reason ?? 'no reason given'}`);
      }
    }
    await this.#drive(1, 0, WARM_UP);
    return info!;
  }

  /** Half of `ms` one batch at a time, for the latency; half at full speed. Null where `signal` ended it. */
  async window(ms: number, signal?: AbortSignal): Promise<WindowReading | null> {
    const { latencies } = await this.#drive(1, ms / 2, LEAST_BATCHES, signal);
    const meter = this.#parts.rails && new EnergyMeter(this.#parts.rails, this.#parts.now);
    meter?.sample();
    const timer = meter && setInterval(() => meter.sample(), ENERGY_EVERY_MS);
    const full = await this.#drive(2, ms / 2, LEAST_BATCHES, signal).finally(() => timer && clearInterval(timer));
    meter?.sample();
    if (signal?.aborted) return null;
    const images = full.latencies.length * this.#batch;
    return {
      latencies,
      imagesPerSecond: full.imagesPerSecond,
      millijoules: meter === null ? null : (meter.joules * 1000) / images,
    };
  }

  /** Resident memory of the workers together; null where one does not tell. */
  residentBytes(): number | null {
    let sum = 0;
    for (const { pid, rssBytes } of this.#detectors) {
      const bytes = (pid === null ? null : readResidentBytes(this.#parts.root, pid)) ?? rssBytes;
      if (bytes === null) return null;
      sum += bytes;
    }
    return sum;
  }

  /** Memory of the accelerator that the workers hold together; null where nothing tells. */
  acceleratorBytes(): Promise<number | null> {
    return readAcceleratorBytes(
      this.#parts.root,
      this.#detectors.flatMap(({ pid }) => pid ?? []),
    );
  }

  async close(): Promise<void> {
    const closing = this.#detectors.map((detector) => detector.close());
    this.#detectors = [];
    await Promise.all(closing);
  }

  /** Keeps every worker busy with `inFlight` batches until the time is over and each has answered `least`. */
  async #drive(inFlight: number, ms: number, least: number, signal?: AbortSignal) {
    const { now } = this.#parts;
    const began = now();
    const until = began + ms;
    const latencies: number[] = [];
    let imagesPerSecond = 0;
    const drive = async (detector: ProfiledDetector): Promise<void> => {
      let asked = 0;
      let answered = 0;
      let last = began;
      const one = async (): Promise<void> => {
        while (!signal?.aborted && (asked < least || now() < until)) {
          asked++;
          const sent = now();
          await detector.detect(this.#images());
          last = now();
          latencies.push(last - sent);
          answered++;
        }
      };
      await Promise.all(Array.from({ length: inFlight }, one));
      if (last > began) imagesPerSecond += (answered * this.#batch * 1000) / (last - began);
    };
    await Promise.all(this.#detectors.map(drive));
    return { latencies, imagesPerSecond };
  }

  #images(): DetectorImage[] {
    const { pictures, request } = this.#parts;
    const { width, height } = request.input;
    return Array.from({ length: this.#batch }, () => ({
      width,
      height,
      data: pictures[this.#turn++ % pictures.length]!,
    }));
  }
}
