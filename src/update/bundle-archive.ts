import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BundleError } from '../foundation/errors.js';
import { paxRecords, tarHeader } from '../store/read-tar.js';
import { tarHead } from '../store/tar.js';
import type { BundleEntry } from './bundle-entry.js';
import { ByteSource } from './byte-source.js';

const BLOCK = 512;
/** Longer names than a header holds are far from this. */
const MAX_RECORDS_BYTES = 64 << 10;
const padding = (bytes: number): number => (BLOCK - (bytes % BLOCK)) % BLOCK;

/** A file that is to be packed, by its place in the bundle. */
export interface PackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
}

/**
 * Packs files of a folder into a .tar.gz beneath one top folder: the same files make the same bytes, whenever, wherever and
 * by whomever it is done, with the same zlib.
 *
 * @param level of gzip, 0 (stored as it is) to 9 (small)
 */
export async function packBundle(
  folder: string,
  files: readonly PackedFile[],
  archive: string,
  top: string,
  level = 9,
): Promise<void> {
  await pipeline(
    Readable.from(tarOfFiles(folder, files, top)),
    createGzip({ level }),
    createWriteStream(archive, { flags: 'wx' }),
  );
}

async function* tarOfFiles(folder: string, files: readonly PackedFile[], top: string): AsyncGenerator<Buffer> {
  for (const { path, bytes, executable } of files) {
    yield tarHead(`${top}/${path}`, bytes, 0, executable ? 0o755 : 0o644);
    yield* createReadStream(join(folder, path));
    yield Buffer.alloc(padding(bytes));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/**
 * The files of a bundle as they stand in its archive, without its top folder; each is to be read to its end before the next.
 *
 * @throws BundleError while it is read: no archive, cut off, damaged, or with something in it that is no file: a link, a device
 */
export async function* readBundleArchive(archive: string): AsyncGenerator<BundleEntry> {
  const file = createReadStream(archive);
  const unzipped = file.pipe(createGunzip());
  file.once('error', (error) => unzipped.destroy(error));
  try {
    yield* entriesOf(new ByteSource(unzipped));
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`${archive} cannot be read as a bundle`, undefined, error);
  } finally {
    file.destroy();
    unzipped.destroy();
  }
}

async function* entriesOf(source: ByteSource): AsyncGenerator<BundleEntry> {
  let long: string | undefined;
  for (;;) {
    const block = await source.exactly(BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const { type, size, name, isExecutable } = tarHeader(block);
    if (!Number.isSafeInteger(size)) throw new BundleError('the bundle is damaged: copy it again');
    if (type === 'x') {
      if (size > MAX_RECORDS_BYTES) throw new BundleError('the bundle holds a name that is far too long');
      long = paxRecords((await source.exactly(size)).toString('utf8'))['path'];
      await source.exactly(padding(size));
      continue;
    }
    const path = long ?? name;
    long = undefined;
    if (type !== '0') throw new BundleError(`the bundle holds ${path}, which is no plain file`);
    yield { path: withoutTop(path), bytes: size, executable: isExecutable, content: source.pieces(size) };
    await source.exactly(padding(size));
  }
  // to the end, so that the sum of what was compressed is checked
  for await (const rest of source.remaining()) {
    if (rest.some((byte) => byte !== 0)) throw new BundleError('the bundle has something behind its end');
  }
}

function withoutTop(path: string): string {
  const slash = path.indexOf('/');
  if (slash <= 0) throw new BundleError(`the bundle holds ${path}, which is not in its folder`);
  return path.slice(slash + 1);
}
