import type { DatabasePort, StatementPort } from './database-port.js';
import type { StoreFile, TablesLink } from './store-file.js';

/** What was learned of a series. */
export interface AlertBaseline {
  readonly series: string;
  /** Unix ms. */
  readonly savedAt: number;
  readonly state: Float32Array;
}

const SAVE = `INSERT INTO alert_baselines (series, saved_at, state) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET saved_at = excluded.saved_at, state = excluded.state`;

/** What is usual of each watched series, in `history.db`: one state of some 27 kB each, the latest. */
export class AlertBaselines {
  readonly #link: TablesLink<BaselineStatements>;
  /** By series; the latest takes the place of the one before. */
  readonly #pending = new Map<string, AlertBaseline>();

  /** @param file with `HISTORY_MIGRATIONS` */
  constructor(file: StoreFile) {
    this.#link = file.join({
      what: 'baselines of alerts',
      adopt: baselineStatements,
      flush: (statements) => this.#write(statements),
    });
  }

  save(baseline: AlertBaseline): void {
    this.#pending.set(baseline.series, baseline);
  }

  /** Those that were saved, the latest first; empty where nothing can be read. */
  all(): AlertBaseline[] {
    const rows = this.#link.read(({ read }) => read.all()) as
      | { series: string; savedAt: number; state: Buffer }[]
      | null;
    return (rows ?? []).map(({ series, savedAt, state }) => ({ series, savedAt, state: floatsOf(state) }));
  }

  /** Forgets what was saved before then. @param before Unix ms */
  forget(before: number): void {
    this.#link.write(({ forget }) => forget.run(before));
  }

  #write({ save }: BaselineStatements): (() => void) | null {
    if (this.#pending.size === 0) return null;
    for (const { series, savedAt, state } of this.#pending.values()) {
      save.run(series, savedAt, Buffer.from(state.buffer, state.byteOffset, state.byteLength));
    }
    return () => this.#pending.clear();
  }
}

interface BaselineStatements {
  readonly save: StatementPort;
  readonly read: StatementPort;
  readonly forget: StatementPort;
}

const baselineStatements = (database: DatabasePort): BaselineStatements => ({
  save: database.prepare(SAVE),
  read: database.prepare('SELECT series, saved_at AS savedAt, state FROM alert_baselines ORDER BY saved_at DESC'),
  forget: database.prepare('DELETE FROM alert_baselines WHERE saved_at < ?'),
});

/** A copy, because bytes of a database lie anywhere; what is left over at the end is no number. */
function floatsOf(bytes: Buffer): Float32Array {
  const whole = bytes.byteLength - (bytes.byteLength % Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(Uint8Array.from(bytes.subarray(0, whole)).buffer);
}
