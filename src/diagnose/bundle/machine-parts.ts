import { readFileSync } from 'node:fs';
import { readdir, stat, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { explain } from '../../foundation/errors.js';
import { PROJECT_ROOT } from '../../foundation/home.js';
import { parseMountInfo } from '../../foundation/mounts.js';
import { ModelRegistry } from '../../models/registry.js';
import { VERSION } from '../../runtime/version.js';
import type { BundlePart } from './bundle-part.js';

/** Files of a store that are listed. */
const MOST_FILES = 2000;
/** ms: a network file system whose server is gone never answers. */
const PATIENCE_MS = 2000;
/** File systems of the kernel's own, in which nothing lies. */
const WITHOUT_FILES = /^(?:proc|sysfs|cgroup2?|devpts|mqueue|securityfs|debugfs|tracefs|bpf|pstore|configfs|autofs)$/;

/** @param root where the file system is; @param board as the configuration recognised it */
export function machineParts(
  root: string,
  board: string | null,
  folders: { readonly models: string; readonly store: string },
): BundlePart[] {
  return [
    {
      name: 'versions.json',
      what: 'versions of program, Node, packages, models, system and board',
      read: async () => ({ kind: 'json', value: await versions(root, board, folders.models) }),
    },
    {
      name: 'machine.json',
      what: 'file systems with their free space, memory, pressure, load',
      read: async () => ({ kind: 'json', value: await machine(root) }),
    },
    {
      name: 'files.jsonl',
      what: 'names and sizes of the files in the store',
      read: async () => ({ kind: 'rows', rows: await filesIn(folders.store) }),
    },
  ];
}

async function versions(root: string, board: string | null, models: string): Promise<object> {
  const {
    name,
    dependencies = {},
    optionalDependencies = {},
  } = manifestOf(PROJECT_ROOT) as {
    name: string;
    dependencies?: object;
    optionalDependencies?: object;
  };
  const wanted = Object.keys({ ...dependencies, ...optionalDependencies });
  const { version, arch, platform, versions: parts } = process;
  return {
    program: { name, version: VERSION },
    node: { version, arch, platform, openssl: parts.openssl, v8: parts.v8 },
    packages: Object.fromEntries(wanted.map((one) => [one, packageVersion(one)])),
    models: await modelVersions(models),
    board: { recognised: board, model: textOf(join(root, 'proc/device-tree/model')) },
    kernel: root === '/' ? release() : textOf(join(root, 'proc/version')),
    system: textOf(join(root, 'etc/os-release'))?.split('\n') ?? null,
    release: textOf(join(root, 'etc/lsb-release'))?.split('\n') ?? null,
  };
}

const manifestOf = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** null where it is not installed. */
function packageVersion(name: string): string | null {
  try {
    return (manifestOf(join(PROJECT_ROOT, 'node_modules', name)) as { version: string }).version;
  } catch {
    return null;
  }
}

/** The sums are those of the manifests; whether files match them is in the report. */
async function modelVersions(dir: string): Promise<object[] | string> {
  try {
    const registry = await ModelRegistry.open(dir);
    return registry.list().map(({ manifest, name, problem }) => {
      const variants = manifest?.variants.map(({ id, file, bytes, sha256 }) => ({ id, file, bytes, sha256 }));
      return { name, problem, variants: variants ?? [] };
    });
  } catch (error) {
    return explain(error);
  }
}

async function machine(root: string): Promise<object> {
  const read = (path: string): string[] | null => textOf(join(root, path))?.split('\n') ?? null;
  const mounts = parseMountInfo(textOf(join(root, 'proc/self/mountinfo')) ?? '');
  const disks = mounts.filter(({ type }) => !WITHOUT_FILES.test(type));
  return {
    disks: await Promise.all(
      disks.map(async ({ at, type, source }) => ({ at, type, source, ...(await roomOf(join(root, at))) })),
    ),
    memory: read('proc/meminfo'),
    load: read('proc/loadavg'),
    uptime: read('proc/uptime'),
    pressure: Object.fromEntries(['cpu', 'memory', 'io'].map((what) => [what, read(`proc/pressure/${what}`)])),
  };
}

/** Bytes and files; only why where it does not tell, or not in time. */
async function roomOf(path: string): Promise<object> {
  const timer = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timeout = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
    timer.signal.addEventListener('abort', () => clearTimeout(timeout));
  });
  try {
    const { bsize, blocks, bavail, files, ffree } = await Promise.race([statfs(path), late]);
    return { bytes: bsize * blocks, freeBytes: bsize * bavail, files, freeFiles: ffree };
  } catch (error) {
    return { problem: explain(error) };
  } finally {
    timer.abort();
  }
}

/** Oldest first. @throws where the folder cannot be read */
async function filesIn(folder: string): Promise<object[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).slice(0, MOST_FILES);
  const rows = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: null, mtimeMs: 0 }));
      return { file: path.slice(folder.length + 1), bytes: size, changed: new Date(mtimeMs).toISOString() };
    }),
  );
  return rows.sort((one, other) => (one.changed < other.changed ? -1 : 1));
}

/** null where it is not there. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', '').trimEnd();
  } catch {
    return null;
  }
}
