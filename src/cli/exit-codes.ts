import { EdgeError } from '../foundation/errors.js';

/*
 * Exit codes of every command. Beside them: 128 + n where a signal ends the process, 137 (SIGKILL) where the watchdog
 * does.
 */

/** It did not do what was asked; trying again may help. */
export const FAILED = 1;
/** The command line, the configuration or the surroundings cannot be used: trying again does not mend it. */
export const UNUSABLE = 2;

/** `update`: the new version did worse, and the one before runs again. */
export const TAKEN_BACK = 3;

/** The code of a command that failed: whether trying again may help. */
export function exitCodeOf(error: unknown): typeof FAILED | typeof UNUSABLE {
  return error instanceof EdgeError && error.permanent ? UNUSABLE : FAILED;
}
