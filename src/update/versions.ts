import { execFile } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { BundleError } from '../foundation/errors.js';
import { makeFolder } from '../foundation/make-folder.js';
import type { BundleEntry } from './bundle-entry.js';
import { carryModels, linkData, readInstalled } from './installed-files.js';
import { MANIFEST_FILE, SIGNATURE_FILE } from './manifest.js';
import type { Trust } from './signature.js';
import { type BundleSink, type VerifiedBundle, verifyBundle } from './verify.js';

const run = promisify(execFile);
/** For everybody to run, for root to change. */
const FOLDER_MODE = 0o755;
const PART = '.part-';
const DAMAGED = '.damaged-';

/**
 * The versions of the program on a device: `versions/VERSION-DIGEST` each, the symbolic link `current` to the one that runs,
 * and `previous` to the one before; `data` is everybody's. Every step is one rename of something that is whole and on the medium: whenever the power
 * goes, `current` names a whole version.
 */
export class InstalledVersions {
  #mended: string | null = null;

  /** @param prefix such as /opt/edge-inference-optimizer */
  constructor(readonly prefix: string) {}

  /** Name of the version that runs; null where there is none. */
  get current(): string | null {
    return this.#linked('current');
  }

  /** Name of the version to which a rollback goes; null where there is none. */
  get previous(): string | null {
    return this.#linked('previous');
  }

  /** Name of the version that runs, where it was damaged and `add` has unpacked it anew; null where that was not so. */
  get mended(): string | null {
    return this.#mended;
  }

  /** Where a version lies. */
  folderOf(name: string): string {
    return join(this.prefix, 'versions', name);
  }

  /** Whether a program in this folder is one of the versions, and there is a current one. */
  isRunFrom(home: string): boolean {
    return basename(dirname(home)) === 'versions' && this.current !== null;
  }

  /**
   * Unpacks a verified bundle beside the others, onto the medium; verifies it once more on the way, since who can write the file could
   * have changed it meanwhile. One that is there already is verified where it lies, and replaced where it is damaged: the one that
   * runs too, which nothing else could mend where there is no version before.
   *
   * @returns its name, for `switchTo`
   * @throws BundleError as `verifyBundle`; the file system's error. Nothing is left behind then
   */
  async add(entries: AsyncGenerator<BundleEntry>, { manifest, digest }: VerifiedBundle, trust: Trust): Promise<string> {
    const name = `${manifest.version}-${digest.slice(0, 8)}`;
    const place = this.folderOf(name);
    const versions = dirname(place);
    makeFolder(versions, FOLDER_MODE);
    if (existsSync(place)) {
      if (await isWhole(place, trust)) return name;
      // the one that runs stays where it is, damaged as it is, until another is there to take its place
      if (this.current === name) this.#mended = name;
      else await rm(place, { recursive: true });
    }
    const part = await mkdtemp(join(versions, PART));
    try {
      const again = await verifyBundle(kept(entries, part), trust, unpackInto(part));
      if (again.digest !== digest) throw new BundleError('the bundle was changed while it was read: get it anew');
      await chmod(part, FOLDER_MODE);
      await linkData(this.prefix, part);
      if (this.current !== null) await carryModels(this.folderOf(this.current), part);
      await ontoMedium(part);
      await (this.#mended === name ? exchange(part, place, join(versions, `${DAMAGED}${name}`)) : rename(part, place));
      await syncFolder(versions);
    } catch (error) {
      this.#mended = null;
      await rm(part, { recursive: true, force: true });
      throw error;
    }
    return name;
  }

  /** Makes a version the one that runs from its next start on; the one that ran so far is the one to go back to. */
  async switchTo(name: string): Promise<void> {
    const { current } = this;
    if (current === name) return;
    if (current !== null) await this.#link('previous', current);
    await this.#link('current', name);
  }

  /** Goes back to the version before; a second time comes forth again. @returns its name @throws BundleError where there is none */
  async rollback(): Promise<string> {
    const { current, previous } = this;
    if (previous === null || previous === current) {
      throw new BundleError(`there is no version to go back to in ${this.prefix}`);
    }
    await this.#link('current', previous);
    if (current !== null) await this.#link('previous', current);
    return previous;
  }

  /** Makes `old` the one that runs, and `left` the one before, whatever of that is so already. */
  async switchBack(old: string, left: string): Promise<void> {
    await this.#link('current', old);
    await this.#link('previous', left);
  }

  /** Removes what is neither the version that runs nor the one before, and what an interrupted update has left. */
  async prune(): Promise<void> {
    const keep = [this.current, this.previous];
    const versions = join(this.prefix, 'versions');
    for (const name of await readdir(versions)) {
      if (!keep.includes(name)) await rm(join(versions, name), { recursive: true, force: true });
    }
  }

  #linked(link: 'current' | 'previous'): string | null {
    let target: string;
    try {
      target = readlinkSync(join(this.prefix, link));
    } catch {
      return null;
    }
    const name = basename(target);
    return existsSync(this.folderOf(name)) ? name : null;
  }

  /** In one step: the link names the old version or the new one. */
  async #link(link: 'current' | 'previous', name: string): Promise<void> {
    const part = join(this.prefix, `.${link}.part`);
    await rm(part, { force: true });
    await symlink(join('versions', name), part);
    await rename(part, join(this.prefix, link));
    await syncFolder(this.prefix);
  }
}

async function isWhole(place: string, trust: Trust): Promise<boolean> {
  try {
    await verifyBundle(readInstalled(place), trust);
    return true;
  } catch (error) {
    if (error instanceof BundleError || (error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Puts `part` in the place of what is damaged. A power cut between the two costs what did not work: the same again mends it. */
async function exchange(part: string, place: string, aside: string): Promise<void> {
  await rm(aside, { recursive: true, force: true });
  await rename(place, aside);
  await rename(part, place);
}

/** Writes files where they belong; their paths are plain, since a manifest has no others. */
function unpackInto(folder: string): BundleSink {
  return {
    begin: async () => undefined,
    write: async ({ path, executable }, content) => {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
      const handle = await open(file, 'wx', executable ? 0o755 : 0o644);
      await pipeline(content, handle.createWriteStream());
    },
  };
}

/** Also keeps the manifest and its signature, so that what is installed can be verified later. */
async function* kept(entries: AsyncGenerator<BundleEntry>, folder: string): AsyncGenerator<BundleEntry> {
  try {
    for await (const entry of entries) {
      if (entry.path === MANIFEST_FILE || entry.path === SIGNATURE_FILE) {
        const file = join(folder, entry.path);
        yield {
          path: entry.path,
          bytes: entry.bytes,
          executable: entry.executable,
          content: copied(entry.content, file),
        };
      } else yield entry;
    }
  } finally {
    await entries.return(undefined);
  }
}

async function* copied(content: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'wx', 0o644);
  try {
    for await (const piece of content) {
      await handle.write(piece);
      yield piece;
    }
  } finally {
    await handle.close();
  }
}

/** All of a file system at once: thousands of small files one by one take minutes on an SD card. */
async function ontoMedium(folder: string): Promise<void> {
  await run('sync', ['-f', folder]).catch(() => run('sync'));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
