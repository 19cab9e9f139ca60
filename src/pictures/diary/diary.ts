import { join } from 'node:path';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { makePrivateFolder, writeWhole } from '../../foundation/private-files.js';
import { type DiaryEntry, diaryFileName, readDiary, removeFiles, writeDiaryIndex } from './diary-index.js';
import { Reservoir, type ReservoirEntry } from './reservoir.js';

/** A frame that a running camera could keep. */
export interface DiaryFrame {
  readonly camera: string;
  /** Unix ms. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** RGB24; unchanged until the promise of `offer` is fulfilled. */
  readonly data: Uint8Array;
  /** What it looks like from afar, in a few hundred bytes; always of one length. */
  readonly look: Uint8Array;
  /** 0 dark … 9 bright. */
  readonly light: number;
  /** Vehicles reported in it. */
  readonly vehicles: number;
}

export interface DiaryOptions {
  /** Its own: made where it is missing. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Frames. */
  readonly maxCount: number;
  /** Pause between two frames that a camera offers. */
  readonly everyMs: number;
  /** Makes a JPEG of RGB24. */
  readonly encode: (rgb: Uint8Array, width: number, height: number) => Promise<Uint8Array>;
  /** 0..23 of a time in Unix ms. */
  readonly localHour: (at: number) => number;
  readonly log: Log;
}

/** What became of the frames; every number but the first two only grows. */
export interface DiaryCounts {
  readonly frames: number;
  readonly bytes: number;
  readonly offered: number;
  readonly kept: number;
  /** Kept ones that gave way to others. */
  readonly replaced: number;
  /** Not different enough from what is there. */
  readonly alike: number;
  /** Another one was being written. */
  readonly busy: number;
  /** Could not be encoded or written. */
  readonly failed: number;
}

/** The counts of two diaries together. */
export function addedCounts(one: DiaryCounts, other: DiaryCounts): DiaryCounts {
  return {
    frames: one.frames + other.frames,
    bytes: one.bytes + other.bytes,
    offered: one.offered + other.offered,
    kept: one.kept + other.kept,
    replaced: one.replaced + other.replaced,
    alike: one.alike + other.alike,
    busy: one.busy + other.busy,
    failed: one.failed + other.failed,
  };
}

/** Pictures nearer than this show the same, but for the sensor's noise. */
const MIN_NOVELTY = 0.5;
/** Vehicles from which a frame counts as a busy one. */
const MANY = 4;

type Kept = ReservoirEntry & { readonly entry: DiaryEntry };

/**
 * Frames of the device's own cameras, kept on its disk and sent nowhere: from all hours and kinds of light, empty ones and
 * busy ones, as different as can be. What a model is calibrated on and judged by later. Full, it replaces its most
 * redundant frames.
 */
export class Diary {
  readonly #options: DiaryOptions;
  readonly #reservoir: Reservoir;
  readonly #kept = new Map<string, Kept>();
  readonly #lastOffer = new Map<string, number>();
  readonly #counts = { offered: 0, kept: 0, replaced: 0, alike: 0, busy: 0, failed: 0 };
  #writing: Promise<boolean> | null = null;
  #isOpen = false;
  #isFailing = false;

  constructor(options: DiaryOptions) {
    this.#options = options;
    const { maxCount, maxBytes } = options;
    this.#reservoir = new Reservoir({ maxCount, maxBytes, minNovelty: MIN_NOVELTY });
  }

  /**
   * Takes up what an earlier run kept and clears what a power cut left over. A folder that cannot be used is logged, and
   * the diary stays shut: a device without one works as well.
   */
  async start(): Promise<void> {
    const { folder, localHour, log } = this.#options;
    try {
      makePrivateFolder(folder);
      const { entries, remains, indexed } = await readDiary(folder, localHour);
      for (const entry of entries) this.#add(entry);
      const excess = this.#reservoir.excess() as Kept[];
      for (const one of excess) this.#drop(one);
      await removeFiles(folder, [...remains, ...excess.map(({ name }) => name)]);
      if (entries.length > 0 && !indexed) log.warn({ folder }, 'the index of the diary is lost: its frames are kept');
      if (!indexed || remains.length > 0 || excess.length > 0) await this.#writeIndex();
      this.#isOpen = true;
    } catch (error) {
      log.warn({ folder, reason: explain(error) }, 'the diary cannot be used: no frames are kept');
    }
  }

  /** Whether it is time for a frame of this camera: cheap, for every frame. @param at Unix ms */
  isDue(camera: string, at: number): boolean {
    if (!this.#isOpen) return false;
    const last = this.#lastOffer.get(camera);
    // a clock that was set back must not stop it
    return last === undefined || at - last >= this.#options.everyMs || at < last;
  }

  /**
   * Keeps a frame where it shows something new. Never throws.
   *
   * @param now Unix ms by the clock of `isDue`: a film handed in was taken at another time
   * @returns whether it was kept
   */
  async offer(frame: DiaryFrame, now = frame.at): Promise<boolean> {
    if (!this.#isOpen) return false;
    this.#lastOffer.set(frame.camera, now);
    this.#counts.offered++;
    if (this.#writing !== null) {
      this.#counts.busy++;
      return false;
    }
    const entry = this.#entryOf(frame);
    if (this.#kept.has(entry.name) || !this.#reservoir.wants(asKept(entry))) {
      this.#counts.alike++;
      return false;
    }
    this.#writing = this.#keep(frame, entry);
    try {
      const isKept = await this.#writing;
      this.#isFailing = false;
      return isKept;
    } catch (error) {
      this.#failure(frame.camera, error);
      return false;
    } finally {
      this.#writing = null;
    }
  }

  counts(): DiaryCounts {
    return { frames: this.#reservoir.count, bytes: this.#reservoir.bytes, ...this.#counts };
  }

  /** Waits for the frame being written. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    await this.#writing?.catch(() => undefined);
  }

  /** Said once until a frame can be kept again: the same full disk is not news every minute. */
  #failure(camera: string, error: unknown): void {
    this.#counts.failed++;
    if (!this.#isFailing) this.#options.log.warn({ camera, reason: explain(error) }, 'the diary cannot keep frames');
    this.#isFailing = true;
  }

  #entryOf({ camera, at, light, vehicles, look }: DiaryFrame): DiaryEntry {
    const crowd = vehicles === 0 ? 0 : vehicles < MANY ? 1 : 2;
    const name = diaryFileName({ at: Math.round(at), camera, light, crowd });
    return { name, camera, at, hour: this.#options.localHour(at), light, crowd, look: look.slice(), bytes: 0 };
  }

  /** The picture first, then the index that names it, then away with what it replaces: a power cut leaves no gap. */
  async #keep({ data, width, height }: DiaryFrame, draft: DiaryEntry): Promise<boolean> {
    const { folder, encode } = this.#options;
    const jpeg = await encode(data, width, height);
    const kept = asKept({ ...draft, bytes: jpeg.length });
    const gone = this.#reservoir.place(kept) as Kept[] | null;
    if (gone === null) {
      this.#counts.alike++;
      return false;
    }
    try {
      await writeWhole(join(folder, kept.name), jpeg);
    } catch (error) {
      this.#reservoir.remove(kept);
      for (const one of gone) this.#reservoir.add(one);
      throw error;
    }
    this.#kept.set(kept.name, kept);
    for (const { name } of gone) this.#kept.delete(name);
    this.#counts.kept++;
    this.#counts.replaced += gone.length;
    await this.#writeIndex();
    await removeFiles(
      folder,
      gone.map(({ name }) => name),
    );
    return true;
  }

  #add(entry: DiaryEntry): void {
    const kept = asKept(entry);
    this.#kept.set(entry.name, kept);
    this.#reservoir.add(kept);
  }

  #drop(kept: Kept): void {
    this.#kept.delete(kept.name);
    this.#reservoir.remove(kept);
  }

  async #writeIndex(): Promise<void> {
    await writeDiaryIndex(
      this.#options.folder,
      [...this.#kept.values()].map(({ entry }) => entry),
    );
  }
}

function asKept(entry: DiaryEntry): Kept {
  const { name, look, bytes, camera, hour, light, crowd } = entry;
  return { name, look, bytes, stratum: `${camera} ${hour} ${light} ${crowd}`, entry };
}
