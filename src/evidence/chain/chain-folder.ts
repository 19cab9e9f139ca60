import { open, readFile, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, syncFolder, writeWhole } from '../../foundation/private-files.js';
import { removeAll, writeSigned } from './chain-files.js';
import { ANCHOR, HEAD, PICTURES, PUBLIC_KEY, partOf, RECORDS, recordName, SPARE_ANCHOR } from './layout.js';
import { fileOf, type SignedLines } from './signed-text.js';

/** Whether an error says that there is no room. */
export function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** One block: an anchor takes some 400 bytes of it. */
const SPARE_BYTES = 4096;

/**
 * The folder of a chain, as it is written: in an order in which a kill or a power cut at any moment leaves a chain, and so that a full
 * disk can be relieved.
 */
export class ChainFolder {
  readonly folder: string;
  /** Of a record that could not be written, relative: another one takes its number, but not before these are gone. */
  #failed: string[] = [];
  /** What retention gave up and could not remove yet, relative. */
  #gone: string[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws the file system's error */
  async make(): Promise<void> {
    for (const name of [RECORDS, PICTURES]) makePrivateFolder(join(this.folder, name));
    await syncFolder(this.folder);
  }

  /** Writes the public key where it is not there as it is to be: on a full disk a chain is to be taken up too. @throws the file system's error */
  async writeKey(pem: string): Promise<void> {
    const file = join(this.folder, PUBLIC_KEY);
    if ((await readFile(file, 'utf8').catch(() => null)) !== pem) await writeWhole(file, pem);
  }

  /**
   * Pictures first, then the record that names them: it is there once its own file is, on the medium.
   *
   * @throws the file system's error; nothing of it is left then, or is removed before anything else is written
   */
  async writeRecord(
    n: number,
    text: SignedLines,
    pictures: readonly { readonly name: string; readonly data: Uint8Array }[],
  ): Promise<void> {
    await this.#clearFailed();
    const record = join(RECORDS, recordName(n));
    try {
      for (const { name, data } of pictures)
        await writeWhole(join(this.folder, PICTURES, name), data, { durable: 'content' });
      if (pictures.length > 0) await syncFolder(join(this.folder, PICTURES));
      await writeSigned(join(this.folder, record), text);
    } catch (error) {
      const names = [record, ...pictures.map(({ name }) => join(PICTURES, name))];
      this.#failed = names.flatMap((name) => [name, partOf(name)]);
      await this.#clearFailed().catch(() => undefined);
      throw error;
    }
  }

  /** A power cut may leave the one before it, which is mended with the next start. @throws the file system's error */
  async writeHead(text: SignedLines): Promise<void> {
    await writeWhole(join(this.folder, HEAD), fileOf(text), { durable: 'content' });
  }

  /**
   * On the medium before it returns: what it says is gone may go then. A disk without room takes it in place of the spare one.
   *
   * @throws the file system's error
   */
  async writeAnchor(text: SignedLines): Promise<void> {
    try {
      await writeSigned(join(this.folder, ANCHOR), text);
    } catch (error) {
      if (!isFull(error)) throw error;
      await this.#fillSpare(fileOf(text)).catch(() => {
        throw error;
      });
    }
  }

  /** Removes files, relative to the folder: those that cannot be removed now with the next `clear`. @throws the file system's error */
  async remove(names: readonly string[]): Promise<void> {
    this.#gone.push(...names);
    await this.clear();
  }

  /** Removes what could not be removed before. @throws the file system's error, after those that can be removed */
  async clear(): Promise<void> {
    let failure: unknown = null;
    const left: string[] = [];
    for (const name of this.#gone) {
      await removeAll(this.folder, [name]).catch((error: unknown) => {
        failure ??= error;
        left.push(name);
      });
    }
    this.#gone = left;
    if (failure !== null) throw failure;
  }

  /** In their order: a record goes before what it names. */
  async #clearFailed(): Promise<void> {
    for (let next = this.#failed[0]; next !== undefined; next = this.#failed[0]) {
      await removeAll(this.folder, [next]);
      this.#failed.shift();
    }
  }

  /** Keeps a block for the anchor of a full disk; without it, where there is no room for one now. */
  async keepSpare(): Promise<void> {
    const file = join(this.folder, SPARE_ANCHOR);
    const there = await open(file, 'r').catch(() => null);
    if (there !== null) return there.close();
    await writeWhole(file, Buffer.alloc(SPARE_BYTES, '\n')).catch(() => undefined);
  }

  /** That the disk has left for this user. @throws the file system's error */
  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Its block is written over: it was never given back to the disk, where another would have taken it. */
  async #fillSpare(content: Uint8Array | string): Promise<void> {
    const file = join(this.folder, SPARE_ANCHOR);
    const handle = await open(file, 'r+');
    try {
      const bytes = Buffer.from(content);
      await handle.write(bytes, 0, bytes.length, 0);
      await handle.truncate(bytes.length);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(file, join(this.folder, ANCHOR));
    await syncFolder(this.folder);
  }
}
