import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface SmallDisk {
  readonly at: string;
  /** @param size as `mount` takes it: `256k` */
  resize(size: string): void;
  /** @param options as `mount -o remount,` takes them: `ro` */
  remount(options: string): void;
  remove(): void;
}

/** A file system of its own in memory, mounted at a new folder, which can really be full; null where this user may mount none. */
export function smallDisk(at: string, size: string): SmallDisk | null {
  mkdirSync(at);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', at], { stdio: 'ignore' });
  } catch {
    return null;
  }
  let mounted = true;
  const remove = (): void => {
    if (mounted) execFileSync('umount', ['--lazy', at]);
    mounted = false;
  };
  // before the folder around it is removed
  process.prependListener('exit', remove);
  const remount = (options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, at]);
  return { at, resize: (larger) => remount(`size=${larger}`), remount, remove };
}
