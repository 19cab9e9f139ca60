import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

const LOWEST = 19;

/**
 * Has a process give way to everything else on the device from now on. On Linux a priority belongs to a thread: those that
 * exist already are told one by one, what is started later inherits it. Where the system does not allow it, or the process is
 * gone, nothing happens.
 *
 * @param pid null: a process of another machine
 */
export function giveLowestPriority(pid: number | null): void {
  if (pid === null) return;
  for (const thread of threadsOf(pid)) {
    try {
      setPriority(thread, LOWEST);
    } catch {
      // ended meanwhile, or not allowed: slower for others, not wrong
    }
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}
