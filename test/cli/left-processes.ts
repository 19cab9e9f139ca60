import { readdirSync, readFileSync } from 'node:fs';

/** Found in the environment of a run and of everything that it starts. */
export const MARK = 'TEST_RUN_MARK';
export const LINUX = process.platform === 'linux';

/** Processes that a run with this mark has started and that are still there; those that only wait to be buried apart. */
export function leftOf(mark: string): string[] {
  if (!LINUX) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK}=${mark}`);
      } catch {
        return false;
      }
    });
}
