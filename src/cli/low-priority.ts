import { giveLowestPriority } from '../board/process-priority.js';

/**
 * Gives way to everything else on the device from now on: a runtime that serves beside this process must not lose a
 * frame to it.
 */
export function giveWay(): void {
  giveLowestPriority(process.pid);
}
