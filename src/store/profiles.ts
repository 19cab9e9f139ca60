import type { Database } from './database.js';

/** A measured configuration as it is stored; see the schema in migrations.ts for units. */
export interface StoredMeasurement {
  readonly model: string;
  readonly variant: string;
  readonly sha256: string;
  readonly provider: string;
  readonly threads: number;
  readonly batch: number;
  readonly workers: number;
  readonly measuredAt: number;
  readonly rounds: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly imagesPerSecond: number | null;
  readonly spread: number | null;
  readonly rssBytes: number | null;
  readonly millijoulesPerImage: number | null;
  readonly temperatureBefore: number | null;
  readonly temperatureAfter: number | null;
  readonly drift: number;
  readonly loadMs: number | null;
  readonly failure: string | null;
}

/** A device that was profiled: what it was recognised by, and when it was last measured (Unix ms). */
export interface ProfiledDevice {
  readonly id: string;
  readonly fingerprint: Readonly<Record<string, string>>;
  readonly seenAt: number;
}

const COLUMNS: readonly (readonly [keyof StoredMeasurement, string])[] = [
  ['model', 'model'],
  ['variant', 'variant'],
  ['sha256', 'sha256'],
  ['provider', 'provider'],
  ['threads', 'threads'],
  ['batch', 'batch'],
  ['workers', 'workers'],
  ['measuredAt', 'measured_at'],
  ['rounds', 'rounds'],
  ['p50Ms', 'p50_ms'],
  ['p95Ms', 'p95_ms'],
  ['imagesPerSecond', 'images_per_second'],
  ['spread', 'spread'],
  ['rssBytes', 'rss_bytes'],
  ['millijoulesPerImage', 'millijoules_per_image'],
  ['temperatureBefore', 'temperature_before'],
  ['temperatureAfter', 'temperature_after'],
  ['drift', 'drift'],
  ['loadMs', 'load_ms'],
  ['failure', 'failure'],
];
const SEE = `INSERT INTO devices (id, fingerprint, seen_at) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at`;
const WRITE = `INSERT OR REPLACE INTO measurements (device, ${COLUMNS.map(([, column]) => column).join(', ')})
  VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`;
const READ = `SELECT ${COLUMNS.map(([name, column]) => `${column} AS ${name}`).join(', ')} FROM measurements
  WHERE device = ? AND model = ? ORDER BY measured_at, variant, threads, batch, workers`;
const DEVICES = `SELECT id, fingerprint, seen_at AS seenAt FROM devices
  WHERE id IN (SELECT device FROM measurements WHERE model = ?) ORDER BY seen_at DESC`;
const FORGET = 'DELETE FROM measurements WHERE device = ? AND model = ?';

/** The profiles of `profiles.db`: measurements per device fingerprint and model. Throws what SQLite throws. */
export class Profiles {
  readonly #database: Database;

  /** @param database opened with `PROFILE_MIGRATIONS` */
  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores measurements of a device, in place of earlier ones of the same configuration; all or none, and safe from a power cut. */
  save(device: ProfiledDevice, measurements: readonly StoredMeasurement[]): void {
    const write = (): void => {
      this.#database.prepare(SEE).run(device.id, JSON.stringify(device.fingerprint), device.seenAt);
      const statement = this.#database.prepare(WRITE);
      for (const one of measurements) statement.run(device.id, ...COLUMNS.map(([name]) => one[name]));
    };
    this.#database.transaction(write, true);
  }

  /** What was measured of a model on a device, oldest first. */
  read(device: string, model: string): StoredMeasurement[] {
    return this.#database.prepare(READ).all(device, model) as StoredMeasurement[];
  }

  /** The devices on which a model was measured, the last one first. */
  devices(model: string): ProfiledDevice[] {
    const rows = this.#database.prepare(DEVICES).all(model) as { id: string; fingerprint: string; seenAt: number }[];
    return rows.map((row) => ({ ...row, fingerprint: JSON.parse(row.fingerprint) as Record<string, string> }));
  }

  /** Forgets a model's measurements on a device. */
  forget(device: string, model: string): void {
    this.#database.prepare(FORGET).run(device, model);
  }
}
