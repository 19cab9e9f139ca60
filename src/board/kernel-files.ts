import { accessSync, closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';

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

/** All of a file's text; empty where it cannot be read. Nobody waits for a pipe that lies in its place. */
export function textIn(file: string): string {
  const fd = openKernelFile(file);
  if (fd === null) return '';
  try {
    return readFileSync(fd, 'latin1');
  } catch {
    return '';
  } finally {
    closeSync(fd);
  }
}

/**
 * Opens a file of the kernel's without waiting for anything: a pipe that lies in its place is none.
 *
 * @returns its descriptor; null where it is not there, or is no file
 */
export function openKernelFile(path: string): number | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
  } catch {
    // hidden from a container, refused to this user, or not of this board
  }
  if (fd !== null) closeSync(fd);
  return null;
}

/** Why a file cannot be opened: it is not there, this user may not, or it is no file. */
export function whyClosed(path: string): 'absent' | 'permission' | 'failed' {
  try {
    lstatSync(path);
    accessSync(path, constants.R_OK);
    return 'failed';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'permission' : code === 'ENOENT' ? 'absent' : 'failed';
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
