import { closeSync, openSync, statSync, utimesSync } from 'node:fs';
import { PRIVATE_FILE } from '../foundation/private-files.js';

/**
 * An empty file beside a database that tells whether the database is the one that was left: its ctime, which nobody sets and
 * no copy keeps, is remembered in the database. Where an old copy was put back, even into the same file, the two differ.
 */
export class FileMark {
  readonly #file: string;

  /** @param database its file */
  constructor(database: string) {
    this.#file = `${database}-mark`;
  }

  /** ns; empty where there is none. */
  read(): string {
    try {
      return String(statSync(this.#file, { bigint: true }).ctimeNs);
    } catch {
      return '';
    }
  }

  /** @returns what `read` gives from now on; empty where the disk refuses, which then tells nothing */
  renew(): string {
    try {
      closeSync(openSync(this.#file, 'a', PRIVATE_FILE));
      const now = new Date();
      utimesSync(this.#file, now, now);
      return this.read();
    } catch {
      return '';
    }
  }
}
