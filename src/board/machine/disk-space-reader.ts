import { statfs } from 'node:fs/promises';
import { answered } from './answered.js';
import type { MachineReader, ReadAt } from './machine-reader.js';

/** ms between two looks. */
const EVERY_MS = 10_000;
/** ms that a file system may take to answer; a network one whose server is gone may never. */
const DEADLINE_MS = 2000;

/** What a file system has left. */
export interface DiskSpace {
  /** Bytes that this user may still take. */
  readonly freeBytes: number;
  /** Percent of what this user may have, as `df` counts. */
  readonly usedPercent: number;
  /** Files that may still be made; null where the file system does not count them. */
  readonly freeFiles: number | null;
}

/** Where space is watched, by the name that it has in metrics. */
export type WatchedPlaces = Readonly<Record<string, string>>;

/** What the file systems have left on which some folders lie. */
export class DiskSpaceReader implements MachineReader {
  readonly name = 'disk space';
  /** By name of the place; null where it cannot be read, or does not answer. */
  readonly space: Map<string, DiskSpace | null>;
  readonly #places: WatchedPlaces;
  /** WatchedPlaces that have not answered yet: they are not asked again. */
  readonly #waiting = new Set<string>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(places: WatchedPlaces) {
    this.#places = places;
    this.space = new Map(Object.keys(places).map((name) => [name, null]));
  }

  look(): void {
    // a path is looked up with each reading
  }

  async read({ now }: ReadAt): Promise<void> {
    if (now - this.#readAt < EVERY_MS) return;
    this.#readAt = now;
    await Promise.all(Object.entries(this.#places).map(([name, path]) => this.#readOne(name, path)));
  }

  close(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
    for (const name of this.space.keys()) this.space.set(name, null);
  }

  async #readOne(name: string, path: string): Promise<void> {
    if (this.#waiting.has(name)) return;
    this.#waiting.add(name);
    const asked = spaceAt(path).finally(() => this.#waiting.delete(name));
    const space = await answered(asked, DEADLINE_MS);
    // closed meanwhile: it would be a reading of then
    if (this.#readAt !== Number.NEGATIVE_INFINITY) this.space.set(name, space);
  }
}

async function spaceAt(path: string): Promise<DiskSpace | null> {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path);
    const used = blocks - bfree;
    // what is kept for root is neither
    const usedPercent = used + bavail > 0 ? (100 * used) / (used + bavail) : 0;
    return { freeBytes: bavail * bsize, usedPercent, freeFiles: files === 0 ? null : ffree };
  } catch {
    return null;
  }
}
