import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PRIVATE_FILE } from '../foundation/private-files.js';

const BLOCK = 512;
/** Bytes of a name. */
const NAME = 100;
const CHUNK = 1 << 20;
/** Eleven octal digits. */
const MAX_BYTES = 0o77777777777;

/** Something in an archive that is small enough to be held in memory. */
export type TarEntry =
  | { readonly kind: 'file'; readonly path: string; readonly data: Buffer }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** A whole archive (ustar; longer names as POSIX.1-2001 has them) of small things, private to their owner. @param mtimeMs of all of them */
export function tarOf(entries: readonly TarEntry[], mtimeMs: number): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const data = entry.kind === 'file' ? entry.data : Buffer.alloc(0);
    const target = entry.kind === 'link' ? entry.target : '';
    const long = longNames(entry.path, target);
    if (long.length > 0) blocks.push(headerOf('pax', long.length, mtimeMs, { type: 'x' }), padded(long));
    const type = entry.kind === 'link' ? '2' : '0';
    blocks.push(
      headerOf(shortened(entry.path), data.length, mtimeMs, { type, target: shortened(target) }),
      padded(data),
    );
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** What stands before a file's bytes in an archive (ustar; a longer name as POSIX.1-2001 has it). @param mode its permissions */
export function tarHead(path: string, size: number, mtimeMs: number, mode: number): Buffer {
  const long = longNames(path, '');
  const header = headerOf(shortened(path), size, mtimeMs, { mode });
  return long.length === 0
    ? header
    : Buffer.concat([headerOf('pax', long.length, mtimeMs, { type: 'x' }), padded(long), header]);
}

/** Records of what does not fit into a header: their own length in letters, a blank, what it is, the text. */
function longNames(path: string, target: string): Buffer {
  const records = [
    ...(Buffer.byteLength(path) > NAME ? [paxRecord('path', path)] : []),
    ...(Buffer.byteLength(target) > NAME ? [paxRecord('linkpath', target)] : []),
  ];
  return Buffer.from(records.join(''));
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length < Buffer.byteLength(rest) + String(length).length) length++;
  return `${length}${rest}`;
}

const shortened = (name: string): string => Buffer.from(name).subarray(0, NAME).toString('latin1');

const padded = (data: Buffer): Buffer => Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);

/** Writes files into a new tar archive (ustar), by their names alone, private to their owner, and onto the medium. */
export async function packTar(archive: string, files: readonly string[]): Promise<void> {
  const into = await open(archive, 'wx', PRIVATE_FILE);
  try {
    for (const file of files) await addFile(into, file);
    await into.write(Buffer.alloc(2 * BLOCK));
    await into.sync();
  } finally {
    await into.close();
  }
}

async function addFile(into: FileHandle, file: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  await into.write(headerOf(basename(file), size, mtimeMs));
  const from = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    for (let left = size; left > 0; ) {
      const { bytesRead } = await from.read(buffer, 0, Math.min(CHUNK, left));
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
      await into.write(buffer, 0, bytesRead);
      left -= bytesRead;
    }
  } finally {
    await from.close();
  }
  await into.write(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
}

/** POSIX.1-1988: texts from the left, numbers in octal, the sum of all bytes with blanks in its own place. */
function headerOf(
  name: string,
  size: number,
  mtimeMs: number,
  {
    type = '0',
    target = '',
    mode = PRIVATE_FILE,
  }: { readonly type?: '0' | '2' | 'x'; readonly target?: string; readonly mode?: number } = {},
): Buffer {
  if (Buffer.byteLength(name) > NAME) throw new Error(`${name} is too long a name for an archive`);
  if (size > MAX_BYTES) throw new Error(`${name} is too large for an archive (8 GiB): back up into a folder`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, NAME, 'latin1');
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(Math.floor(mtimeMs / 1000), 12), 136);
  header.write(type, 156);
  header.write(target, 157, NAME, 'latin1');
  header.write('ustar\u000000', 257);
  header.write(`${octal(tarSum(header), 7)} `, 148);
  return header;
}

/** The sum of all bytes of a header, with blanks in its own place. */
export function tarSum(header: Buffer): number {
  return header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
}

const octal = (value: number, bytes: number): string => `${value.toString(8).padStart(bytes - 1, '0')}\0`;
