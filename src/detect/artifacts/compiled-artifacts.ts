import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makePrivateFolder } from '../../foundation/private-files.js';
import { sha256OfFile } from '../../foundation/sha256.js';

/** Where compiled models are kept, and how many bytes they may take together. */
export interface ArtifactFolder {
  readonly folder: string;
  readonly maxBytes: number;
}

/** What a compiled model was made from and for: where one of these differs, it is another's. */
export interface ArtifactKey {
  /** Of the model file, hex. */
  readonly modelSha256: string;
  readonly provider: string;
  /** ONNX Runtime's name and version. */
  readonly runtime: string;
  /** The processor's extensions: ONNX Runtime lays weights out for them. */
  readonly cpuFlags: string;
  readonly driver: string | null;
  readonly gpu: string | null;
}

/** Each number only grows. */
export interface ArtifactCounters {
  used: number;
  saved: number;
  /** Found damaged, or refused when loaded: removed, the original was loaded. */
  damaged: number;
  /** Made for another driver, runtime or processor: removed. */
  mismatched: number;
  /** Removed for want of room, the least recently used first. */
  evicted: number;
  /** Could not be written: the folder is read-only or full. */
  unwritable: number;
}

const TEMPORARY = '.tmp';
/** A temporary file this old was left by a worker that died. */
const ABANDONED_MS = 3_600_000;

/**
 * Compiled models on disk, one file or folder each, found by model and provider. A file's name ends with its own sha256,
 * so that it is complete or does not exist, whoever writes at the same time. Nothing here throws for the disk.
 *
 *     <model 16 hex>-<provider>-<key 16 hex>-<content 64 hex>.onnx      <model 16 hex>-<provider>-<key 16 hex>/
 */
export class CompiledArtifacts {
  readonly counters: ArtifactCounters = { used: 0, saved: 0, damaged: 0, mismatched: 0, evicted: 0, unwritable: 0 };
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #now: () => number;

  /** @param now Unix ms */
  constructor({ folder, maxBytes }: ArtifactFolder, now: () => number = Date.now) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#now = now;
  }

  /** The compiled model of a key, checked against its sha256; null where there is none. What others of this model left is removed. */
  async find(key: ArtifactKey): Promise<string | null> {
    this.#removeMismatched(key);
    const name = this.#list().find((entry) => isOf(entry, key));
    if (name === undefined) return null;
    const file = join(this.#folder, name);
    const expected = name.slice(nameOf(key).length + 1, -'.onnx'.length);
    if ((await sha256OfFile(file).catch(() => null)) !== expected) {
      this.discard(file);
      return null;
    }
    this.#touch(file);
    this.counters.used++;
    return file;
  }

  /** Where a compiled model may be written to before it is `keep`t; null where nothing can be written. */
  begin(key: ArtifactKey): string | null {
    if (!this.#makeFolder()) return null;
    return join(this.#folder, `${nameOf(key)}-${process.pid}${TEMPORARY}`);
  }

  /** Puts what was written in its place, and makes room for it. False where it could not be kept; nothing is left of it then. */
  async keep(key: ArtifactKey, temporary: string): Promise<boolean> {
    try {
      // another worker was first: its file may be in use, and ONNX Runtime writes the same graph in another order each time
      if (this.#list().some((name) => isOf(name, key))) {
        remove(temporary);
        return true;
      }
      const bytes = statSync(temporary).size;
      if (bytes > this.#maxBytes) throw new Error('larger than all artifacts together may be');
      const file = join(this.#folder, `${nameOf(key)}-${await sha256OfFile(temporary)}.onnx`);
      renameSync(temporary, file);
      this.#touch(file);
      this.counters.saved++;
      this.#makeRoom(file);
      return true;
    } catch {
      remove(temporary);
      this.counters.unwritable++;
      return false;
    }
  }

  /** Removes what was begun and is not to be kept. */
  abandon(temporary: string): void {
    remove(temporary);
  }

  /** A folder for a provider that keeps files of its own there, such as TensorRT's engines; null where nothing can be written. */
  folderFor(key: ArtifactKey): string | null {
    this.#removeMismatched(key);
    if (!this.#makeFolder()) return null;
    const folder = join(this.#folder, nameOf(key));
    try {
      if (this.#list().includes(nameOf(key))) this.counters.used++;
      makePrivateFolder(folder);
      this.#touch(folder);
      this.#makeRoom(folder);
      return folder;
    } catch {
      this.counters.unwritable++;
      return null;
    }
  }

  /** Removes one that turned out to be of no use. */
  discard(path: string): void {
    remove(path);
    this.counters.damaged++;
  }

  #removeMismatched(key: ArtifactKey): void {
    for (const name of this.#list()) {
      const abandoned = name.endsWith(TEMPORARY) && this.#age(name) > ABANDONED_MS;
      const other = name.startsWith(prefixOf(key)) && !name.startsWith(nameOf(key)) && !name.endsWith(TEMPORARY);
      if (abandoned || other) remove(join(this.#folder, name));
      if (other) this.counters.mismatched++;
    }
  }

  #makeRoom(kept: string): void {
    const entries = this.#list()
      .filter((name) => !name.endsWith(TEMPORARY))
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, bytes: bytesOf(path), usedAt: modifiedAt(path) }))
      .sort((a, b) => a.usedAt - b.usedAt);
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of entries) {
      if (total <= this.#maxBytes) return;
      if (path === kept) continue;
      remove(path);
      total -= bytes;
      this.counters.evicted++;
    }
  }

  #makeFolder(): boolean {
    try {
      makePrivateFolder(this.#folder);
      accessSync(this.#folder, constants.W_OK);
      return true;
    } catch {
      this.counters.unwritable++;
      return false;
    }
  }

  #list(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #age(name: string): number {
    return this.#now() - modifiedAt(join(this.#folder, name));
  }

  /** The time of last use is the time of change: access times are often switched off. */
  #touch(path: string): void {
    const seconds = this.#now() / 1000;
    try {
      utimesSync(path, seconds, seconds);
    } catch {
      // on a read-only disk it is used all the same
    }
  }
}

const isOf = (name: string, key: ArtifactKey): boolean => name.startsWith(`${nameOf(key)}-`) && name.endsWith('.onnx');

const prefixOf = ({ modelSha256, provider }: ArtifactKey): string => `${modelSha256.slice(0, 16)}-${provider}-`;

function nameOf(key: ArtifactKey): string {
  const { runtime, cpuFlags, driver, gpu, modelSha256 } = key;
  const text = JSON.stringify([modelSha256, runtime, cpuFlags, driver, gpu]);
  return prefixOf(key) + createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function bytesOf(path: string): number {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return found.size;
    return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}

function modifiedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // a read-only disk keeps it; it is not used
  }
}
