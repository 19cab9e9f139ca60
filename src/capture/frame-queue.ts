import type { Frame } from '../frame/frame.js';

/**
 * What a full queue does with one more frame: `drop-oldest` releases and counts the oldest (a live camera: old frames
 * are worth nothing); `wait` holds the producer back (a file read as fast as it can be answered).
 */
export type QueuePolicy = 'drop-oldest' | 'wait';

interface WaitingPush {
  readonly frame: Frame;
  readonly done: () => void;
}

interface WaitingRead {
  resolve(result: IteratorResult<Frame>): void;
  reject(error: Error): void;
}

const DONE: IteratorResult<Frame> = { done: true, value: undefined };

/**
 * Frames between one source and its one reader. Whoever reads a frame owns it; frames that nobody will read are
 * released here.
 */
export class FrameQueue implements AsyncIterable<Frame> {
  #capacity: number;
  #policy: QueuePolicy;
  #frames: Frame[] = [];
  #pushes: WaitingPush[] = [];
  #reads: WaitingRead[] = [];
  #dropped = 0;
  #ended = false;
  #error: Error | undefined;

  /** @param capacity frames that may wait, ≥ 1 */
  constructor(capacity: number, policy: QueuePolicy) {
    this.#capacity = capacity;
    this.#policy = policy;
  }

  /** Frames pushed out by newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Frames waiting to be read. */
  get length(): number {
    return this.#frames.length;
  }

  /**
   * Adds a frame. `drop-oldest` resolves at once; `wait` resolves when the frame has found room. After the end a frame
   * is released unread.
   */
  push(frame: Frame): Promise<void> {
    if (this.#ended) {
      frame.release();
      return Promise.resolve();
    }
    const read = this.#reads.shift();
    if (read) {
      read.resolve({ done: false, value: frame });
      return Promise.resolve();
    }
    if (this.#frames.length < this.#capacity) {
      this.#frames.push(frame);
      return Promise.resolve();
    }
    if (this.#policy === 'wait') return new Promise((done) => this.#pushes.push({ frame, done }));
    this.#frames.shift()?.release();
    this.#dropped++;
    this.#frames.push(frame);
    return Promise.resolve();
  }

  /** No frame follows: the reader gets what waits, then the end, or `error` in its place. Only the first call counts. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const read of this.#reads.splice(0)) this.#finish(read);
  }

  /** Ends at once: what waits is released unread. */
  discard(): void {
    this.end();
    for (const frame of this.#frames.splice(0)) frame.release();
    for (const { frame, done } of this.#pushes.splice(0)) {
      frame.release();
      done();
    }
  }

  /** One reader at a time; a reader that breaks out of its loop ends the queue. */
  [Symbol.asyncIterator](): AsyncIterator<Frame> {
    return {
      next: () => this.#next(),
      return: () => {
        this.discard();
        return Promise.resolve(DONE);
      },
    };
  }

  #next(): Promise<IteratorResult<Frame>> {
    const value = this.#frames.shift();
    if (value) {
      this.#admit();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const read = { resolve, reject };
      if (this.#ended) this.#finish(read);
      else this.#reads.push(read);
    });
  }

  #admit(): void {
    const push = this.#pushes.shift();
    if (!push) return;
    this.#frames.push(push.frame);
    push.done();
  }

  #finish(read: WaitingRead): void {
    if (this.#error) read.reject(this.#error);
    else read.resolve(DONE);
    this.#error = undefined;
  }
}
