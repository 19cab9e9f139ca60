import { SourceError } from '../foundation/errors.js';
import { pause } from '../foundation/pause.js';
import { HttpRequest, type HttpTarget, httpTarget } from './http-request.js';
import { deliverImage, type ImageOptions } from './image-picture.js';
import { MultipartParser } from './multipart.js';
import type { Reader, ReaderSink } from './reader.js';

export interface HttpReaderOptions extends ImageOptions {
  readonly url: string;
  readonly kind: 'auto' | 'snapshot' | 'mjpeg';
  /** frames/s: how often a snapshot is fetched (0: once a second), how many MJPEG pictures are taken (0: all). */
  readonly maxFps: number;
  /** Time for an answer to begin (MJPEG) or to be complete (snapshot), in ms. */
  readonly requestTimeoutMs: number;
  /** Takes over where the URL turns out to be a video stream. */
  readonly video: Reader;
}

/** A camera that shows JPEG pictures over HTTP: one per request, or all in one endless answer. */
export class HttpReader implements Reader {
  readonly label: string;
  readonly live = true;
  readonly intervalMs: number;
  #options: HttpReaderOptions;
  #target: HttpTarget;

  /** @throws SourceError if `url` is none */
  constructor(options: HttpReaderOptions) {
    this.#options = options;
    this.#target = httpTarget(options.url);
    this.label = this.#target.label;
    this.intervalMs = 1000 / (options.maxFps || 1);
  }

  get pid(): number | null {
    return this.#options.video.pid;
  }

  async check(): Promise<void> {}

  async prepare(): Promise<void> {}

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    const request = await this.#open(signal);
    const type = request.response.headers.get('content-type') ?? '';
    try {
      const kind = this.#kindOf(type);
      if (kind === 'mjpeg') return await this.#readParts(request, type, sink);
      if (kind === 'snapshot') return await this.#poll(request, sink, signal);
    } finally {
      request.close();
    }
    await this.#options.video.prepare(signal);
    await this.#options.video.read(sink, signal);
  }

  #open(signal: AbortSignal): Promise<HttpRequest> {
    return HttpRequest.open(this.#target, this.#options.requestTimeoutMs, signal);
  }

  #kindOf(type: string): 'snapshot' | 'mjpeg' | 'video' {
    if (this.#options.kind !== 'auto') return this.#options.kind;
    if (/^multipart\/x-mixed-replace/i.test(type)) return 'mjpeg';
    if (/^image\//i.test(type)) return 'snapshot';
    if (/^video\/|mpegurl|^application\/octet-stream/i.test(type)) return 'video';
    const known = 'image/*, multipart/x-mixed-replace, video/* or a playlist; if it is one, set kind';
    throw new SourceError(`${this.label} answers with ${type || 'no content type'}, expected ${known}`);
  }

  async #poll(first: HttpRequest, sink: ReaderSink, signal: AbortSignal): Promise<void> {
    sink.expectFps(1000 / this.intervalMs);
    let due = performance.now();
    for (let request = first; !signal.aborted; request = await this.#open(signal)) {
      await this.#takeSnapshot(request, sink);
      due = Math.max(due + this.intervalMs, performance.now());
      await pause(due - performance.now(), signal);
      if (signal.aborted) return;
    }
  }

  async #takeSnapshot(request: HttpRequest, sink: ReaderSink): Promise<void> {
    const { maxImageBytes } = this.#options;
    try {
      const bytes = await request.bytes(maxImageBytes);
      if (bytes) await deliverImage(bytes, null, sink, this.#options);
      else sink.count('malformed');
    } finally {
      request.close();
    }
  }

  async #readParts(request: HttpRequest, type: string, sink: ReaderSink): Promise<void> {
    request.unlimited();
    const boundary = /boundary="?([^";,\s]+)/i.exec(type)?.[1];
    if (!boundary) throw new SourceError(`${this.label} answers with "${type}": an MJPEG stream names its boundary`);
    const latest = new LatestImage(sink, this.#options);
    const parser = new MultipartParser(boundary, this.#options.maxImageBytes, (body) => latest.offer(body));
    let malformed = 0;
    try {
      for await (const chunk of request.chunks()) {
        parser.push(chunk);
        for (; malformed < parser.malformed; malformed++) sink.count('malformed');
      }
    } finally {
      await latest.idle;
    }
  }
}

/** Decodes one picture at a time; of those that come meanwhile only the newest is kept. */
class LatestImage {
  idle: Promise<void> = Promise.resolve();
  #sink: ReaderSink;
  #options: HttpReaderOptions;
  #busy = false;
  #next: Buffer | null = null;
  #slot = -1;

  constructor(sink: ReaderSink, options: HttpReaderOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  offer(body: Buffer): void {
    if (!this.#due()) return;
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
      await deliverImage(bytes, null, this.#sink, this.#options);
    }
    this.#busy = false;
  }
}
