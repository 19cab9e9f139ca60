import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { whenEnding } from '../harness/ending.js';
import type { TorturedDisk } from './torture.js';

/** A file system of its own in memory that can really be full; unmounted when this process ends. */
export class Disk implements TorturedDisk {
  readonly at: string;
  #isMounted = true;

  /** @returns null where this user may mount none */
  static mount(at: string): Disk | null {
    mkdirSync(at);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'ignore' });
    } catch {
      return null;
    }
    return new Disk(at);
  }

  private constructor(at: string) {
    this.at = at;
    whenEnding(() => this.remove());
  }

  /** @param size as `mount` takes it: `64m` */
  resize(size: string): void {
    execFileSync('mount', ['-o', `remount,rw,size=${size}`, this.at]);
  }

  remove(): void {
    if (this.#isMounted) execFileSync('umount', ['--lazy', this.at]);
    this.#isMounted = false;
  }
}
