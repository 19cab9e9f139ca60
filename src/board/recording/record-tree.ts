import { closeSync, lstatSync, read, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { namesIn, openKernelFile, whyClosed } from '../kernel-files.js';
import { answered } from '../machine/answered.js';
import { maskIds, settingsOnly } from './masking.js';
import { isPlain, namePattern, recordedPlaces } from './recorded-places.js';

/** What a recording may take at most. */
const MOST_FILES = 4000;
const MOST_BYTES = 4 << 20;
const MOST_MS = 20_000;
/** Of one file, and ms for it to answer. */
const MOST_BYTES_PER_FILE = 64 * 1024;
const FILE_MS = 300;
/** Files that may leave a thread waiting: there are four. */
const MOST_OVERDUE = 2;
/** Links one behind the other. */
const MOST_LINKS = 8;

/** One thing in a recording, by its path beneath the root. */
export type RecordedEntry =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

export interface Recording {
  readonly entries: readonly RecordedEntry[];
  readonly files: number;
  readonly bytes: number;
  /** Places in texts and paths that were masked. */
  readonly masked: number;
  /** What could not be read, or was too much. */
  readonly leftOut: readonly { readonly path: string; readonly why: string }[];
}

/** Records what the program reads of a machine, bounded in files, bytes and time. @param root `/`; tests give trees */
export async function recordTree(root: string, now: () => number = () => performance.now()): Promise<Recording> {
  const recorder = new TreeRecorder(realpathSync(root), now);
  for (const place of recordedPlaces(root)) await recorder.take('', place.split('/'));
  return recorder.recording;
}

class TreeRecorder {
  readonly #root: string;
  readonly #now: () => number;
  readonly #until: number;
  readonly #entries = new Map<string, RecordedEntry>();
  readonly #leftOut = new Map<string, string>();
  #files = 0;
  #bytes = 0;
  #masked = 0;
  #overdue = 0;

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
    this.#until = now() + MOST_MS;
  }

  get recording(): Recording {
    const leftOut = [...this.#leftOut].map(([path, why]) => ({ path: maskIds(path).text, why }));
    const entries = [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { entries, files: this.#files, bytes: this.#bytes, masked: this.#masked, leftOut };
  }

  /** Takes what the rest of a place stands for, from a folder that is no link. */
  async take(folder: string, [part, ...rest]: readonly string[]): Promise<void> {
    if (part === undefined) return;
    if (isPlain(part)) return this.#step(join(folder, part), rest);
    const pattern = namePattern(part);
    for (const name of namesIn(join(this.#root, folder)).sort()) {
      if (pattern.test(name)) await this.#step(join(folder, name), rest);
    }
  }

  async #step(path: string, rest: readonly string[]): Promise<void> {
    const real = this.#withoutLinks(path);
    if (real === null) return;
    if (rest.length > 0) return this.take(real, rest);
    await this.#takeFile(real);
  }

  /** Where a path leads, beneath the root; every link on the way is taken. Null where there is nothing, or it leads out. */
  #withoutLinks(path: string): string | null {
    let at = path;
    for (let links = 0; links <= MOST_LINKS; links++) {
      const target = this.#linkAt(at);
      if (target === undefined) return null;
      if (target === null) return at;
      const to = target.startsWith('/') ? normalize(target).slice(1) : normalize(join(dirname(at), target));
      if (to.startsWith('..')) return null;
      // as it stands where that is enough: what it is called by says something
      const isPlainly = !target.startsWith('/') && normalize(target) === target;
      this.#add({ kind: 'link', path: at, target: isPlainly ? target : relative(dirname(at), to) || '.' });
      at = to;
    }
    return null;
  }

  /** @returns null for what is no link, undefined for what is not there */
  #linkAt(path: string): string | null | undefined {
    const full = join(this.#root, path);
    try {
      return lstatSync(full).isSymbolicLink() ? readlinkSync(full) : null;
    } catch {
      if (whyClosed(full) === 'permission') this.#leftOut.set(path, 'this user may not read it');
      return undefined;
    }
  }

  async #takeFile(path: string): Promise<void> {
    if (this.#entries.has(path) || this.#leftOut.has(path)) return;
    const full = join(this.#root, path);
    if (lstatSync(full).isDirectory()) return;
    const why = this.#whyFull();
    const text = why === null ? await this.#textOf(full) : { missing: why };
    if (typeof text !== 'string') {
      this.#leftOut.set(path, text.missing);
      return;
    }
    const { text: without, masked } = maskIds(path.endsWith('/config.txt') ? settingsOnly(text) : text);
    this.#masked += masked;
    this.#files++;
    this.#bytes += without.length;
    this.#add({ kind: 'file', path, text: without });
  }

  #add(entry: RecordedEntry): void {
    // a path may have a container's id in it, and must stay the one that its file names
    const path = maskIds(entry.path).text;
    if (this.#entries.has(entry.path)) return;
    if (entry.kind === 'file') this.#entries.set(entry.path, { ...entry, path });
    else this.#entries.set(entry.path, { ...entry, path, target: maskIds(entry.target).text });
  }

  #whyFull(): string | null {
    if (this.#files >= MOST_FILES) return `more than ${MOST_FILES} files`;
    if (this.#bytes >= MOST_BYTES) return 'more than 4 MiB';
    if (this.#now() > this.#until) return `more than ${MOST_MS / 1000} s`;
    return this.#overdue >= MOST_OVERDUE ? 'too many others do not answer' : null;
  }

  async #textOf(full: string): Promise<string | { readonly missing: string }> {
    const fd = openKernelFile(full);
    if (fd === null) {
      return { missing: whyClosed(full) === 'permission' ? 'this user may not read it' : 'it is no file' };
    }
    const reading = readAll(fd).finally(() => closeSync(fd));
    // whoever came too late closes by itself
    reading.catch(() => undefined);
    try {
      const text = await answered(reading, FILE_MS);
      if (text !== null) return text;
    } catch (error) {
      return { missing: `it does not answer (${(error as NodeJS.ErrnoException).code ?? 'error'})` };
    }
    this.#overdue++;
    void reading.then(
      () => this.#overdue--,
      () => this.#overdue--,
    );
    return { missing: 'no answer in time' };
  }
}

/** From its beginning; what is longer than a recording takes is cut off. */
async function readAll(fd: number): Promise<string> {
  const buffer = Buffer.allocUnsafe(MOST_BYTES_PER_FILE);
  let length = 0;
  while (length < buffer.length) {
    const more = await readMore(fd, buffer, length);
    if (more === 0) break;
    length += more;
  }
  return buffer.toString('latin1', 0, length);
}

function readMore(fd: number, buffer: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, at, buffer.length - at, at, (error, length) => (error ? reject(error) : resolve(length)));
  });
}
