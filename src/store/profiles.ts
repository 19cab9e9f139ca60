import type { Log } from '../foundation/log.js';
import type { DatabasePort, StatementPort } from './database-port.js';
import { StoreLink } from './link.js';
import type { Measurement } from './measurement.js';

/** A device that was profiled: what it was recognised by, and when it was last measured (Unix ms). */
export interface ProfiledDevice {
  readonly id: string;
  readonly fingerprint: Readonly<Record<string, string>>;
  readonly seenAt: number;
}

const COLUMNS: readonly (readonly [keyof Measurement, string])[] = [
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
  ['acceleratorBytes', 'accelerator_bytes'],
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
const WRITE_ACCURACY = `INSERT OR REPLACE INTO accuracies (cameras, model, variant, sha256, f1, boxes, measured_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const READ_ACCURACIES = `SELECT model, variant, sha256, f1, boxes, measured_at AS measuredAt FROM accuracies
  WHERE cameras = ? ORDER BY model, variant`;
const FORGET_ACCURACIES = 'DELETE FROM accuracies WHERE cameras = ?';
const FORGET = 'DELETE FROM measurements WHERE device = ? AND model = ?';

/** Far more than a device has configurations. */
const MAX_PENDING = 10_000;
const TRY_EVERY_MS = 60_000;

/** How accurate a variant was found on the device's own cameras. */
export interface StoredAccuracy {
  readonly model: string;
  readonly variant: string;
  readonly sha256: string;
  /** 0..1; comparable among those of the same cameras and time. */
  readonly f1: number;
  /** Vehicles behind it. */
  readonly boxes: number;
  /** Unix ms. */
  readonly measuredAt: number;
}

export interface ProfilesOptions {
  /** Opens the database, with `PROFILE_MIGRATIONS` applied. */
  readonly open: () => DatabasePort;
  readonly log: Log;
}

interface PendingMeasurement {
  readonly device: ProfiledDevice;
  readonly measurement: Measurement;
}

interface ProfileStatements {
  readonly see: StatementPort;
  readonly write: StatementPort;
  readonly read: StatementPort;
  readonly devices: StatementPort;
  readonly forget: StatementPort;
  readonly writeAccuracy: StatementPort;
  readonly accuracies: StatementPort;
  readonly forgetAccuracies: StatementPort;
}

/**
 * The profiles of `profiles.db`: measurements per device fingerprint and model. What the disk refuses waits for the next
 * saving: an hour of measuring is not lost to a disk that was full for a minute.
 */
export class Profiles {
  readonly #link: StoreLink<ProfileStatements>;
  #pending: PendingMeasurement[] = [];

  constructor({ open, log }: ProfilesOptions) {
    this.#link = new StoreLink({
      what: 'the store of profiles',
      open,
      adopt: statementsOf,
      flush: () => void this.#write(),
      flushEveryMs: TRY_EVERY_MS,
      log,
    });
  }

  /** @throws what opening threw: whoever measures for minutes wants to know it before */
  start(): void {
    this.#link.start();
    if (!this.#link.isOpen) throw this.#link.failure;
  }

  /** Writes what waits and closes the database. */
  stop(): void {
    this.#link.stop();
  }

  /** Measurements that are not stored: the disk refused them. */
  get pending(): number {
    return this.#pending.length;
  }

  /**
   * Stores measurements of a device, in place of earlier ones of the same configuration; all or none.
   *
   * @returns whether they are safe from a power cut; if not, they wait
   */
  save(device: ProfiledDevice, measurements: readonly Measurement[]): boolean {
    for (const measurement of measurements) this.#pending.push({ device, measurement });
    const excess = this.#pending.length - MAX_PENDING;
    if (excess > 0) this.#link.drop(this.#pending.splice(0, excess).length);
    return this.#write();
  }

  /** What was measured of a model on a device, oldest first; nothing where that cannot be read. */
  read(device: string, model: string): Measurement[] {
    return this.#link.read(({ read }) => read.all(device, model) as Measurement[]) ?? [];
  }

  /** The devices on which a model was measured, the last one first. */
  devices(model: string): ProfiledDevice[] {
    const rows = this.#link.read(({ devices }) => devices.all(model) as DeviceRow[]) ?? [];
    return rows.map(({ id, fingerprint, seenAt }) => {
      return { id, fingerprint: JSON.parse(fingerprint) as Record<string, string>, seenAt };
    });
  }

  /** Forgets a model's measurements on a device. @returns whether that was done */
  forget(device: string, model: string): boolean {
    return this.#link.write(({ forget }) => void forget.run(device, model));
  }

  /**
   * Stores how accurate variants were found on cameras, in place of all that was found on them before: only what was found
   * together can be compared. @returns whether that was done
   */
  saveAccuracies(cameras: string, found: readonly StoredAccuracy[]): boolean {
    return this.#link.write(({ writeAccuracy, forgetAccuracies }) => {
      forgetAccuracies.run(cameras);
      for (const { model, variant, sha256, f1, boxes, measuredAt } of found) {
        writeAccuracy.run(cameras, model, variant, sha256, f1, boxes, measuredAt);
      }
    }, true);
  }

  /** What was found on cameras; nothing where that cannot be read. */
  accuracies(cameras: string): StoredAccuracy[] {
    return this.#link.read(({ accuracies }) => accuracies.all(cameras) as StoredAccuracy[]) ?? [];
  }

  #write(): boolean {
    if (this.#pending.length === 0) return true;
    const written = this.#link.write(({ see, write }) => {
      for (const { device, measurement } of this.#pending) {
        see.run(device.id, JSON.stringify(device.fingerprint), device.seenAt);
        write.run(device.id, ...COLUMNS.map(([name]) => measurement[name]));
      }
    }, true);
    if (written) this.#pending = [];
    return written;
  }
}

interface DeviceRow {
  readonly id: string;
  readonly fingerprint: string;
  readonly seenAt: number;
}

const statementsOf = (database: DatabasePort): ProfileStatements => ({
  see: database.prepare(SEE),
  write: database.prepare(WRITE),
  read: database.prepare(READ),
  devices: database.prepare(DEVICES),
  forget: database.prepare(FORGET),
  writeAccuracy: database.prepare(WRITE_ACCURACY),
  accuracies: database.prepare(READ_ACCURACIES),
  forgetAccuracies: database.prepare(FORGET_ACCURACIES),
});
