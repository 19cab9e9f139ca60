import { readFileSync } from 'node:fs';
import { ConfigError } from '../foundation/errors.js';

/**
 * Loading the program opens some 240 files at a time, and more as it grows. Once it runs it holds about 30, 4 for each
 * detector worker and 2 for each camera that ffmpeg reads: as many cameras and workers as can be configured fit.
 */
const NEEDED = 512;

/**
 * Refuses to begin where too few files may be open: the module loader would end on whichever file comes last, which
 * tells nobody what to do.
 *
 * @param limits text of /proc/PID/limits; null where there is none
 * @throws ConfigError
 */
export function requireOpenFiles(limits = readLimits()): void {
  const allowed = Number(/^Max open files +(\d+)/m.exec(limits ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  if (allowed >= NEEDED) return;
  throw new ConfigError('this process may open too few files', [
    `open files: expected a limit of at least ${NEEDED} (240 while it loads; then 30, 4 per detector worker and 2 per camera), got ${allowed}: ` +
      `raise it with 'ulimit -n 1024' in the shell, LimitNOFILE=1024 in the service's unit, or --ulimit nofile=1024 for a container`,
  ]);
}

function readLimits(): string | null {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return null; // not Linux: there Node has raised its limit as far as it goes
  }
}
