import { type FileSystem, type FileSystemKind, fileSystemOf, mountedKind } from '../foundation/file-system.js';
import { type Mount, mountOf, readMounts } from '../foundation/mounts.js';

/** What is to be said of the place of databases: a part of a sentence each. */
export interface PlaceVerdict {
  /** Why no database may lie there, with what to do; null where one may. */
  readonly refusal: string | null;
  /** What is to be known of a place that may be used; null where there is nothing. */
  readonly warning: string | null;
}

const FINE: PlaceVerdict = { refusal: null, warning: null };

/** What a folder lies on. */
export interface StorePlace {
  readonly kind: FileSystemKind;
  /** `NFS, server:/share`; empty where nothing tells. */
  readonly name: string;
}

/** What a folder lies on: the list of mounts is asked first, which a dead server cannot hold up. */
export function placeOf(
  folder: string,
  mounts: () => readonly Mount[] = readMounts,
  fileSystem: (path: string) => FileSystem | null = fileSystemOf,
): StorePlace {
  const mount = mountOf(folder, mounts());
  const mounted = mount === null ? null : mountedKind(mount.type);
  if (mount !== null && mounted?.[1] === 'network') return { kind: 'network', name: `${mounted[0]}, ${mount.source}` };
  const { kind, name } = fileSystem(folder) ?? { kind: 'disk', name: '' };
  return { kind, name };
}

/**
 * Whether databases may lie in a folder. On a network file system they may not: the log's index is memory shared between
 * processes, which no network has, locks are passed on badly or not at all, and a server that is away stops whoever writes.
 */
export function judgePlace(
  folder: string,
  mounts: () => readonly Mount[] = readMounts,
  fileSystem: (path: string) => FileSystem | null = fileSystemOf,
): PlaceVerdict {
  const { kind, name } = placeOf(folder, mounts, fileSystem);
  switch (kind) {
    case 'network':
      return refused(folder, name);
    case 'memory':
      return warned(`${folder} lies in memory (${name}): nothing there outlives a restart of the machine`);
    case 'layer':
      return warned(
        `${folder} lies in a layer (${name}): what is kept there goes with the container, or at a restart where the root is read-only; mount a volume or a disk there`,
      );
    case 'program':
      return warned(
        `${folder} lies in a file system that is a program (${name}): whether its locks and shared memory work for databases is not known; a local disk is safe`,
      );
    default:
      return FINE;
  }
}

const refused = (folder: string, name: string): PlaceVerdict => ({
  refusal: `${folder} lies on a network file system (${name}), where databases break: locks and shared memory do not reach across it, and a server that is away stops the program; choose a folder on a local disk`,
  warning: null,
});

const warned = (warning: string): PlaceVerdict => ({ refusal: null, warning });
