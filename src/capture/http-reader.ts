import { explain, SourceError } from '../foundation/errors.js';
import { pause } from '../foundation/pause.js';
import type { CameraTrust } from './camera-trust.js';
import { boundaryOf, type HttpContent, httpContent, isMultipart, strangeContent } from './http-content.js';
import { HttpRequest } from './http-request.js';
import { type HttpTarget, httpTarget } from './http-target.js';
import { deliverImage, type ImageOptions } from './image-picture.js';
import { LatestImage } from './latest-image.js';
import { MjpegParser } from './mjpeg-parser.js';
import type { Reader, ReaderSink } from './reader.js';

export interface HttpReaderOptions extends ImageOptions {
  readonly url: string;
  readonly kind: 'auto' | 'snapshot' | 'mjpeg';
  /** frames/s: how often a snapshot is fetched (0: once a second), how many MJPEG pictures are taken (0: all). */
  readonly maxFps: number;
  /** Time for an answer to begin (MJPEG) or to be complete (snapshot), in ms. */
  readonly requestTimeoutMs: number;
  /** How the camera proves who it is, over https. */
  readonly trust: CameraTrust;
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
    this.#target = httpTarget(options.url, options.trust);
    this.label = this.#target.label;
    this.intervalMs = 1000 / (options.maxFps || 1);
  }

  get pid(): number | null {
    return this.#options.video.pid;
  }

  async check(): Promise<void> {}

  async prepare(): Promise<void> {}

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    const request = await this.#open(signal, (stage) => sink.refused(stage));
    try {
      const content = await this.#contentOf(request);
      if (content === 'mjpeg') return await this.#readParts(request, sink);
      if (content === 'snapshot') return await this.#poll(request, sink, signal);
    } finally {
      request.close();
    }
    sink.refused(`answers with ${request.type || 'video'}, of which ffmpeg has no picture yet`);
    await this.#options.video.prepare(signal);
    await this.#options.video.read(sink, signal);
  }

  #open(signal: AbortSignal, onStage: (stage: string) => void): Promise<HttpRequest> {
    return HttpRequest.open(this.#target, this.#options.requestTimeoutMs, signal, onStage);
  }

  async #contentOf(request: HttpRequest): Promise<HttpContent> {
    const { kind } = this.#options;
    const { type } = request;
    if (kind === 'snapshot' && isMultipart(type)) {
      throw new SourceError(
        `${this.label} answers with ${type}, which is no snapshot: leave kind out, or set kind: mjpeg`,
      );
    }
    if (kind !== 'auto') return kind;
    // its first part may be long in coming
    if (isMultipart(type)) return 'mjpeg';
    const first = await request.peek();
    const content = httpContent(type, first);
    if (content === null) throw new SourceError(`${this.label} ${strangeContent(type, first, request.redirectedTo)}`);
    return content;
  }

  async #poll(first: HttpRequest, sink: ReaderSink, signal: AbortSignal): Promise<void> {
    sink.expectFps(1000 / this.intervalMs);
    let due = performance.now();
    let delivered = true;
    // what was received instead of the last picture says more than how far the next one has got
    const onStage = (stage: string) => {
      if (delivered) sink.refused(stage);
    };
    for (let request: HttpRequest | null = first; !signal.aborted; ) {
      delivered = request !== null && (await this.#takeSnapshot(request, sink));
      due = Math.max(due + this.intervalMs, performance.now());
      await pause(due - performance.now(), signal);
      if (signal.aborted) return;
      try {
        request = await this.#open(signal, onStage);
      } catch (error) {
        // a camera that was well until now may be busy for a moment
        if (!delivered || signal.aborted) throw error;
        request = null;
        sink.refused(explain(error));
        sink.count('malformed');
      }
    }
  }

  /** @returns whether it was a picture */
  async #takeSnapshot(request: HttpRequest, sink: ReaderSink): Promise<boolean> {
    const { maxImageBytes } = this.#options;
    try {
      const bytes = await request.bytes(maxImageBytes);
      if (bytes) return (await deliverImage(bytes, null, sink, this.#options)) === null;
      sink.refused(`a picture of more than ${maxImageBytes} bytes was refused (capture.maxImageBytes)`);
      sink.count('malformed');
      return false;
    } finally {
      request.close();
    }
  }

  async #readParts(request: HttpRequest, sink: ReaderSink): Promise<void> {
    request.unlimited();
    const latest = new LatestImage(sink, this.#options);
    const parser = new MjpegParser(boundaryOf(request.type), this.#options.maxImageBytes, {
      onPicture: (picture) => latest.offer(picture),
      onMalformed: (reason) => {
        sink.refused(reason);
        sink.count('malformed');
      },
    });
    let told = 0;
    try {
      sink.refused(`answers with ${request.type || 'no content type'}, and nothing behind it`);
      for await (const chunk of request.chunks()) {
        parser.push(chunk);
        const { fruitlessBytes } = parser;
        // told when there is twice as much: each time would be a text per chunk
        if (fruitlessBytes >= Math.max(1, 2 * told)) sink.refused(parser.problem);
        if (fruitlessBytes >= 2 * told || fruitlessBytes === 0) told = fruitlessBytes;
      }
      parser.end();
    } finally {
      await latest.idle;
    }
    if (/^image\//i.test(request.type)) {
      throw new SourceError(
        `${this.label} answers with one picture, not a stream: leave kind out, or set kind: snapshot`,
      );
    }
  }
}
