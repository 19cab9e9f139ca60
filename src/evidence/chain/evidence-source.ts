import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeError, explain } from '../../foundation/errors.js';
import { sha256OfFile } from '../../foundation/sha256.js';
import { tarHeader } from '../../store/read-tar.js';
import { PICTURES, RECORDS } from './layout.js';

/** Files of a chain, wherever they lie: names are relative to the chain's folder, with `/`. */
export interface EvidenceSource {
  readonly names: readonly string[];
  /** null where there is no such file. */
  read(name: string): Promise<Buffer | null>;
  /** Lower-case hex; null where there is no such file. */
  sha256(name: string): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * What a folder or a tar archive of evidence holds.
 *
 * @throws EdgeError E_SOURCE where it is neither, or cannot be read
 */
export async function openEvidence(path: string): Promise<EvidenceSource> {
  try {
    return (await stat(path)).isDirectory() ? await folderSource(path) : await tarSource(path);
  } catch (error) {
    if (error instanceof EdgeError) throw error;
    throw new EdgeError('E_SOURCE', `${path} cannot be read as evidence: ${explain(error)}`, {
      cause: error,
      permanent: true,
    });
  }
}

async function folderSource(folder: string): Promise<EvidenceSource> {
  const within = async (name: string) => {
    const names = await readdir(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.map((one) => `${name}/${one}`);
  };
  const top = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile()).map(({ name }) => name);
  const orNull = (error: NodeJS.ErrnoException): null => {
    if (error.code === 'ENOENT') return null;
    throw error;
  };
  return {
    names: [...top, ...(await within(RECORDS)), ...(await within(PICTURES))].sort(),
    read: (name) => readFile(join(folder, name)).catch(orNull),
    sha256: (name) => sha256OfFile(join(folder, name)).catch(orNull),
    close: async () => undefined,
  };
}

const BLOCK = 512;
const CHUNK = 1 << 20;

/** Where a file lies in an archive. */
interface Member {
  readonly at: number;
  readonly size: number;
}

/** Its files are read where they lie: an archive may be larger than memory. */
async function tarSource(file: string): Promise<EvidenceSource> {
  const handle = await open(file, 'r');
  try {
    const members = await membersOf(handle);
    return {
      names: [...members.keys()].sort(),
      read: async (name) => {
        const member = members.get(name);
        return member === undefined ? null : readAt(handle, member.at, member.size);
      },
      sha256: async (name) => {
        const member = members.get(name);
        return member === undefined ? null : sha256At(handle, member);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Names without the folder that all files of an archive may lie in. */
async function membersOf(handle: FileHandle): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  const { size: all } = await handle.stat();
  for (let at = 0; at + BLOCK <= all; ) {
    const block = await readAt(handle, at, BLOCK);
    if (block.every((byte) => byte === 0)) return members;
    const { type, size, name } = tarHeader(block);
    if (at + BLOCK + size > all) break;
    if (type === '0' || type === '\0') members.set(name.replace(/^\.\//, ''), { at: at + BLOCK, size });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error('the archive is cut off');
}

async function readAt(handle: FileHandle, at: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await handle.read(buffer, 0, size, at);
  if (bytesRead < size) throw new Error('the archive is cut off');
  return buffer;
}

async function sha256At(handle: FileHandle, { at, size }: Member): Promise<string> {
  const hash = createHash('sha256');
  for (let done = 0; done < size; done += CHUNK) {
    hash.update(await readAt(handle, at + done, Math.min(CHUNK, size - done)));
  }
  return hash.digest('hex');
}
