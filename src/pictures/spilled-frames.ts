import { readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { makePrivateFolder, PRIVATE_FILE } from '../foundation/private-files.js';
import { makeFolderOfProcess } from '../foundation/remains.js';
import type { FrameSet, Label, Picture } from './frame-set.js';

interface Spilled {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly file: string;
  readonly labels: readonly Label[] | null;
  readonly labelledClasses: readonly number[] | null;
}

/** What is known of a picture besides its pixels. */
export interface Labelling {
  readonly labels: readonly Label[] | null;
  readonly labelledClasses: readonly number[] | null;
}

const UNLABELLED: Labelling = { labels: null, labelledClasses: null };

export interface SpilledFramesOptions {
  /** Folder beneath which one is made that only this user can look into; others may write there too. */
  readonly scratch: string;
  /** Pixels on disk together, in bytes. */
  readonly maxBytes: number;
}

/** Frames whose pixels lie in files, raw, so that hundreds of them take no memory. `close()` removes the files. */
export class SpilledFrames implements FrameSet {
  readonly #folder: string;
  readonly #maxBytes: number;
  #frames: Spilled[] = [];
  #bytes = 0;
  #written = 0;

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** @throws SourceError where the scratch folder cannot be written */
  static async create({ scratch, maxBytes }: SpilledFramesOptions): Promise<SpilledFrames> {
    try {
      makePrivateFolder(scratch);
      return new SpilledFrames(makeFolderOfProcess(scratch, 'edge-frames'), maxBytes);
    } catch (error) {
      throw new SourceError(`cannot write frames beneath ${scratch}: choose another folder`, { scratch }, error);
    }
  }

  get count(): number {
    return this.#frames.length;
  }

  /** Of the pixels on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many more pictures of this size the bound allows. */
  roomFor({ width, height }: Pick<Picture, 'width' | 'height'>): number {
    return Math.floor((this.#maxBytes - this.#bytes) / (width * height * 3));
  }

  /**
   * Keeps a picture; its pixels may be overwritten once the promise is fulfilled.
   * @throws SourceError where it would go beyond the bound, or the disk is full
   */
  async add({ id, width, height, data }: Picture, labelling: Labelling = UNLABELLED): Promise<void> {
    const bytes = width * height * 3;
    if (data.length < bytes)
      throw new RangeError(`${id}: expected ${bytes} bytes of ${width}x${height}, got ${data.length}`);
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new SourceError(
        `frame ${this.count + 1} (${id}) would take the frames on disk beyond ${megabytes(this.#maxBytes)} MiB: take fewer, or smaller ones`,
        { frames: this.count, maxBytes: this.#maxBytes },
      );
    }
    const file = join(this.#folder, `${this.#written++}.rgb`);
    await this.#write(file, data.subarray(0, bytes));
    this.#bytes += bytes;
    this.#frames.push({ id, width, height, file, ...labelling });
  }

  async read(index: number): Promise<Picture> {
    const { id, width, height, file } = this.#at(index);
    return { id, width, height, data: await readFile(file) };
  }

  async labels(index: number): Promise<readonly Label[] | null> {
    return this.#at(index).labels;
  }

  labelledClasses(index: number): readonly number[] | null {
    return this.#at(index).labelledClasses;
  }

  /** Keeps these frames, in this order, and removes the others. @param indexes each once */
  async keep(indexes: readonly number[]): Promise<void> {
    const kept = indexes.map((index) => this.#at(index));
    const files = new Set(kept.map(({ file }) => file));
    const gone = this.#frames.filter(({ file }) => !files.has(file));
    this.#frames = kept;
    for (const { file, width, height } of gone) {
      await unlink(file);
      this.#bytes -= width * height * 3;
    }
  }

  /** Removes the files; the frames cannot be read afterwards. */
  async close(): Promise<void> {
    this.#frames = [];
    this.#bytes = 0;
    await rm(this.#folder, { recursive: true, force: true });
  }

  #at(index: number): Spilled {
    const frame = this.#frames[index];
    if (!frame) throw new RangeError(`there is no frame ${index}: the set has ${this.count}`);
    return frame;
  }

  async #write(file: string, data: Uint8Array): Promise<void> {
    try {
      await writeFile(file, data, { mode: PRIVATE_FILE });
    } catch (error) {
      await rm(file, { force: true });
      throw new SourceError(`cannot write a frame to ${file}`, { file }, error);
    }
  }
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
