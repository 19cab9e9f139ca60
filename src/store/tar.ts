import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PRIVATE_FILE } from '../foundation/private-files.js';

const BLOCK = 512;
const CHUNK = 1 << 20;
/** Eleven octal digits. */
const MAX_BYTES = 0o77777777777;

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
function headerOf(name: string, size: number, mtimeMs: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long a name for an archive`);
  if (size > MAX_BYTES) throw new Error(`${name} is too large for an archive (8 GiB): back up into a folder`);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write(octal(PRIVATE_FILE, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(Math.floor(mtimeMs / 1000), 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

const octal = (value: number, bytes: number): string => `${value.toString(8).padStart(bytes - 1, '0')}\0`;
