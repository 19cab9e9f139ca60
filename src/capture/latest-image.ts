import { deliverImage, type ImageOptions } from './image-picture.js';
import type { ReaderSink } from './reader.js';

export interface LatestImageOptions extends ImageOptions {
  /** frames/s, 0 for all */
  readonly maxFps: number;
}

/** Decodes one picture at a time; of those that come meanwhile only the newest is kept. */
export class LatestImage {
  idle: Promise<void> = Promise.resolve();
  #sink: ReaderSink;
  #options: LatestImageOptions;
  #busy = false;
  #next: Buffer | null = null;
  /** Came while another was decoded that took its place. */
  #spare: Buffer | null = null;
  #slot = -1;

  constructor(sink: ReaderSink, options: LatestImageOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** @param body copied */
  offer(body: Buffer): void {
    if (!this.#due()) {
      if (this.#busy) this.#spare = Buffer.from(body);
      return;
    }
    if (this.#next) this.#sink.skipped();
    this.#next = Buffer.from(body);
    if (!this.#busy) this.idle = this.#decode();
  }

  /** At most one picture per 1/maxFps. */
  #due(): boolean {
    const { maxFps } = this.#options;
    if (maxFps === 0) return true;
    const slot = Math.floor((performance.now() * maxFps) / 1000);
    if (slot === this.#slot) return false;
    this.#slot = slot;
    return true;
  }

  async #decode(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const bytes = this.#next;
      this.#next = null;
      this.#spare = null;
      if ((await deliverImage(bytes, null, this.#sink, this.#options)) === null) continue;
      // a broken picture takes nobody's place: every second one may be broken
      this.#slot = -1;
      this.#next ??= this.#spare;
    }
    this.#spare = null;
    this.#busy = false;
  }
}
