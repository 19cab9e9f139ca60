import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeError } from '../../foundation/errors.js';
import { AgeClock } from '../../store/age-clock.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { findChain, type KeptRecord, readSigned, type SignedFile } from './chain-files.js';
import { ChainFolder, isFull } from './chain-folder.js';
import { publicPemOf } from './evidence-key.js';
import { filesOfRecord, PICTURES, RECORDS, recordName } from './layout.js';
import { anchorAt, type NewPicture, newRecord } from './new-record.js';
import {
  type ChainAnchor,
  type ChainHead,
  type EvidenceDraft,
  type EvidencePicture,
  type EvidenceRecord,
  evidenceRecord,
} from './record.js';
import { mendedChain } from './recovery.js';
import { type EvidenceBounds, type Pruning, pruningOf, reliefOf } from './retention.js';
import { chainHashOf, type SignedLines, signText } from './signed-text.js';

export interface ChainOptions {
  /** Its own: made where it is missing. */
  readonly folder: string;
  readonly key: SigningKey;
  readonly bounds: EvidenceBounds;
  /** Unix ms. */
  readonly now: () => number;
}

/** What became of records besides being there; every number only grows while the program runs. */
export interface ChainCounts {
  /** Records that were written. */
  written: number;
  /** Removed because they were too old. */
  age: number;
  /** Removed for want of room. */
  quota: number;
  /** Records for which older ones made way because the disk was full, whatever the quota. */
  relieved: number;
  /** Records that an earlier run could not finish, of which nothing is left. */
  interrupted: number;
}

/**
 * A chain of signed records on the disk: each holds the hash of the one before it, and the head says which is the last. What is removed
 * by retention leaves a signed anchor. Killed at any moment, it is found whole again: a record is there once its own file is, which
 * comes after its pictures and in one step.
 */
export class EvidenceChain {
  readonly folder: string;
  readonly counts: ChainCounts = { written: 0, age: 0, quota: 0, relieved: 0, interrupted: 0 };
  /** What was found wrong when it was opened, for people; empty where nothing was. */
  readonly faults: readonly string[];
  readonly #options: ChainOptions;
  readonly #files: ChainFolder;
  readonly #clock: AgeClock;
  readonly #records: KeptRecord[];
  #head: SignedFile<ChainHead>;
  /** Whether the file of the head says less than `#head`. */
  #headIsBehind: boolean;
  #anchor: ChainAnchor | null;
  /** Whether older records went for one that could not be written all the same. */
  #reliefFailed = false;
  #bytes: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ChainOptions, files: ChainFolder, mended: ReturnType<typeof mendedChain>) {
    this.folder = options.folder;
    this.#options = options;
    this.#files = files;
    this.#records = [...mended.records];
    this.#head = mended.head;
    this.#headIsBehind = mended.headIsBehind;
    this.#anchor = mended.anchor;
    this.faults = mended.faults;
    this.counts.interrupted = mended.interrupted;
    this.#bytes = this.#records.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#clock = new AgeClock(this.#records.at(-1)?.at ?? null);
  }

  /**
   * Takes up the chain of a folder, or begins one, and clears what a kill left over.
   *
   * @throws EdgeError E_OUTPUT where another key signed it; the file system's error
   */
  static async open(options: ChainOptions): Promise<EvidenceChain> {
    const { folder, key, now } = options;
    const files = new ChainFolder(folder);
    await files.make();
    const found = await findChain(folder);
    const mended = mendedChain(found, { key, at: now(), newId: () => randomBytes(8).toString('hex') });
    await files.remove(mended.remove);
    const chain = new EvidenceChain(options, files, mended);
    await files.writeKey(publicPemOf(key));
    // on a full disk the head is behind until there is room, as it may always be
    if (chain.#headIsBehind) await chain.#writeHead().catch(() => undefined);
    await files.keepSpare();
    return chain;
  }

  get id(): string {
    return this.#head.value.chain;
  }

  get head(): ChainHead {
    return this.#head.value;
  }

  /** The head as it is signed. */
  get headText(): SignedLines {
    return this.#head.text;
  }

  /** Oldest first. */
  get records(): readonly KeptRecord[] {
    return this.#records;
  }

  /** Bytes on the disk of all records with their pictures. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Writes a record with its pictures, onto the medium, and makes room for it before.
   *
   * @throws EdgeError E_OUTPUT where it alone is more than there may be; the file system's error: nothing of it is left then
   */
  append(draft: EvidenceDraft, pictures: readonly NewPicture[]): Promise<EvidenceRecord> {
    return this.#inTurn(() => this.#append(draft, pictures));
  }

  /** Removes what is too old or too much. To be called at least once a minute. @throws the file system's error */
  prune(): Promise<void> {
    return this.#inTurn(async () => {
      // first: what goes may be the room for all else
      await this.#makeRoom(0);
      await this.#files.clear();
      if (this.#headIsBehind) await this.#writeHead();
      await this.#files.keepSpare();
    });
  }

  /** A record as it was signed; null where it is not there, or was made unreadable. @throws the file system's error */
  read(n: number): Promise<SignedFile<EvidenceRecord> | null> {
    return readSigned(join(this.folder, RECORDS, recordName(n)), evidenceRecord);
  }

  /** Bytes of a picture of a record. @throws the file system's error */
  readPicture({ name }: Pick<EvidencePicture, 'name'>): Promise<Buffer> {
    return readFile(join(this.folder, PICTURES, name));
  }

  /** The same, for whoever reads it piece by piece and closes it. @throws the file system's error */
  openPicture({ name }: Pick<EvidencePicture, 'name'>): Promise<FileHandle> {
    return open(join(this.folder, PICTURES, name), 'r');
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#turn;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #append(draft: EvidenceDraft, pictures: readonly NewPicture[]): Promise<EvidenceRecord> {
    const { key, now } = this.#options;
    const { value, text, files, bytes } = newRecord(draft, pictures, this.#head.value, { key, at: now() });
    const { n } = value;
    await this.#makeRoom(bytes);
    await this.#written(bytes, () => this.#files.writeRecord(n, text, files));
    const { at, camera, event } = value;
    this.#records.push({ n, at, camera, kind: event.kind, hash: chainHashOf(text), bytes });
    this.#bytes += bytes;
    this.counts.written++;
    this.#advance(n, chainHashOf(text));
    // the record is there: a head that cannot be written now is behind until the next look
    await this.#writeHead().catch(() => undefined);
    return value;
  }

  async #makeRoom(coming: number): Promise<void> {
    const { bounds, now } = this.#options;
    if (coming > bounds.maxBytes) {
      throw new EdgeError(
        'E_OUTPUT',
        `one record takes ${coming} bytes, and all may take ${bounds.maxBytes}: raise evidence.maxMiB`,
      );
    }
    const at = now();
    await this.#giveUp(pruningOf(this.#records, bounds, this.#clock.believes(at) ? at : null, coming), at);
  }

  /**
   * On a full disk the oldest make way, once for each record: where another takes what they left, no more go until a record could be
   * written again.
   */
  async #written(bytes: number, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const quota = isFull(error) && !this.#reliefFailed ? await this.#reliefFor(bytes, error) : 0;
      if (quota === 0) throw error;
      await this.#giveUp({ age: 0, quota }, this.#options.now());
      this.#reliefFailed = true;
      await write();
      this.counts.relieved++;
    }
    this.#reliefFailed = false;
  }

  async #reliefFor(bytes: number, error: unknown): Promise<number> {
    // a quota of the user is not what the disk has
    if ((error as NodeJS.ErrnoException).code === 'EDQUOT') return reliefOf(this.#records, 0, bytes);
    return reliefOf(this.#records, await this.#files.freeBytes(), bytes);
  }

  /** The oldest go, after the anchor that says so is on the medium. */
  async #giveUp({ age, quota }: Pruning, at: number): Promise<void> {
    const { key } = this.#options;
    const gone = this.#records.slice(0, age + quota);
    const last = gone.at(-1);
    if (last === undefined) return;
    const anchor = anchorAt(last, this.#anchor, { age, quota }, { chain: this.id, key, at });
    await this.#files.writeAnchor(signText(anchor, key));
    this.#anchor = anchor;
    this.#records.splice(0, gone.length);
    this.#bytes -= gone.reduce((sum, { bytes }) => sum + bytes, 0);
    this.counts.age += age;
    this.counts.quota += quota;
    await this.#files.remove(gone.flatMap(({ n }) => filesOfRecord(n)));
    await this.#files.keepSpare();
  }

  #advance(n: number, hash: string): void {
    const { key, now } = this.#options;
    const value: ChainHead = { v: 1, kind: 'head', chain: this.id, key: key.id, n, hash, at: now() };
    this.#head = { value, text: signText(value, key) };
    this.#headIsBehind = true;
  }

  async #writeHead(): Promise<void> {
    await this.#files.writeHead(this.#head.text);
    this.#headIsBehind = false;
  }
}
