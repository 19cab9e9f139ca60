import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

const LOWEST = 19;

/**
 * Gives way to everything else on the device from now on: a runtime that serves beside this process must not lose a
 * frame to it. On Linux a priority belongs to a thread, and those that exist already (garbage collector, file system)
 * keep theirs unless told; what is started later inherits it.
 */
export function giveWay(): void {
  const threads = listThreads();
  for (const thread of threads) {
    try {
      setPriority(thread, LOWEST);
    } catch {
      // a thread that has ended meanwhile, or a system that does not allow it: slower for others, not wrong
    }
  }
}

/** 0 is this process, where its threads cannot be listed. */
function listThreads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [0];
  }
}
