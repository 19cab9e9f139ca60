import type { StoreFile } from '../../src/store/store-file.js';

/** Lets time pass evenly, as it must before rows go by age: a minute and a flush at a time. */
export function letPass(ms: number, clock: { at: number }, file: StoreFile): void {
  const until = clock.at + ms;
  while (clock.at < until) {
    clock.at += 60_000;
    file.flush();
  }
}
