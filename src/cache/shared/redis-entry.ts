import { crc32 } from 'node:zlib';
import type { Entry } from '../entry.js';
import { decode, encode, entryBytes, measure } from '../serialize.js';

/** An entry as the server keeps it; what the scripts put in front of the head is theirs. */
export interface PackedEntry {
  /** `grace format checksum [tag…]`. */
  readonly head: string;
  readonly body: Uint8Array;
  /** ms after which the server forgets it. */
  readonly keepMs: number;
}

/** Longer than this the server keeps nothing, so that what nobody asks for any more goes. */
const LONGEST_MS = 30 * 86_400_000;
const NO_TAGS: readonly string[] = [];
const HEAD = /^\S+ \d+ (\d+) (\d) (\d+)(?: (.+))?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what would end a word of the head
const UNSAFE_IN_TAG = /[\x00-\x20\x7f%]/g;

/**
 * null for a value that was changed since it was cached into something that cannot be kept, and for an entry that is over.
 *
 * @param now Unix ms
 */
export function packEntry(key: string, entry: Entry, now: number): PackedEntry | null {
  const keepMs = Math.ceil(Math.min(LONGEST_MS, entry.graceUntil - now));
  if (!(keepMs > 0)) return null;
  const freshMs = Math.min(keepMs, Math.max(0, entry.expiresAt - now));
  const grace = Math.round(keepMs - freshMs);
  try {
    const { format } = measure(entry.value);
    const body = encode(entry.value, format);
    const tags = entry.tags.map(packTag).join(' ');
    const start = `${grace} ${format}`;
    const head = `${start} ${checksum(key, start, tags, body)}${tags === '' ? '' : ` ${tags}`}`;
    return { head, body, keepMs };
  } catch {
    return null;
  }
}

/**
 * The entry as the cache takes it; null where the bytes are not what was written.
 *
 * @param leftMs what the server says that it keeps it yet
 * @param stamp of the cache's clock, before the server was asked
 * @param now Unix ms
 */
export function unpackEntry(key: string, raw: Buffer, leftMs: number, stamp: number, now: number): Entry | null {
  const end = raw.indexOf(10);
  const [, grace, format, sum, tags = ''] = HEAD.exec(raw.toString('utf8', 0, Math.max(0, end))) ?? [];
  if (grace === undefined || format === undefined || leftMs < 0) return null;
  // a copy: the client's piece of the socket's buffer would keep all of that buffer
  const body = new Uint8Array(raw.subarray(end + 1));
  if (checksum(key, `${grace} ${format}`, tags, body) !== Number(sum)) return null;
  try {
    const value = decode(Number(format), body);
    return {
      value,
      bytes: entryBytes(key, value),
      stamp,
      createdAt: now,
      expiresAt: now + leftMs - Number(grace),
      graceUntil: now + leftMs,
      tags: tags === '' ? NO_TAGS : tags.split(' ').map(unpackTag),
    };
  } catch {
    return null;
  }
}

/** A tag as one word. */
export function packTag(tag: string): string {
  return tag.replace(UNSAFE_IN_TAG, encodeURIComponent);
}

/** @throws URIError for what no tag was packed into */
export function unpackTag(word: string): string {
  return decodeURIComponent(word);
}

function checksum(key: string, start: string, tags: string, body: Uint8Array): number {
  return crc32(body, crc32(`${key}\n${tags}\n${start}`));
}
