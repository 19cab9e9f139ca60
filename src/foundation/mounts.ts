import { readFileSync } from 'node:fs';

/** A mounted file system, as Linux lists it. */
export interface Mount {
  /** The folder that it is mounted at. */
  readonly at: string;
  /** `ext4`, `nfs4`, `fuse.sshfs`. */
  readonly type: string;
  /** What is mounted: `/dev/mmcblk0p2`, `server:/share`. */
  readonly source: string;
}

/** The lines of `/proc/self/mountinfo`, in which later mounts cover earlier ones. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    // optional fields of any number stand before the dash
    const [before, after] = line.split(' - ');
    const at = before?.split(' ')[4];
    const [type, source] = after?.split(' ') ?? [];
    if (at === undefined || type === undefined || source === undefined) continue;
    mounts.push({ at: unescaped(at), type, source: unescaped(source) });
  }
  return mounts;
}

/** The mount that an absolute path lies in, by its name alone: symbolic links are not followed, so no dead server is asked. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const isInside = mount.at === '/' || path === mount.at || path.startsWith(`${mount.at}/`);
    if (isInside && mount.at.length >= (found?.at.length ?? 0)) found = mount;
  }
  return found;
}

/** What is mounted now, as this process sees it; empty where the system does not tell. */
export function readMounts(): Mount[] {
  try {
    return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return [];
  }
}

/** Blanks and the like are written as three octal digits. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
