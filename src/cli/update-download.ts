import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { makeFolder } from '../foundation/make-folder.js';
import { sha256Of } from '../foundation/sha256.js';
import { download } from '../models/download.js';
import { progressBar } from './progress.js';

/** No bundle is as large. */
const MOST_BYTES = 2 ** 30;
/** A bundle and what it unpacks to, as multiples of itself. */
const NEEDED = 4;
const MIB = 2 ** 20;

/** Whether a bundle is named by where it is to be fetched. */
export const isUrl = (bundle: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(bundle);

/**
 * Fetches a bundle beside the versions, and goes on where an earlier call was interrupted. It is the caller's to verify, and to
 * remove with `forgetDownloads`.
 *
 * @param url https:, or http: where it is going to be verified by its signature
 * @param requireSigned false: it may be unsigned
 * @returns the file
 * @throws ConfigError where the URL cannot be used; EdgeError E_DOWNLOAD, E_OUTPUT; the file system's error
 */
export async function downloadBundle(url: string, prefix: string, requireSigned: boolean): Promise<string> {
  checkUrl(url, requireSigned);
  const folder = join(prefix, 'downloads');
  makeFolder(prefix, 0o755);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // of the same URL the part goes on
  const name = `${sha256Of(url).slice(0, 16)}.tar.gz`;
  for (const other of readdirSync(folder)) if (!other.startsWith(name)) rmSync(join(folder, other), { force: true });
  const file = join(folder, name);
  const bar = progressBar('fetching the bundle');
  const { bavail, bsize } = await statfs(prefix);
  try {
    await download({
      url,
      to: file,
      sha256: null,
      mostBytes: MOST_BYTES,
      advice: 'name the file to `edge-optimizer update`',
      onProgress: (received, total) => {
        requireRoom(bavail * bsize, (total ?? received) * NEEDED - received, prefix);
        bar.update(received, total);
      },
    });
  } finally {
    bar.stop();
  }
  return file;
}

/** Removes what was fetched, also parts. */
export function forgetDownloads(prefix: string): void {
  rmSync(join(prefix, 'downloads'), { recursive: true, force: true });
}

/** @throws EdgeError E_OUTPUT where less is free than needed */
export function requireRoom(free: number, needed: number, prefix: string): void {
  if (free >= needed) return;
  const [has, needs] = [Math.floor(free / MIB), Math.ceil(needed / MIB)];
  throw new EdgeError(
    'E_OUTPUT',
    `there is no room for the new version: ${needs} MiB are needed where ${prefix} is, ${has} MiB are free: make room there`,
  );
}

function checkUrl(text: string, requireSigned: boolean): void {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: '' };
  if (protocol === 'https:' || (protocol === 'http:' && requireSigned)) return;
  const expected = 'expected an https:// URL, or an http:// one of a bundle whose signature is checked';
  const why = protocol === 'http:' ? ' with --unsigned-ok: anybody on the way could exchange it' : '';
  throw new ConfigError('there is nothing to update from', [`bundle: ${expected}, got ${maskCredentials(text)}${why}`]);
}
