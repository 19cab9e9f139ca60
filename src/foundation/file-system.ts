import { realpathSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Mount, mountOf, readMounts } from './mounts.js';

/**
 * What kind of file system it is: `network` (locks and shared memory may not work there), `layer` (a container's own, gone
 * with it), `memory` (gone at a restart), `kernel` (no place for files at all), `program` (FUSE: some program makes it up, and this
 * one does not know how), `disk` (anything else).
 */
export type FileSystemKind = 'network' | 'layer' | 'memory' | 'kernel' | 'program' | 'disk';

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
  [0x65735546, ['FUSE', 'program']],
  [0x01021997, ['9p', 'network']],
  [0x786f4256, ['a VirtualBox share', 'network']],
  [0xbacbacbc, ['a VMware share', 'network']],
  [0x00c36400, ['Ceph', 'network']],
  [0x5346414f, ['AFS', 'network']],
  [0x6b414653, ['AFS', 'network']],
  [0x0bd00bd0, ['Lustre', 'network']],
  [0x19830326, ['BeeGFS', 'network']],
  [0x47504653, ['GPFS', 'network']],
  [0x73757245, ['Coda', 'network']],
  [0x564c, ['NetWare', 'network']],
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

/** By what the list of mounts calls them: file systems that are programs, and those whose server may be dead. */
const TYPES: readonly (readonly [RegExp, string | null, FileSystemKind])[] = [
  [/^nfs4?$/, 'NFS', 'network'],
  [/^(cifs|smb3?|smbfs)$/, 'SMB', 'network'],
  [/^(9p|ceph|afs|lustre|beegfs|gpfs|glusterfs|coda|ncpfs)$/, null, 'network'],
  [/^(vboxsf|vmhgfs|prl_fs|fuse\.(vmhgfs-fuse|prl_fsd|grpcfuse))$/, null, 'network'],
  [
    /^fuse\.(sshfs|rclone|curlftpfs|davfs2?|glusterfs|ceph(-fuse)?|nfs|smbnetfs|gvfsd-fuse|hdfs.*|cvmfs2?)$/,
    null,
    'network',
  ],
  [
    /^fuse\.(s3fs|s3ql|gcsfuse|goofys|mount-s3|geesefs|blobfuse2?|juicefs.*|google-drive-ocamlfuse|onedriver)$/,
    null,
    'network',
  ],
  [/^fuse\.(mfs|moosefs|lizardfs|saunafs|seaweedfs|beegfs|kubernetes.*)$/, null, 'network'],
  [
    /^(fuseblk|fuse\.(ntfs(-3g)?|exfat|ext2fs|ext4fs|apfs.*|mergerfs|bindfs|gocryptfs|encfs|cryfs|zfs|btrfs))$/,
    null,
    'disk',
  ],
  [/^fuse\.(fuse-overlayfs|unionfs(-fuse)?)$/, null, 'layer'],
];

/** What the list of mounts says of a file system; null where only its magic number tells. */
export function mountedKind(type: string): readonly [name: string, kind: FileSystemKind] | null {
  const row = TYPES.find(([pattern]) => pattern.test(type));
  return row === undefined ? null : [row[1] ?? type, row[2]];
}

/** What a magic number of `statfs(2)` stands for; a disk where it is none of those that matter here. */
export function fileSystemKind(magic: number): readonly [name: string, kind: FileSystemKind] {
  // 32 bits without a sign
  return KINDS.get(magic >>> 0) ?? ['', 'disk'];
}

/** How the system tells of file systems; tests say something else. */
export interface FileSystemSources {
  readonly mounts: () => readonly Mount[];
  readonly statfs: (path: string) => { type: number; bsize: number; bavail: number; files: number; ffree: number };
}

const SYSTEM: FileSystemSources = { mounts: readMounts, statfs: (path) => statfsSync(path) };

/** Where a path lies, or would lie once it is made; null where the system does not tell. */
export function fileSystemOf(path: string, { mounts, statfs }: FileSystemSources = SYSTEM): FileSystem | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { type, bsize, bavail, files, ffree } = statfs(at);
      const [name, kind] = kindAt(at, type, mounts);
      return { name, kind, freeBytes: bavail * bsize, freeFiles: files === 0 ? null : ffree };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || at === dirname(at)) return null;
    }
  }
}

/** The list of mounts is read only where the number does not say all: FUSE has one for whatever is behind it. */
function kindAt(path: string, magic: number, mounts: FileSystemSources['mounts']): readonly [string, FileSystemKind] {
  const [name, kind] = fileSystemKind(magic);
  if (kind !== 'program') return [name, kind];
  const mount = mountOf(realPathOf(path), mounts());
  if (mount === null) return [name, kind];
  return mountedKind(mount.type) ?? [mount.type.replace(/^fuse\./, ''), kind];
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
