import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { machine } from './machine.js';
import { putWhole } from './put-whole.js';
import type { BenchReport } from './report.js';

/** A file of figures cannot be read. */
export class UnreadableRecord extends Error {}

/** A report with the circumstances that its figures belong to. */
export interface RunRecord extends BenchReport {
  /** As given to the benchmark; absent in figures published before it was recorded. */
  readonly args?: readonly string[];
  /** Of the sources, with `+changes` where files differ from it; null outside a clone. */
  readonly commit?: string | null;
  /** Of the program and the packages whose speed is measured. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly machine: Readonly<Record<string, string | number>>;
  /** ISO 8601. */
  readonly at: string;
}

/** Where records lie: the file `NAME.json`, and what else a run leaves in the folder `NAME`. */
export interface RecordFolder {
  readonly path: string;
}

/** The last run of each benchmark on this machine. */
export const PLAIN: RecordFolder = { path: join(PROJECT_ROOT, '.cache/bench') };

/** The figures that the documentation cites. */
export const PUBLISHED: RecordFolder = { path: join(PROJECT_ROOT, 'bench/results') };

export const recordFile = ({ path }: RecordFolder, name: string): string => join(path, `${name}.json`);

/** An empty folder for the files of a run while it lasts: those of the one before stay until there is something in their place. */
export function runningFolder({ path }: RecordFolder, name: string): string {
  const folder = join(path, `${name}.running`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The report with its circumstances. */
export function recordOf(report: BenchReport, args: readonly string[]): RunRecord {
  return {
    ...report,
    args,
    commit: commit(),
    versions: {
      'edge-inference-optimizer': versionIn('package.json'),
      'onnxruntime-node': versionIn('node_modules/onnxruntime-node/package.json'),
    },
    machine: machine(),
    at: new Date().toISOString(),
  };
}

/** Puts a run and what it left in a folder in place of the run before. */
export function writeRun(folder: RecordFolder, record: RunRecord, files: string): void {
  mkdirSync(folder.path, { recursive: true });
  putFiles(files, join(folder.path, record.name));
  putWhole(recordFile(folder, record.name), `${JSON.stringify(record, null, 2)}\n`);
}

/** Puts a copy of a folder in place of another; of an empty one nothing is there. */
function putFiles(left: string, right: string): void {
  const part = `${right}.part`;
  rmSync(part, { recursive: true, force: true });
  const isAny = existsSync(left) && readdirSync(left).length > 0;
  if (isAny) cpSync(left, part, { recursive: true });
  rmSync(right, { recursive: true, force: true });
  if (isAny) renameSync(part, right);
}

/** null: there is none. @throws UnreadableRecord where the file cannot be read or is no record */
export function readRecord(file: string): RunRecord | null {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
    if (Array.isArray(record?.rows)) return record;
    throw new Error('it has no rows');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UnreadableRecord(`cannot read the figures in ${file}: ${explain(error)}`);
  }
}

function commit(): string | null {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: PROJECT_ROOT, encoding: 'utf8', stdio: 'pipe' });
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? '+changes' : '');
  } catch {
    return null; // no clone, or no git
  }
}

function versionIn(manifest: string): string {
  return (JSON.parse(readFileSync(join(PROJECT_ROOT, manifest), 'utf8')) as { version: string }).version;
}
