import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What kind of file system it is: `network` (locks and shared memory may not work there), `layer` (a container's own, gone
 * with it), `memory` (gone at a restart), `kernel` (no place for files at all), `disk` (anything else).
 */
export type FileSystemKind = 'network' | 'layer' | 'memory' | 'kernel' | 'disk';

export interface FileSystem {
  /** As people know it: `NFS`; empty where this program does not know its name. */
  readonly name: string;
  readonly kind: FileSystemKind;
  /** Bytes that this user may still take. */
  readonly freeBytes: number;
  /** Files that may still be made; null where the file system does not count them. */
  readonly freeFiles: number | null;
}

/** By the magic number in `statfs(2)`, as linux/magic.h and the drivers have them. */
const KINDS: ReadonlyMap<number, readonly [string, FileSystemKind]> = new Map([
  [0x6969, ['NFS', 'network']],
  [0x517b, ['SMB', 'network']],
  [0xff534d42, ['SMB/CIFS', 'network']],
  [0xfe534d42, ['SMB', 'network']],
  [0x65735546, ['FUSE', 'network']],
  [0x01021997, ['9p', 'network']],
  [0x786f4256, ['a VirtualBox share', 'network']],
  [0xbacbacbc, ['a VMware share', 'network']],
  [0x00c36400, ['Ceph', 'network']],
  [0x5346414f, ['AFS', 'network']],
  [0x6b414653, ['AFS', 'network']],
  [0x0bd00bd0, ['Lustre', 'network']],
  [0x01161970, ['GFS2', 'network']],
  [0x7461636f, ['OCFS2', 'network']],
  [0x794c7630, ['overlay', 'layer']],
  [0x61756673, ['aufs', 'layer']],
  [0x01021994, ['tmpfs', 'memory']],
  [0x858458f6, ['ramfs', 'memory']],
  [0x9fa0, ['proc', 'kernel']],
  [0x62656572, ['sysfs', 'kernel']],
  [0x1cd1, ['devpts', 'kernel']],
  [0x27e0eb, ['cgroup', 'kernel']],
  [0x63677270, ['cgroup2', 'kernel']],
  [0x64626720, ['debugfs', 'kernel']],
  [0x74726163, ['tracefs', 'kernel']],
  [0x73636673, ['securityfs', 'kernel']],
  [0x62656570, ['configfs', 'kernel']],
  [0xcafe4a11, ['bpf', 'kernel']],
  [0xde5e81e4, ['efivarfs', 'kernel']],
  [0x6165676c, ['pstore', 'kernel']],
  [0x19800202, ['mqueue', 'kernel']],
]);

/** What a magic number of `statfs(2)` stands for; a disk where it is none of those that matter here. */
export function fileSystemKind(magic: number): readonly [name: string, kind: FileSystemKind] {
  // 32 bits without a sign
  return KINDS.get(magic >>> 0) ?? ['', 'disk'];
}

/** Where a path lies, or would lie once it is made; null where the system does not tell. */
export function fileSystemOf(path: string): FileSystem | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { type, bsize, bavail, files, ffree } = statfsSync(at);
      const [name, kind] = fileSystemKind(type);
      return { name, kind, freeBytes: bavail * bsize, freeFiles: files === 0 ? null : ffree };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || at === dirname(at)) return null;
    }
  }
}
