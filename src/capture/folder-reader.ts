import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { pause } from '../foundation/pause.js';
import { pictureNames } from '../foundation/picture-files.js';
import { deliverImage, type ImageOptions } from './image-picture.js';
import { cannotRead } from './missing-path.js';
import type { Reader, ReaderSink } from './reader.js';

export interface FolderReaderOptions extends ImageOptions {
  readonly folder: string;
  /** frames/s */
  readonly fps: number;
  /** Keep that rate; otherwise as fast as the pictures are taken. */
  readonly realtime: boolean;
  readonly loop: boolean;
}

/** The JPEG, PNG and WebP files of one folder, by name (numbers count as numbers), as if they were a film. */
export class FolderReader implements Reader {
  readonly label: string;
  readonly live = false;
  readonly intervalMs: number;
  readonly pid = null;
  #options: FolderReaderOptions;
  #files: string[] = [];

  constructor(options: FolderReaderOptions) {
    this.#options = options;
    this.label = `images:${options.folder}`;
    this.intervalMs = 1000 / options.fps;
  }

  prepare(): Promise<void> {
    return this.check();
  }

  /** Lists the pictures. */
  async check(): Promise<void> {
    const { folder } = this.#options;
    this.#files = await pictureNames(folder).catch(async (error: unknown) => {
      throw await cannotRead('a folder', folder, error);
    });
    if (this.#files.length === 0)
      throw SourceError.permanent(`expected .jpg, .png or .webp pictures in ${folder}, got none`, { folder });
  }

  async read(sink: ReaderSink, signal: AbortSignal): Promise<void> {
    const { loop, realtime, fps } = this.#options;
    if (realtime) sink.expectFps(fps);
    const start = performance.now();
    let index = 0;
    let readable: number;
    let lastRefusal = '';
    do {
      readable = 0;
      for (const file of this.#files) {
        if (signal.aborted) return;
        const bytes = await this.#bytesOf(join(this.#options.folder, file));
        if (realtime) await pause(start + index * this.intervalMs - performance.now(), signal);
        const mediaMs = index++ * this.intervalMs;
        const refusal = bytes ? await deliverImage(bytes, mediaMs, sink, this.#options) : this.#refuse(file, sink);
        if (refusal === null) readable++;
        else lastRefusal = refusal;
      }
      if (readable === 0) {
        throw SourceError.permanent(`no picture in ${this.#options.folder} can be decoded; the last: ${lastRefusal}`);
      }
    } while (loop && !signal.aborted);
  }

  #refuse(file: string, sink: ReaderSink): string {
    const { maxImageBytes } = this.#options;
    const reason = `${file} cannot be read, or has more than ${maxImageBytes} bytes (capture.maxImageBytes)`;
    sink.refused(reason);
    sink.count('malformed');
    return reason;
  }

  async #bytesOf(file: string): Promise<Uint8Array | null> {
    try {
      const found = await stat(file);
      // a pipe or a device would hold the reader for ever
      return found.isFile() && found.size <= this.#options.maxImageBytes ? await readFile(file) : null;
    } catch {
      return null;
    }
  }
}
