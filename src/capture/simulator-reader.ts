import { setImmediate } from 'node:timers/promises';
import { pause } from '../foundation/pause.js';
import { parseSimulatorUrl, type SimulatorOptions } from '../simulator/options.js';
import { Road, type Truth } from '../simulator/road.js';
import { FramePool } from './frame-pool.js';
import type { CapturedPicture, Reader, ReaderSink } from './reader.js';

export interface SimulatorReaderOptions {
  /** sim://road?… */
  readonly url: string;
  /** As a camera, leaving out what comes too late; otherwise as fast as the pictures are taken. */
  readonly realtime: boolean;
  /** frames/s, 0 for the scene's own rate */
  readonly maxFps: number;
  /** Pictures kept for reuse: what the queue and the detector hold, and one more. */
  readonly poolBuffers: number;
}

/** A simulated camera, with the truth about each picture. Plays once: it never ends, so there is nothing to begin again. */
export class SimulatorReader implements Reader {
  readonly label: string;
  readonly live = false;
  readonly intervalMs: number;
  readonly pid = null;
  readonly #options: SimulatorOptions;
  readonly #realtime: boolean;
  readonly #fps: number;
  readonly #pool: FramePool;
  #road: Road | null = null;

  /** @throws SourceError where the URL has an unknown option or a bad value */
  constructor({ url, realtime, maxFps, poolBuffers }: SimulatorReaderOptions) {
    this.#options = parseSimulatorUrl(url);
    this.#realtime = realtime;
    this.#fps = maxFps > 0 ? Math.min(maxFps, this.#options.fps) : this.#options.fps;
    this.#pool = new FramePool(poolBuffers);
    this.label = url;
    this.intervalMs = 1000 / this.#fps;
  }

  /** What can be wrong with it is wrong with its URL. */
  async check(): Promise<void> {}

  async prepare(signal: AbortSignal): Promise<void> {
    this.#road = await Road.open(this.#options, signal);
  }

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    if (this.#road === null) return;
    try {
      if (this.#realtime) await this.#readRealtime(this.#road, sink, signal);
      else await this.#readFast(this.#road, sink, signal);
    } finally {
      this.#pool.drain();
    }
  }

  /**
   * What is really there in the frame with this `seq`; cheap for frames asked for in their order.
   * @throws RangeError before the source has started
   */
  truthOf(seq: number): Truth {
    if (this.#road === null) throw new RangeError(`${this.label} has not started: there is no truth yet`);
    return this.#road.truth(this.#indexOf(seq));
  }

  /** Frame of the scene that has this sequence number: with `maxFps`, some are left out. */
  #indexOf(seq: number): number {
    return Math.floor((seq * this.#options.fps) / this.#fps + 1e-6);
  }

  async #readFast(road: Road, sink: ReaderSink, signal: AbortSignal): Promise<void> {
    for (let seq = 0; !signal.aborted; seq++) {
      await sink.picture(this.#draw(road, seq));
      await setImmediate();
    }
  }

  async #readRealtime(road: Road, sink: ReaderSink, signal: AbortSignal): Promise<void> {
    sink.expectFps(this.#fps);
    const began = performance.now();
    for (let seq = 0; !signal.aborted; seq++) {
      const elapsed = performance.now() - began;
      // held up: the frames of the past are lost, as a camera's would be
      for (const due = Math.floor(elapsed / this.intervalMs); seq < due; seq++) sink.skipped();
      await pause(seq * this.intervalMs - elapsed, signal);
      if (!signal.aborted) await sink.picture(this.#draw(road, seq));
    }
  }

  #draw(road: Road, seq: number): CapturedPicture {
    const { width, height } = road;
    const index = this.#indexOf(seq);
    const data = this.#pool.take(width * height * 3);
    road.render(index, data);
    const mediaMs = road.sceneMs(index);
    return {
      width,
      height,
      sourceWidth: width,
      sourceHeight: height,
      data,
      mediaMs,
      damaged: false,
      pool: this.#pool,
    };
  }
}
