import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeError } from '../../foundation/errors.js';
import { makePrivateFolder, writeWhole } from '../../foundation/private-files.js';
import { sha256Of } from '../../foundation/sha256.js';
import { AgeClock } from '../../store/age-clock.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { findChain, type KeptRecord, readSigned, removeAll, type SignedFile, writeSigned } from './chain-files.js';
import { publicPemOf } from './evidence-key.js';
import { ANCHOR, HEAD, PICTURES, PUBLIC_KEY, pictureName, RECORDS, recordName } from './layout.js';
import {
  type ChainAnchor,
  type ChainHead,
  type EvidenceDraft,
  type EvidencePicture,
  type EvidenceRecord,
  evidenceRecord,
} from './record.js';
import { mendedChain } from './recovery.js';
import { bytesOnDisk, type EvidenceBounds, pruningOf } from './retention.js';
import { chainHashOf, fileOf, type SignedLines, signText } from './signed-text.js';

/** An encoded picture that is to go into a record. */
export interface NewPicture extends Omit<EvidencePicture, 'name' | 'bytes' | 'sha256'> {
  readonly format: 'jpg' | 'webp' | 'avif';
  readonly data: Uint8Array;
}

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
  readonly counts: ChainCounts = { written: 0, age: 0, quota: 0, interrupted: 0 };
  /** What was found wrong when it was opened, for people; empty where nothing was. */
  readonly faults: readonly string[];
  readonly #options: ChainOptions;
  readonly #clock: AgeClock;
  readonly #records: KeptRecord[];
  #head: SignedFile<ChainHead>;
  /** Whether the file of the head says less than `#head`. */
  #headIsBehind: boolean;
  #anchor: ChainAnchor | null;
  #bytes: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: ChainOptions, mended: Awaited<ReturnType<typeof mendedChain>>) {
    this.folder = options.folder;
    this.#options = options;
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
    for (const name of [RECORDS, PICTURES]) makePrivateFolder(join(folder, name));
    const found = await findChain(folder);
    const mended = mendedChain(found, { key, at: now(), newId: () => randomBytes(8).toString('hex') });
    await removeAll(folder, mended.remove);
    const chain = new EvidenceChain(options, mended);
    await writeWhole(join(folder, PUBLIC_KEY), publicPemOf(key));
    if (chain.#headIsBehind) await chain.#writeHead();
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
      if (this.#headIsBehind) await this.#writeHead();
      await this.#makeRoom(0);
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
    const { n: last, hash: prev, chain } = this.#head.value;
    const n = last + 1;
    const named = pictures.map(({ format, data, ...rest }) => ({
      ...rest,
      name: pictureName(n, rest.role, format),
      bytes: data.length,
      sha256: sha256Of(data),
    }));
    const value: EvidenceRecord = {
      ...draft,
      v: 1,
      kind: 'record',
      chain,
      key: key.id,
      n,
      prev,
      at: now(),
      pictures: named,
    };
    const text = signText(value, key);
    const bytes = bytesOnDisk([Buffer.byteLength(fileOf(text)), ...named.map((one) => one.bytes)]);
    await this.#makeRoom(bytes);
    await this.#write(
      n,
      text,
      named.map(({ name }, i) => ({ name, data: pictures[i]!.data })),
    );
    this.#records.push({ n, at: value.at, camera: value.camera, hash: chainHashOf(text), bytes });
    this.#bytes += bytes;
    this.counts.written++;
    this.#advance(n, chainHashOf(text));
    // the record is there: a head that cannot be written now is behind until the next look
    await this.#writeHead().catch(() => undefined);
    return value;
  }

  async #write(n: number, text: SignedLines, pictures: readonly { name: string; data: Uint8Array }[]): Promise<void> {
    try {
      for (const { name, data } of pictures) await writeWhole(join(this.folder, PICTURES, name), data);
      await writeSigned(join(this.folder, RECORDS, recordName(n)), text);
    } catch (error) {
      const left = pictures.map(({ name }) => join(PICTURES, name));
      await removeAll(this.folder, left).catch(() => undefined);
      throw error;
    }
  }

  async #makeRoom(coming: number): Promise<void> {
    const { bounds, now, key } = this.#options;
    if (coming > bounds.maxBytes) {
      throw new EdgeError(
        'E_OUTPUT',
        `one record takes ${coming} bytes, and all may take ${bounds.maxBytes}: raise evidence.maxMiB`,
      );
    }
    const at = now();
    const { age, quota } = pruningOf(this.#records, bounds, this.#clock.believes(at) ? at : null, coming);
    const gone = this.#records.slice(0, age + quota);
    const last = gone.at(-1);
    if (last === undefined) return;
    const anchor: ChainAnchor = {
      v: 1,
      kind: 'anchor',
      chain: this.id,
      key: key.id,
      n: last.n,
      hash: last.hash,
      at,
      age: (this.#anchor?.age ?? 0) + age,
      quota: (this.#anchor?.quota ?? 0) + quota,
      writtenAt: last.at,
    };
    // it says what is gone before anything goes
    await writeSigned(join(this.folder, ANCHOR), signText(anchor, key));
    this.#anchor = anchor;
    this.#records.splice(0, gone.length);
    this.#bytes -= gone.reduce((sum, { bytes }) => sum + bytes, 0);
    this.counts.age += age;
    this.counts.quota += quota;
    await removeAll(
      this.folder,
      gone.flatMap(({ n }) => filesOf(n)),
    );
  }

  #advance(n: number, hash: string): void {
    const { key, now } = this.#options;
    const value: ChainHead = { v: 1, kind: 'head', chain: this.id, key: key.id, n, hash, at: now() };
    this.#head = { value, text: signText(value, key) };
    this.#headIsBehind = true;
  }

  async #writeHead(): Promise<void> {
    await writeSigned(join(this.folder, HEAD), this.#head.text);
    this.#headIsBehind = false;
  }
}

/** Everything that a record may have on the disk. */
function filesOf(n: number): string[] {
  const pictures = (['context', 'crop'] as const).flatMap((role) =>
    (['jpg', 'webp', 'avif'] as const).map((format) => join(PICTURES, pictureName(n, role, format))),
  );
  return [...pictures, join(RECORDS, recordName(n))];
}
