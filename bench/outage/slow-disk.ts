import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void take(void) { struct timespec t = {0, MS * 1000000L}; nanosleep(&t, 0); }
int fsync(int fd) { take(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { take(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
`;

/**
 * A library that makes every fsync and fdatasync of a process take so long, as a worn SD card does; for LD_PRELOAD.
 *
 * @returns its path; null where there is no C compiler
 */
export function slowDisk(folder: string, ms: number): string | null {
  const source = join(folder, 'slow-disk.c');
  const library = join(folder, 'slow-disk.so');
  writeFileSync(source, SOURCE);
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', `-DMS=${ms}`, '-o', library, source, '-ldl'], { stdio: 'ignore' });
    return library;
  } catch {
    return null;
  }
}
