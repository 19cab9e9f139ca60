import { type Backoff, Retries } from '../foundation/backoff.js';
import { EdgeError, SourceError } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import type { Frame } from '../frame/frame.js';
import { connectionQuality } from './connection-quality.js';
import { FrameQueue } from './frame-queue.js';
import { Outage } from './outage.js';
import { PooledFrame } from './pooled-frame.js';
import type { CapturedPicture, Reader, ReaderSink } from './reader.js';
import { SceneClock } from './scene-clock.js';
import type { Source, SourceHealth, SourceState } from './source.js';
import { SourceRecord } from './source-record.js';
import { StallWatch } from './stall-watch.js';

/** What showed pictures for so long, in ms, is no false start. */
const SHOWS_MS = 2000;

export interface CameraSourceOptions {
  readonly camera: string;
  readonly reader: Reader;
  /** `wait` only for a file read as fast as it is answered. */
  readonly policy: 'drop-oldest' | 'wait';
  readonly queueFrames: number;
  readonly stallTimeoutMs: number;
  /** Longest time without a frame while data comes that waits for a key frame. */
  readonly keyFrameTimeoutMs: number;
  readonly backoff: Backoff;
  /** frames/s, 0 takes what the reader announces */
  readonly expectedFps: number;
  /** frames/s, 0 for no limit */
  readonly maxFps: number;
  /** A file that begins again: its reader is restarted when it dies or stalls, like a camera's. */
  readonly loop: boolean;
  /** Names the camera in each of its lines. */
  readonly log: Log;
}

/** Keeps one reader going: queue, sequence numbers, stall watch, restarts with back-off, health. */
export class CameraSource implements Source {
  readonly camera: string;
  readonly label: string;
  #options: CameraSourceOptions;
  #queue: FrameQueue;
  #state: SourceState = 'idle';
  #record: SourceRecord;
  #clock: SceneClock;
  #announcedFps: number | null = null;
  #seq = 0;
  #watch: StallWatch;
  #outage = new Outage();
  /** Whether the log says that the first picture is waited for. */
  #waitTold = false;
  /** Monotonic ms when the reader that runs now was started. */
  #readingSince = 0;
  #toldMalformed = false;
  /** Frames that wait for room in the queue: while there are any, it is not the reader that is slow. */
  #held = 0;
  #stopping = new AbortController();
  #run: AbortController | null = null;
  /** While nobody wants its frames. */
  #paused: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  #started: Promise<void> | null = null;
  #ended: Promise<void> | null = null;
  #onFirst: () => void = () => {};

  constructor(options: CameraSourceOptions) {
    this.#options = options;
    this.camera = options.camera;
    this.label = options.reader.label;
    this.#queue = new FrameQueue(options.queueFrames, options.policy);
    this.#record = new SourceRecord(options.reader.intervalMs);
    this.#clock = new SceneClock(options.reader.intervalMs);
    this.#watch = new StallWatch(options.stallTimeoutMs, options.reader.intervalMs, options.keyFrameTimeoutMs);
    if (options.expectedFps > 0) this.#watch.expectFps(options.expectedFps);
  }

  get pid(): number | null {
    return this.#options.reader.pid;
  }

  get live(): boolean {
    return this.#options.reader.live;
  }

  check(): Promise<void> {
    return this.#options.reader.check();
  }

  start(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    this.#started ??= this.#begin();
    return this.#started;
  }

  frames(): AsyncIterable<Frame> {
    return this.#queue;
  }

  /** Only of a camera: a film or a folder would begin again from its start. */
  restart(reason: string): void {
    if (this.live) this.#run?.abort(new SourceError(reason));
  }

  /** Only of a camera: a film would go on where nobody was looking. */
  pause(): void {
    if (!this.live || this.#paused !== null) return;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#paused = { over, end };
    this.#options.log.info('camera paused');
    this.#run?.abort(new SourceError('paused'));
  }

  resume(): void {
    if (this.#paused === null) return;
    this.#paused.end();
    this.#paused = null;
    this.#options.log.info('camera resumed');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#paused?.end();
    this.#run?.abort();
    this.#queue.discard();
    await this.#started?.catch(() => {});
    await this.#ended;
    this.#state = 'stopped';
  }

  health(): SourceHealth {
    const { live } = this.#options.reader;
    const expectedFps = this.#expectedFps();
    const record = this.#record.at(performance.now());
    const { counters } = this.#record;
    return {
      ...record,
      state: this.#state,
      connectionQuality: connectionQuality({
        ...record,
        streaming: live ? this.#state === 'streaming' : this.#state !== 'reconnecting',
        expectedFps: live ? expectedFps : null,
      }),
      expectedFps,
      counters: {
        ...counters,
        droppedQueue: counters.droppedQueue + this.#queue.dropped,
        timestampJumps: counters.timestampJumps + this.#clock.jumps,
      },
    };
  }

  #expectedFps(): number | null {
    const { expectedFps, maxFps } = this.#options;
    const fps = expectedFps > 0 ? expectedFps : this.#announcedFps;
    return fps !== null && maxFps > 0 ? Math.min(maxFps, fps) : fps;
  }

  async #begin(): Promise<void> {
    const { reader } = this.#options;
    this.#state = 'starting';
    try {
      await reader.prepare(this.#stopping.signal);
    } catch (error) {
      this.#state = 'ended';
      this.#record.failed(error);
      this.#queue.end();
      throw error;
    }
    if (this.#stopping.signal.aborted) return;
    const first = new Promise<void>((resolve) => {
      this.#onFirst = resolve;
    });
    const running = this.#keepReading();
    this.#ended = running.then(() => {});
    if (reader.live) return;
    const failure = await Promise.race([first, running]);
    if (failure && this.#seq === 0) throw failure;
  }

  /** @returns why the last reader failed, undefined if it ended as it should */
  async #keepReading(): Promise<Error | undefined> {
    const { reader, loop, backoff } = this.#options;
    const retries = new Retries(backoff);
    let failure: Error | undefined;
    for (;;) {
      await this.#whilePaused();
      if (this.#stopping.signal.aborted) return undefined;
      const seqBefore = this.#seq;
      const since = performance.now();
      failure = await this.#readOnce();
      if (this.#stopping.signal.aborted) return undefined;
      if (this.#paused !== null) continue;
      const neverWorked = !reader.live && this.#seq === 0;
      if ((!reader.live && !loop) || neverWorked) break;
      const heldMs = this.#seq > seqBefore ? performance.now() - since : null;
      const delay = this.#pauseAfter(heldMs, retries);
      this.#lost(failure ?? new SourceError(this.#withRefusal('the stream ended')), heldMs, delay);
      await pause(delay, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return undefined;
      this.#record.reconnected(performance.now());
    }
    this.#state = 'ended';
    if (failure) this.#options.log.warn({ reason: this.#record.failed(failure) }, 'the source broke off');
    this.#queue.end();
    return failure;
  }

  async #whilePaused(): Promise<void> {
    if (this.#paused === null) return;
    await this.#paused.over;
    this.#state = 'starting';
  }

  /** Some end each stream after a while: for longer than half of what they show they are not left alone. */
  #pauseAfter(heldMs: number | null, retries: Retries): number {
    const pauseMs = retries.next(heldMs);
    return heldMs === null || heldMs < SHOWS_MS ? pauseMs : Math.min(pauseMs, Math.round(heldMs / 2));
  }

  async #readOnce(): Promise<Error | undefined> {
    const run = new AbortController();
    this.#run = run;
    this.#readingSince = performance.now();
    const watch = setInterval(() => this.#watchForStall(run), this.#watch.begin(performance.now()));
    try {
      await this.#options.reader.read(this.#sink(run.signal), run.signal);
      if (run.signal.aborted) throw run.signal.reason;
      return undefined;
    } catch (thrown) {
      const error = run.signal.aborted ? run.signal.reason : thrown;
      return error instanceof EdgeError ? error : new SourceError(`cannot read ${this.label}`, {}, error);
    } finally {
      clearInterval(watch);
      this.#clock.restart();
    }
  }

  #watchForStall(run: AbortController): void {
    const now = performance.now();
    if (this.#held > 0) this.#watch.frame(now);
    const limitMs = run.signal.aborted ? null : this.#watch.look(now);
    if (limitMs === null) return;
    this.#record.stalled(now);
    run.abort(new SourceError(this.#withRefusal(`no frame from ${this.label} for ${limitMs} ms`)));
  }

  #withRefusal(what: string): string {
    const { refusal } = this.#record;
    return refusal === null ? what : `${what}: ${refusal}`;
  }

  #lost(error: Error, heldMs: number | null, delayMs: number): void {
    const { log } = this.#options;
    const reason = this.#record.failed(error);
    const fields = { reason, retryInMs: delayMs };
    const outage = this.#outage.lost(reason, heldMs);
    if (outage === 'begins') log.warn(fields, 'camera lost');
    else if (outage === 'flaps')
      log.warn(fields, 'camera lost again and again: told no more before it has held for a minute');
    else if (outage === 'changed') log.warn(fields, 'camera still away, for another reason');
    else log.debug(fields, 'camera still away');
    this.#state = 'reconnecting';
  }

  #sink(signal: AbortSignal): ReaderSink {
    return {
      picture: (picture) => this.#accept(picture, signal),
      skipped: () => {
        this.#seq++;
        this.#record.counters.captured++;
        this.#record.counters.droppedQueue++;
      },
      expectFps: (fps) => {
        this.#announcedFps = fps;
        this.#watch.expectFps(fps);
      },
      keyFramesEvery: (ms) => {
        this.#record.keyFrameIntervalMs = ms;
      },
      count: (counter) => {
        if (counter === 'malformed') this.#record.malformed();
        else this.#record.counters[counter]++;
      },
      refused: (reason) => {
        if (!signal.aborted) this.#record.refused(reason);
      },
      waiting: (reason) => {
        if (!signal.aborted) this.#waits(reason);
      },
    };
  }

  /** Told with a frame among the malformed pictures: without any the camera is lost, and that is told. */
  #tellMalformed(): void {
    const many = this.#record.manyMalformed;
    if (many === this.#toldMalformed) return;
    this.#toldMalformed = many;
    const { log, reader } = this.#options;
    if (!many) {
      log.info('few pictures are malformed again');
      return;
    }
    const reason = this.#record.malformedText;
    log.warn({ reason }, 'many pictures are malformed');
    // a film that is over was read all the same
    if (reader.live) this.#record.failed(reason);
  }

  #waits(reason: string): void {
    const now = performance.now();
    this.#record.waits(reason);
    this.#watch.waiting(now);
    // every camera waits for a moment; of one that is lost and found again it is told with the loss
    const long = now - this.#readingSince >= this.#options.stallTimeoutMs;
    if (!long || this.#waitTold || this.#state !== 'starting') return;
    this.#options.log.info({ reason: this.#record.refusal }, 'no picture yet');
    this.#waitTold = true;
  }

  #accept(picture: CapturedPicture, signal: AbortSignal): Promise<void> | undefined {
    if (signal.aborted) {
      picture.pool?.give(picture.data);
      return undefined;
    }
    const now = performance.now();
    this.#arrived(picture, now);
    const pushed = this.#queue.push(this.#frame(picture, now));
    if (this.#options.policy === 'drop-oldest') return undefined;
    this.#held++;
    return pushed.then(() => {
      this.#held--;
    });
  }

  #arrived({ sourceWidth, sourceHeight }: CapturedPicture, now: number): void {
    this.#watch.frame(now);
    this.#record.arrived(sourceWidth, sourceHeight, now);
    this.#tellMalformed();
    if (this.#state === 'streaming') return;
    const isTold = this.#outage.over();
    if (this.#state === 'reconnecting' && isTold) this.#options.log.info('camera back');
    this.#state = 'streaming';
    this.#onFirst();
  }

  #frame(picture: CapturedPicture, now: number): Frame {
    const { width, height, sourceWidth, sourceHeight, damaged, yuv, data } = picture;
    const capturedAt = Date.now();
    this.#record.lastFrameAt = capturedAt;
    const mediaMs = this.#clock.at(picture.mediaMs);
    const sceneMs = this.#options.reader.live ? performance.timeOrigin + now : mediaMs;
    const { camera } = this;
    const seq = this.#seq++;
    return new PooledFrame(
      {
        camera,
        seq,
        capturedAt,
        arrivedAt: performance.now(),
        sceneMs,
        width,
        height,
        sourceWidth,
        sourceHeight,
        damaged,
        yuv,
        data,
      },
      picture.pool,
    );
  }
}
