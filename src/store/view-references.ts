import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** A small grey picture of what stays before a camera. */
export interface ViewReference {
  /** Unix hour: Unix ms / 3,600,000. */
  readonly hour: number;
  /** Grey of each cell, row by row. */
  readonly picture: Uint8Array;
}

const HOUR_MS = 3_600_000;
/** One hour a day can be compared with the same of the day before, and one more of each may be dark. */
const KEPT_MS = 3 * 24 * HOUR_MS;
/** Of a hundred cameras: 2.3 KB an hour of each. */
const MAX_BYTES = 24 * 2 ** 20;
const WRITE_EVERY_MS = 60_000;
const MAX_PENDING = 200;
const ADD = `INSERT INTO view_references (camera, hour, picture) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET picture = excluded.picture`;
const READ = 'SELECT hour, picture FROM view_references WHERE camera = ? ORDER BY hour';

/**
 * What each camera showed in each hour of the last days, in `history.db`, so that one that was moved is found out although the
 * program was started anew meanwhile. As with the history of audits nothing here throws; what the disk refuses waits, bounded.
 */
export class ViewReferences {
  readonly #pending = new Map<string, ViewReference & { readonly camera: string }>();
  readonly #link: TablesLink<StatementPort>;

  /** @param file with `HISTORY_MIGRATIONS` */
  constructor(file: StoreFile) {
    this.#link = file.join({
      what: 'view references',
      adopt: (database) => database.prepare(ADD),
      flush: (add) => this.#write(add),
      flushEveryMs: WRITE_EVERY_MS,
      retention: [
        { table: 'view_references', timeColumn: 'hour', unitMs: HOUR_MS, maxAgeMs: KEPT_MS, maxBytes: MAX_BYTES },
      ],
    });
  }

  /** Keeps a picture; the latest one of each hour stays. @param now Unix ms */
  add(camera: string, picture: Uint8Array, now: number): void {
    const hour = Math.floor(now / HOUR_MS);
    this.#pending.set(`${camera}\n${hour}`, { camera, hour, picture });
    if (this.#pending.size <= MAX_PENDING) return;
    const [oldest] = this.#pending.keys();
    this.#pending.delete(oldest!);
    this.#link.drop();
  }

  #write(add: StatementPort): (() => void) | null {
    if (this.#pending.size === 0) return null;
    for (const { camera, hour, picture } of this.#pending.values()) add.run(camera, hour, picture);
    return () => this.#pending.clear();
  }
}

/** What is kept of a camera, oldest first. @throws where the database has no such table yet */
export function viewReferencesIn(database: DatabasePort, camera: string): ViewReference[] {
  return database.prepare(READ).all(camera) as ViewReference[];
}
