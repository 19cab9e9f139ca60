import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../foundation/private-files.js';
import type { z } from '../../foundation/validate.js';
import {
  ANCHOR,
  HEAD,
  numberOfPicture,
  numberOfRecord,
  PICTURES,
  PUBLIC_KEY,
  RECORDS,
  SPARE_ANCHOR,
  wholeOf,
} from './layout.js';
import {
  type ChainAnchor,
  type ChainHead,
  chainAnchor,
  chainHead,
  type EvidenceRecord,
  evidenceRecord,
} from './record.js';
import { bytesOnDisk } from './retention.js';
import { chainHashOf, fileOf, readSignedText, type SignedLines } from './signed-text.js';

/** A signed file with what it says. */
export interface SignedFile<T> {
  readonly value: T;
  readonly text: SignedLines;
}

/** A record of a chain as its folder has it. */
export interface KeptRecord {
  readonly n: number;
  /** Unix ms; that of the one before it where it cannot be read. */
  readonly at: number;
  /** null where it cannot be read. */
  readonly camera: string | null;
  /** Of its event; null where it cannot be read. */
  readonly kind: string | null;
  readonly hash: string;
  readonly bytes: number;
}

/** What is found in the folder of a chain. */
export interface FoundChain {
  /** null where there is none, or none that can be read. */
  readonly head: SignedFile<ChainHead> | null;
  readonly anchor: SignedFile<ChainAnchor> | null;
  /** In the order of their numbers. */
  readonly records: readonly (KeptRecord & { readonly record: SignedFile<EvidenceRecord> | null })[];
  /** Pictures by the number of their record. */
  readonly pictures: ReadonlyMap<number, readonly string[]>;
  /** Parts of records and pictures that a power cut or a kill left over, relative to the folder. */
  readonly remains: readonly string[];
  /** The same of head, anchor and key, which are written anew. */
  readonly stale: readonly string[];
}

/** What a signed file says; null where it is not there, or not of this kind. */
export async function readSigned<T>(file: string, schema: z.ZodType<T>): Promise<SignedFile<T> | null> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return content === null ? null : parseSigned(content, schema);
}

/** The same of bytes in memory. */
export function parseSigned<T>(content: Uint8Array, schema: z.ZodType<T>): SignedFile<T> | null {
  const text = readSignedText(content);
  if (text === null) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text.signed));
    return parsed.success ? { value: parsed.data, text } : null;
  } catch {
    return null;
  }
}

/** Puts a signed file in place of the one before it, and onto the medium. @throws the file system's error */
export async function writeSigned(file: string, text: SignedLines): Promise<void> {
  await writeWhole(file, fileOf(text));
}

/** Files besides records and pictures that are written in parts. */
const OWN: ReadonlySet<string> = new Set([HEAD, ANCHOR, SPARE_ANCHOR, PUBLIC_KEY]);

const isPart = (name: string): boolean => wholeOf(name) !== name;
const inRecords = (name: string): string => join(RECORDS, name);
const inPictures = (name: string): string => join(PICTURES, name);

/** @throws the file system's error where the folders cannot be read */
export async function findChain(folder: string): Promise<FoundChain> {
  const recordNames = (await readdir(join(folder, RECORDS))).sort();
  const pictureNames = (await readdir(join(folder, PICTURES))).sort();
  const sizes = new Map<number, number[]>();
  const pictures = new Map<number, string[]>();
  for (const name of pictureNames) {
    const n = numberOfPicture(name);
    if (n === null) continue;
    const { size } = await stat(join(folder, PICTURES, name));
    sizes.set(n, [...(sizes.get(n) ?? []), size]);
    pictures.set(n, [...(pictures.get(n) ?? []), name]);
  }
  const records: (KeptRecord & { record: SignedFile<EvidenceRecord> | null })[] = [];
  for (const name of recordNames) {
    const n = numberOfRecord(name);
    if (n === null) continue;
    const content = await readFile(join(folder, RECORDS, name));
    const record = parseSigned(content, evidenceRecord);
    records.push({
      n,
      record,
      at: record?.value.at ?? records.at(-1)?.at ?? 0,
      camera: record?.value.camera ?? null,
      kind: record?.value.event.kind ?? null,
      hash: record === null ? '' : chainHashOf(record.text),
      bytes: bytesOnDisk([content.length, ...(sizes.get(n) ?? [])]),
    });
  }
  return {
    head: await readSigned(join(folder, HEAD), chainHead),
    anchor: await readSigned(join(folder, ANCHOR), chainAnchor),
    records,
    pictures,
    remains: [...recordNames.filter(isPart).map(inRecords), ...pictureNames.filter(isPart).map(inPictures)],
    stale: (await readdir(folder)).filter((name) => isPart(name) && OWN.has(wholeOf(name))),
  };
}

/** Removes files below a folder; one that is gone already is no error. @throws the file system's error */
export async function removeAll(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}
