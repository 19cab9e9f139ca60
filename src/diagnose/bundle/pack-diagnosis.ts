import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ConfigError, explain } from '../../foundation/errors.js';
import { sha256Of } from '../../foundation/sha256.js';
import { tarOf } from '../../store/tar.js';
import type { BundlePart, PartContent } from './bundle-part.js';
import { redactJson, redactLines, redactText } from './redaction.js';

/** A part as it lies in the archive. */
export interface PackedPart {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Lines; null where it is one document. */
  readonly lines: number | null;
  /** Lines that were left out, the first ones, so that the archive is small enough. */
  readonly leftOut: number;
}

/** A bundle, ready to be written. */
export interface PackedDiagnosis {
  readonly archive: Buffer;
  readonly parts: readonly PackedPart[];
  /** What could not be had, and why. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

export interface PackOptions {
  /** Of the archive. */
  readonly maxBytes: number;
  /** Unix ms of the diagnosis. */
  readonly at: number;
  readonly version: string;
}

/** The folder that the archive unpacks to. */
export const BUNDLE_FOLDER = 'edge-optimizer-diagnosis';
/** What is left out where there is too much, in this order. */
const SHED_IN_ORDER = ['log.txt', 'metrics.jsonl', 'files.jsonl', 'commands.jsonl', 'trials.jsonl'];
const MOST_ROUNDS = 24;
/** ms that a part may take. */
const PATIENCE_MS = 20_000;

const zipped = promisify(gzip);

interface Written {
  readonly name: string;
  readonly what: string;
  /** With their ends; a whole document is one. */
  readonly lines: readonly string[];
  readonly isDocument: boolean;
  readonly leftOut: number;
}

/**
 * Reads every part, masks what is secret in it, and packs it, with a manifest that names each. What cannot be read is named with
 * why. This is the only way into a bundle: nothing comes into one unmasked.
 *
 * @throws ConfigError where not even the rest is small enough once what may be left out is
 */
export async function packDiagnosis(parts: readonly BundlePart[], options: PackOptions): Promise<PackedDiagnosis> {
  const missing: { name: string; why: string }[] = [];
  let written: Written[] = [];
  for (const part of parts) {
    try {
      written.push(writtenOf(part, await inTime(part)));
    } catch (error) {
      missing.push({ name: part.name, why: redactText(explain(error)) });
    }
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const packed = await packedOf(written, missing, options);
    const over = packed.archive.length - options.maxBytes;
    if (over <= 0) return packed;
    const shorter = await withLess(written, over);
    if (shorter === null) break;
    written = shorter;
  }
  throw new ConfigError('no bundle is made', [
    `--bundle-max: expected more than ${(options.maxBytes / 2 ** 20).toFixed(2)} MiB: not even the report and the configuration fit`,
  ]);
}

async function inTime(part: BundlePart): Promise<PartContent> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not read within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(() => part.read()), late]);
  } finally {
    clearTimeout(timer);
  }
}

function writtenOf({ name, what }: BundlePart, content: PartContent): Written {
  const part = { name, what, leftOut: 0 };
  switch (content.kind) {
    case 'json':
      return { ...part, lines: [`${JSON.stringify(redactJson(content.value), null, 2)}\n`], isDocument: true };
    case 'rows':
      return { ...part, lines: content.rows.map((row) => `${JSON.stringify(redactJson(row))}\n`), isDocument: false };
    case 'lines':
      return { ...part, lines: redactLines(content.lines).map((line) => `${line}\n`), isDocument: false };
  }
}

/** null where nothing is left that may be left out. @param over bytes of the archive that are too many */
async function withLess(written: readonly Written[], over: number): Promise<Written[] | null> {
  const name = SHED_IN_ORDER.find((one) => written.some((part) => part.name === one && part.lines.length > 0));
  if (name === undefined) return null;
  return Promise.all(written.map(async (part) => (part.name === name ? await shortenedBy(part, over) : part)));
}

async function shortenedBy(part: Written, over: number): Promise<Written> {
  const bytes = (await zipped(part.lines.join(''))).length;
  // a little less than what would do: what is left compresses worse
  const keep = Math.floor(part.lines.length * Math.max(0, (bytes - over) / bytes) * 0.95);
  const kept = keep === 0 ? [] : part.lines.slice(-keep);
  return { ...part, lines: kept, leftOut: part.leftOut + part.lines.length - kept.length };
}

async function packedOf(
  written: readonly Written[],
  missing: PackedDiagnosis['missing'],
  { at, version }: PackOptions,
): Promise<PackedDiagnosis> {
  const files = written.map((part) => ({ part, data: Buffer.from(part.lines.join('')) }));
  const parts = files.map(({ part, data }): PackedPart => {
    const { name, what, isDocument, lines, leftOut } = part;
    const sha256 = sha256Of(data);
    return { name, what, bytes: data.length, sha256, lines: isDocument ? null : lines.length, leftOut };
  });
  const manifest = { format: 1, at: new Date(at).toISOString(), version, parts, missing };
  const entries = [
    { name: 'manifest.json', data: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
    ...files.map(({ part, data }) => ({ name: part.name, data })),
  ].map(({ name, data }) => ({ kind: 'file' as const, path: `${BUNDLE_FOLDER}/${name}`, data }));
  return { archive: await zipped(tarOf(entries, at)), parts, missing };
}
