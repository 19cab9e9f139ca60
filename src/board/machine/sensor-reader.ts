import { closeSync, read, readSync } from 'node:fs';
import { openKernelFile, whyClosed } from '../kernel-files.js';
import { answered } from './answered.js';
import type { MachineReader, ReadAt } from './machine-reader.js';
import {
  type FindSensors,
  type MachineSensor,
  type Missing,
  plausible,
  type Quantity,
  type RailPlace,
  type SensorReading,
  type SensorReadings,
} from './sensors/sensor.js';

/** ms that a file may take before its reading counts as missing. */
const DEADLINE_MS = 100;
/** One that takes longer than this is read less often. */
const SLOW_MS = 20;
const SLOW_EVERY_MS = 10_000;
/** ms after which one is tried again that did not answer in time. */
const RETRY_MS = 60_000;
/** Of the four threads that Node has for files, so many may wait for sensors that do not answer. */
const MOST_OVERDUE = 2;
/** ms between two readings, at least, for each quantity that is not read each time. */
const EVERY_MS: Readonly<Partial<Record<Quantity, number>>> = {
  temperature: 2000,
  clock: 2000,
  'clock-limit': 2000,
  'memory-total': 60_000,
  'bus-load': 2000,
  'bus-clock': 2000,
  'rail-voltage': 2000,
  'rail-current': 2000,
  fan: 5000,
  'fan-duty': 5000,
  'throttle-at': 60_000,
  heat: 2000,
  power: 2000,
  current: 2000,
  'heat-count': 2000,
  'power-count': 2000,
  'current-count': 2000,
};
/** sysfs gives a line, and never more than a page. */
const LONGEST = 256;

/** Reads a file from its beginning: @returns bytes read. Tests give files that take their time. */
export type ReadFile = (fd: number, buffer: Buffer, file: string) => Promise<number>;

/**
 * Sensors in sysfs, which may ask a chip on a slow bus: one after the other, off the main thread, each with a deadline of its
 * own. One that does not answer is left alone for a while, and delays the others by its deadline once.
 */
export class SensorReader implements MachineReader, SensorReadings {
  readonly name = 'sensors';
  readonly #root: string;
  readonly #finders: readonly FindSensors[];
  readonly #readFile: ReadFile;
  /** By quantity and file: one file may tell two things. */
  #sensors = new Map<string, HeldSensor>();
  #overdue = 0;

  /**
   * @param root `/`; tests give trees
   * @param finders what is looked for; a board may bring its own
   */
  constructor(root: string, finders: readonly FindSensors[], readFile: ReadFile = readAtStart) {
    this.#root = root;
    this.#finders = finders;
    this.#readFile = readFile;
  }

  /** Of all quantities, in the order in which the sensors were found. */
  get readings(): Iterable<SensorReading> {
    return this.#sensors.values();
  }

  *of(quantity: Quantity): Iterable<SensorReading> {
    for (const sensor of this.#sensors.values()) if (sensor.quantity === quantity) yield sensor;
  }

  look(): void {
    const found = new Map<string, HeldSensor>();
    for (const sensor of this.#finders.flatMap((find) => find(this.#root))) {
      const key = `${sensor.quantity} ${sensor.file} ${sensor.name}`;
      const held = this.#sensors.get(key) ?? new HeldSensor(sensor);
      held.open();
      found.set(key, held);
    }
    for (const [key, held] of this.#sensors) if (!found.has(key)) held.close();
    this.#sensors = found;
  }

  async read({ now }: ReadAt): Promise<void> {
    for (const sensor of this.#sensors.values()) {
      if (sensor.isDue(now)) await this.#readOne(sensor, now);
    }
  }

  close(): void {
    for (const sensor of this.#sensors.values()) sensor.close();
    this.#sensors.clear();
  }

  async #readOne(sensor: HeldSensor, now: number): Promise<void> {
    if (sensor.isQuick) {
      sensor.readNow(now);
      return;
    }
    // each that waits has a thread of its own, which others need
    if (this.#overdue >= MOST_OVERDUE) {
      sensor.miss('late');
      return;
    }
    const reading = sensor.readLater(now, this.#readFile);
    const isThere = await answered(
      reading.then(() => true),
      DEADLINE_MS,
    );
    if (isThere !== null) return;
    sensor.miss('late');
    this.#overdue++;
    void reading.then(() => this.#overdue--);
  }
}

/** A sensor whose file is held open. */
class HeldSensor implements SensorReading {
  readonly quantity: Quantity;
  readonly name: string;
  readonly isQuick: boolean;
  readonly source: string;
  readonly rail: RailPlace | null;
  value: number | null = null;
  missing: Missing | null = null;
  readonly #sensor: MachineSensor;
  readonly #everyMs: number;
  readonly #buffer = Buffer.allocUnsafe(LONGEST);
  #fd: number | null = null;
  #dueAt = Number.NEGATIVE_INFINITY;
  /** While its file is read: it must not be closed then. */
  #isReading = false;
  #isClosed = false;

  constructor(sensor: MachineSensor) {
    this.#sensor = sensor;
    this.quantity = sensor.quantity;
    this.name = sensor.name;
    this.isQuick = sensor.isQuick;
    this.source = sensor.file;
    this.rail = sensor.rail ?? null;
    this.#everyMs = EVERY_MS[sensor.quantity] ?? 0;
  }

  /** Opens what is there now. */
  open(): void {
    if (this.#isReading) return;
    this.#closeFile();
    this.#isClosed = false;
    this.#fd = openKernelFile(this.#sensor.file);
    if (this.#fd === null) this.miss(whyClosed(this.#sensor.file));
  }

  close(): void {
    this.#isClosed = true;
    this.miss(null);
    if (!this.#isReading) this.#closeFile();
  }

  miss(why: Missing | null): void {
    this.value = null;
    this.missing = why;
  }

  isDue(now: number): boolean {
    return this.#fd !== null && !this.#isReading && now >= this.#dueAt;
  }

  readNow(now: number): void {
    this.#dueAt = now + this.#everyMs;
    try {
      this.#take(readSync(this.#fd!, this.#buffer, 0, LONGEST, 0), now);
    } catch (error) {
      this.miss(failureOf(error));
    }
  }

  /** Ends without an error, however late. */
  async readLater(now: number, readFile: ReadFile): Promise<void> {
    this.#isReading = true;
    this.#dueAt = now + this.#everyMs;
    const began = performance.now();
    let length: number | null = null;
    let failure: Missing = 'late';
    try {
      length = await readFile(this.#fd!, this.#buffer, this.#sensor.file);
    } catch (error) {
      failure = failureOf(error);
    }
    this.#isReading = false;
    if (this.#isClosed) {
      this.#closeFile();
      return;
    }
    const tookMs = performance.now() - began;
    if (tookMs > DEADLINE_MS) this.#dueAt = now + tookMs + RETRY_MS;
    else if (tookMs > SLOW_MS) this.#dueAt = now + SLOW_EVERY_MS;
    if (length === null || tookMs > DEADLINE_MS) this.miss(failure);
    else this.#take(length, now);
  }

  #take(length: number, now: number): void {
    const told = this.#sensor.parse(this.#buffer.toString('latin1', 0, length), now);
    this.value = plausible(this.quantity, told ?? null);
    this.missing = this.value === null && told !== undefined ? 'implausible' : null;
  }

  #closeFile(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

/** Its chip does not answer, it sleeps (a graphics card says that it may not be read then), or the device is gone. */
function failureOf(error: unknown): Missing {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' ? 'permission' : code === 'ENODEV' ? 'absent' : 'failed';
}

function readAtStart(fd: number, buffer: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, 0, (error, length) => (error ? reject(error) : resolve(length)));
  });
}
