import { readdirSync, readFileSync } from 'node:fs';

/*
 * Files of /proc, /sys and /etc that describe the machine. None of them need be there (a container hides some), and files of
 * sysfs may be there and refuse: what cannot be read is empty or null.
 */

/** Names in a folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function textIn(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** A whole number that stands alone in a file. */
export function numberIn(file: string): number | null {
  const text = textIn(file).trim();
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

/** The value of the first `name : value` line of /proc/cpuinfo. */
export function cpuinfoValue(cpuinfo: string, name: string): string | null {
  return new RegExp(`^${name}[ \\t]*: ?(.*)$`, 'm').exec(cpuinfo)?.[1]?.trim() ?? null;
}
