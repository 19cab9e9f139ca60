import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePrivateFolder, PRIVATE_FILE, writeWhole } from '../../foundation/private-files.js';
import { tarHead } from '../../store/tar.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { parseSigned, type SignedFile } from './chain-files.js';
import type { EvidenceSource } from './evidence-source.js';
import { EXPORT_READMES } from './export-readme.js';
import { ANCHOR, HEAD, PICTURES, PUBLIC_KEY, RECORDS, recordName, STATEMENT } from './layout.js';
import { chainHead, type EvidenceRecord, type ExportStatement, evidenceRecord } from './record.js';
import { fileOf, signText } from './signed-text.js';

export interface ExportOptions {
  /** Which records' pictures are wanted; all records themselves always come along, as the chain needs them. */
  readonly wants: (record: EvidenceRecord) => boolean;
  /** The device's: signs what is left out. */
  readonly key: SigningKey;
  /** Unix ms. */
  readonly at: number;
}

export interface Exported {
  readonly records: number;
  readonly pictures: number;
  readonly bytes: number;
}

/** Takes files one after the other. */
interface Sink {
  add(name: string, data: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Copies a chain with the pictures that are wanted, the public key and how to verify it without this program.
 *
 * @param to a new folder, or a new `.tar`
 * @throws the file system's error; EEXIST where `to` is there already; nothing is left of an archive then
 */
export async function exportEvidence(source: EvidenceSource, to: string, options: ExportOptions): Promise<Exported> {
  const { key, at } = options;
  // the program may go on writing: this head is the one that everything in the export is held against
  const headFile = (await source.read(HEAD)) ?? new Uint8Array();
  const head = parseSigned(headFile, chainHead);
  if (head === null)
    throw new Error('the chain has no head: edge-optimizer evidence verify says what is wrong with it');
  const sink = to.endsWith('.tar') ? await tarSink(to, at) : await folderSink(to);
  const counts = { records: 0, pictures: 0, bytes: 0 };
  try {
    const add = async (name: string, data: Uint8Array): Promise<void> => {
      await sink.add(name, data);
      counts.bytes += data.length;
    };
    const addWhole = async (name: string): Promise<void> => {
      const data = await source.read(name);
      if (data !== null) await add(name, data);
    };
    await add(HEAD, headFile);
    await addWhole(PUBLIC_KEY);
    const withPictures: number[] = [];
    for (let n = 1; n <= head.value.n; n++) {
      const record = await recordIn(source, n);
      if (record === null) continue;
      counts.records++;
      await add(`${RECORDS}/${recordName(n)}`, Buffer.from(fileOf(record.text)));
      if (!options.wants(record.value)) continue;
      withPictures.push(n);
      for (const { name } of record.value.pictures) {
        const data = await source.read(`${PICTURES}/${name}`);
        if (data === null) continue;
        await add(`${PICTURES}/${name}`, data);
        counts.pictures++;
      }
    }
    // last, so that it says of whatever retention removed meanwhile that it did
    await addWhole(ANCHOR);
    const { chain, n, hash } = head.value;
    const statement: ExportStatement = { v: 1, kind: 'export', chain, key: key.id, at, n, hash, withPictures };
    await add(STATEMENT, Buffer.from(fileOf(signText(statement, key))));
    for (const [name, text] of EXPORT_READMES) await add(name, Buffer.from(text));
    await sink.close();
    return counts;
  } catch (error) {
    await sink.close().catch(() => undefined);
    if (to.endsWith('.tar')) await rm(to, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** As it lies there, also where it is wrong: a verification of the export is to find that. */
async function recordIn(source: EvidenceSource, n: number): Promise<SignedFile<EvidenceRecord> | null> {
  const content = await source.read(`${RECORDS}/${recordName(n)}`);
  return content === null ? null : parseSigned(content, evidenceRecord);
}

async function folderSink(folder: string): Promise<Sink> {
  makePrivateFolder(dirname(folder));
  const { mkdir } = await import('node:fs/promises');
  await mkdir(folder, { mode: 0o700 });
  for (const name of [RECORDS, PICTURES]) makePrivateFolder(join(folder, name));
  return {
    add: (name, data) => writeWhole(join(folder, name), data, { durable: false }),
    close: async () => undefined,
  };
}

const BLOCK = 512;

async function tarSink(file: string, at: number): Promise<Sink> {
  const handle: FileHandle = await open(file, 'wx', PRIVATE_FILE);
  let isOpen = true;
  return {
    add: async (name, data) => {
      await handle.write(tarHead(name, data.length, at, PRIVATE_FILE));
      await handle.write(data);
      await handle.write(Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK));
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      try {
        await handle.write(Buffer.alloc(2 * BLOCK));
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
