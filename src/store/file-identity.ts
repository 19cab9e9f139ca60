import { readFileSync, statSync } from 'node:fs';

/** What tells whether a file and the machine are the ones of the last time. */
export interface FileIdentity {
  /** 0 where it is not known. */
  readonly inode: number;
  /** Of the kernel, another one after each start of the machine; empty where it is not known. */
  readonly machineBoot: string;
}

/** @returns what is known; nothing here throws */
export function fileIdentity(file: string): FileIdentity {
  return { inode: inodeOf(file), machineBoot: machineBoot() };
}

function inodeOf(file: string): number {
  try {
    return statSync(file).ino;
  } catch {
    return 0;
  }
}

function machineBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
