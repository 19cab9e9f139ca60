import { setImmediate } from 'node:timers/promises';
import { explain } from '../../errors.js';
import { connectionQuality } from '../connection-quality.js';
import type { Frame } from '../frame.js';
import { FramePool } from '../frame-pool.js';
import { FrameQueue } from '../frame-queue.js';
import { FrameRate } from '../frame-rate.js';
import { pause } from '../pause.js';
import { PooledFrame } from '../pooled-frame.js';
import type { Source, SourceCounters, SourceHealth, SourceState } from '../source.js';
import { parseSimulatorUrl } from './options.js';
import { Road, type Truth } from './road.js';

/** Frames that the rest of the program holds at a time besides those in the queue; only a hint for reuse. */
const FRAMES_IN_USE = 6;

export interface SimulatorSourceOptions {
  readonly camera: string;
  /** sim://road?… */
  readonly url: string;
  /** realtime: as a camera, dropping the oldest; fast: as fast as the frames are read, dropping none. */
  readonly pace: 'realtime' | 'fast';
  readonly queueFrames: number;
  /** frames/s, 0 for the scene's own rate */
  readonly maxFps: number;
}

/** A simulated camera as a source of frames, with the truth about each. */
export class SimulatorSource implements Source {
  readonly camera: string;
  readonly label: string;
  readonly #options: SimulatorSourceOptions;
  readonly #queue: FrameQueue;
  readonly #pool: FramePool;
  readonly #rate = new FrameRate();
  readonly #stopping = new AbortController();
  #state: SourceState = 'idle';
  #road: Road | null = null;
  #fps = 0;
  #started: Promise<void> | null = null;
  #running: Promise<void> | null = null;
  #captured = 0;
  /** Frames whose time had passed before they could be drawn. */
  #missed = 0;
  #lastFrameAt: number | null = null;
  #lastError: string | null = null;

  constructor(options: SimulatorSourceOptions) {
    this.#options = options;
    this.camera = options.camera;
    this.label = options.url;
    this.#queue = new FrameQueue(options.queueFrames, options.pace === 'fast' ? 'wait' : 'drop-oldest');
    this.#pool = new FramePool(options.queueFrames + FRAMES_IN_USE);
  }

  /** @throws SourceError where the URL has an unknown option or a bad value */
  start(): Promise<void> {
    this.#started ??= this.#begin();
    return this.#started;
  }

  frames(): AsyncIterable<Frame> {
    return this.#queue;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#queue.discard();
    await this.#started?.catch(() => {});
    await this.#running;
    this.#state = 'stopped';
  }

  health(): SourceHealth {
    const measuredFps = this.#rate.fps(performance.now());
    const expectedFps = this.#options.pace === 'realtime' && this.#fps > 0 ? this.#fps : null;
    const facts = { measuredFps, expectedFps, reconnectsLastHour: 0, stallsLastHour: 0 };
    return {
      state: this.#state,
      connectionQuality: connectionQuality({ ...facts, streaming: this.#state === 'streaming' }),
      ...facts,
      lastFrameAt: this.#lastFrameAt,
      lastError: this.#lastError,
      counters: this.#counters(),
    };
  }

  /**
   * What is really there in the frame with this `seq`; cheap for frames asked for in their order.
   * @throws RangeError before `start()` is done
   */
  truthOf(seq: number): Truth {
    if (this.#road === null) throw new RangeError(`camera ${this.camera} has not started: there is no truth yet`);
    return this.#road.truth(this.#indexOf(seq));
  }

  async #begin(): Promise<void> {
    const options = parseSimulatorUrl(this.#options.url);
    if (this.#stopping.signal.aborted) return;
    this.#state = 'starting';
    const road = await Road.open(options, this.#stopping.signal);
    if (road === null || this.#stopping.signal.aborted) return;
    this.#road = road;
    this.#fps = this.#options.maxFps > 0 ? Math.min(this.#options.maxFps, options.fps) : options.fps;
    this.#state = 'streaming';
    const run = this.#options.pace === 'fast' ? this.#runFast(road) : this.#runRealtime(road);
    this.#running = run.catch((error: Error) => {
      this.#state = 'ended';
      this.#lastError = explain(error);
      this.#queue.end(error);
    });
  }

  /** Frame of the scene that has this sequence number: with `maxFps`, some are left out. */
  #indexOf(seq: number): number {
    return Math.floor((seq * this.#road!.fps) / this.#fps + 1e-6);
  }

  async #runFast(road: Road): Promise<void> {
    for (let seq = 0; !this.#stopping.signal.aborted; seq++) {
      await this.#queue.push(this.#draw(road, seq));
      await setImmediate();
    }
  }

  async #runRealtime(road: Road): Promise<void> {
    const began = performance.now();
    const interval = 1000 / this.#fps;
    for (let seq = 0; ; seq++) {
      const elapsed = performance.now() - began;
      // Held up: the frames of the past are lost, as a camera's would be.
      const due = Math.floor(elapsed / interval);
      if (due > seq) {
        this.#missed += due - seq;
        seq = due;
      }
      await pause(Math.max(0, seq * interval - elapsed), this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      await this.#queue.push(this.#draw(road, seq));
    }
  }

  #draw(road: Road, seq: number): Frame {
    const { width, height } = road;
    const index = this.#indexOf(seq);
    const data = this.#pool.take(width * height * 3);
    road.render(index, data);
    this.#captured++;
    this.#rate.add(performance.now());
    const capturedAt = Date.now();
    this.#lastFrameAt = capturedAt;
    const sceneMs = road.sceneMs(index);
    const size = { width, height, sourceWidth: width, sourceHeight: height };
    return new PooledFrame(
      { camera: this.camera, seq, capturedAt, arrivedAt: performance.now(), sceneMs, data, ...size },
      this.#pool,
    );
  }

  #counters(): SourceCounters {
    return {
      captured: this.#captured + this.#missed,
      droppedQueue: this.#queue.dropped + this.#missed,
      malformed: 0,
      partialFrames: 0,
      resolutionChanges: 0,
      timestampJumps: 0,
      reconnects: 0,
      stalls: 0,
    };
  }
}
