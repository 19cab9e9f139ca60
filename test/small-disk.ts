import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  readonly at: string;
  /** @param size as `mount` takes it: `256k` */
  resize(size: string): void;
  /** @param options as `mount -o remount,` takes them: `ro` */
  remount(options: string): void;
  /** Somebody else takes all that is left, in the file `others`. */
  fill(): void;
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
  const fill = (): void => {
    const block = Buffer.alloc(4096, 1);
    try {
      for (;;) writeFileSync(join(at, 'others'), block, { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  };
  return { at, fill, resize: (larger) => remount(`size=${larger}`), remount, remove };
}
