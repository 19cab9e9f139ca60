import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileSystemOf } from '../../foundation/file-system.js';
import { fromRoot } from '../../foundation/home.js';
import { judgePlace } from '../../store/store-place.js';
import { type Inspected, type Remark, remark } from './remark.js';

/** Where something is written: results, previews, what outlives a restart. */
export function inspectPlaces({ config, here }: Inspected): Remark[] {
  if (!here) return [];
  const { output, preview, store, diary, cameras } = config;
  const findings: (Remark | null)[] = [];
  if (output.resultsFile !== undefined) findings.push(file('refuses', 'output.resultsFile', output.resultsFile));
  for (const name of previewFiles(preview.file, cameras)) findings.push(file('degrades', 'preview.file', name));
  findings.push(storeFolder(fromRoot(store.dir)));
  if (diary.enabled && diary.path !== undefined) findings.push(folder('diary.path', fromRoot(diary.path)));
  return findings.filter((one) => one !== null);
}

function previewFiles(name: string | undefined, cameras: readonly { readonly id: string }[]): string[] {
  if (name === undefined) return [];
  const files = cameras.length === 0 ? [name] : cameras.map(({ id }) => name.replaceAll('{camera}', id));
  const first = new Map([...files].reverse().map((file) => [dirname(file), file]));
  return [...first.values()].reverse();
}

/** A file that is written into a folder which must be there. */
function file(weight: Remark['weight'], path: string, name: string): Remark | null {
  const whole = resolve(name);
  const parent = dirname(whole);
  const problem = writable(parent) ?? (isFolder(whole) ? 'it is a folder' : null);
  if (problem === null) return null;
  const where = problem === 'it is a folder' ? whole : parent;
  return remark(
    weight,
    path,
    `expected a file in a folder that exists and may be written to, got ${where}: ${problem}`,
  );
}

/** A folder that is made at the start, with those above it. */
function folder(path: string, whole: string): Remark | null {
  let nearest = whole;
  while (!exists(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest);
  const fileSystem = fileSystemOf(nearest);
  if (fileSystem?.kind === 'kernel') {
    return remark('degrades', path, `expected a folder on a disk, got ${whole}, which lies in ${fileSystem.name}`);
  }
  const problem = writable(nearest);
  if (problem === null) return null;
  const where = nearest === whole ? '' : ` beneath ${nearest}`;
  return remark(
    'degrades',
    path,
    `expected a folder that can be made and written to, got ${whole}${where}: ${problem}`,
  );
}

/** Where databases lie, which not every file system holds. */
function storeFolder(whole: string): Remark | null {
  const { refusal, warning } = judgePlace(whole);
  if (refusal !== null) return remark('refuses', 'store.dir', `expected a folder on a local disk: ${refusal}`);
  return folder('store.dir', whole) ?? (warning === null ? null : remark('advice', 'store.dir', warning));
}

/** Why nothing can be written into a folder; null where it can. */
function writable(folder: string): string | null {
  if (!exists(folder)) return 'no such folder';
  if (!isFolder(folder)) return 'it is a file';
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const readOnly = (error as NodeJS.ErrnoException).code === 'EROFS';
    return readOnly ? 'the file system is read-only' : 'this user may not write there';
  }
}

function exists(path: string): boolean {
  return statOf(path) !== null;
}

export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
