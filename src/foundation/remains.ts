import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;

/**
 * Makes a folder of this process alone, `NAME-PID-XXXXXX`, and removes those of the name that killed processes left behind.
 *
 * @param around where it is made; others may write there too
 * @param leastAgeMs of one that is removed; default a day. A process of another container has a number that means nothing here
 * @throws the file system's error
 */
export function makeFolderOfProcess(around: string, name: string, leastAgeMs = DAY_MS): string {
  clearRemains(around, name, leastAgeMs);
  return mkdtempSync(join(around, `${name}-${process.pid}-`));
}

function clearRemains(around: string, name: string, leastAgeMs: number): void {
  for (const entry of readdirSync(around)) {
    const [, pid] = entry.startsWith(`${name}-`) ? (/^-(\d+)-\w{6}$/.exec(entry.slice(name.length)) ?? []) : [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(around, entry);
    try {
      if (Date.now() - statSync(folder).mtimeMs > leastAgeMs) rmSync(folder, { recursive: true, force: true });
    } catch {
      // that of another user stays, and one that somebody else removes is gone
    }
  }
}

/** Whether there is a process of that number on this machine, or in this container. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
