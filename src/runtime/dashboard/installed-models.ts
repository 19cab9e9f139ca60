import { explain } from '../../foundation/errors.js';
import { type Listing, ModelRegistry } from '../../models/registry.js';

/** ms for which what was read of a folder is shown again. */
const FRESH_MS = 30_000;

/** What there is in the models' folder, read anew after a while. */
export interface InstalledListing {
  readonly listings: readonly Listing[];
  /** Why the folder cannot be read; null where it can. */
  readonly problem: string | null;
}

/** The installed models for pages that are looked at again and again: manifests are read every half minute at most. */
export class InstalledModels {
  readonly #dir: string;
  readonly #now: () => number;
  #read: Promise<InstalledListing> | null = null;
  #readAt = Number.NEGATIVE_INFINITY;

  /** @param now ms that only go forward */
  constructor(dir: string, now: () => number) {
    this.#dir = dir;
    this.#now = now;
  }

  list(): Promise<InstalledListing> {
    const now = this.#now();
    if (this.#read === null || now - this.#readAt >= FRESH_MS) {
      this.#readAt = now;
      this.#read = readListing(this.#dir);
    }
    return this.#read;
  }
}

async function readListing(dir: string): Promise<InstalledListing> {
  try {
    return { listings: (await ModelRegistry.open(dir)).list(), problem: null };
  } catch (error) {
    return { listings: [], problem: explain(error) };
  }
}
