/**
 * What sensors tell, and in which unit: temperatures in °C, and at which a part is slowed down (where nothing tells that, the
 * machine is switched off); clocks in MHz, what they are, what they may be now, and what firmware measured; load in percent and
 * memory in bytes, of a GPU or another accelerator; the same of the bus to the memory; rails in V, A and W; fans in turns per
 * minute, and what drives them in percent; whether something is held back now, by heat, for want of power or for too much
 * current (1, else 0); how often that was so since the machine started.
 */
export const QUANTITIES = [
  'temperature',
  'throttle-at',
  'clock',
  'clock-limit',
  'firmware-clock',
  'load',
  'accelerator-clock',
  'memory',
  'memory-total',
  'bus-load',
  'bus-clock',
  'rail-voltage',
  'rail-current',
  'rail-power',
  'fan',
  'fan-duty',
  'heat',
  'power',
  'current',
  'heat-count',
  'power-count',
  'current-count',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Between which values a reading can be true, in its unit; what lies outside is missing. */
export const PLAUSIBLE: Readonly<Record<Quantity, readonly [least: number, most: number]>> = {
  // zones that are switched off read -256, open inputs 127 and more
  temperature: [-40, 124.999],
  'throttle-at': [30, 130],
  clock: [1, 20_000],
  'clock-limit': [1, 20_000],
  'firmware-clock': [1, 20_000],
  load: [0, 100],
  'accelerator-clock': [0, 20_000],
  memory: [0, 2 ** 50],
  'memory-total': [0, 2 ** 50],
  'bus-load': [0, 100],
  'bus-clock': [0, 20_000],
  'rail-voltage': [0, 1000],
  'rail-current': [0, 1000],
  'rail-power': [0, 10_000],
  fan: [0, 100_000],
  'fan-duty': [0, 100],
  heat: [0, 1],
  power: [0, 1],
  current: [0, 1],
  'heat-count': [0, Number.MAX_SAFE_INTEGER],
  'power-count': [0, Number.MAX_SAFE_INTEGER],
  'current-count': [0, Number.MAX_SAFE_INTEGER],
};

/** The value, where it can be true. */
export function plausible(quantity: Quantity, value: number | null): number | null {
  const [least, most] = PLAUSIBLE[quantity];
  return value !== null && value >= least && value <= most ? value : null;
}

/**
 * Why there is no value: the file is not there (any more), this user may not read it, it did not answer in time, it failed, or
 * it says what cannot be true. Null where nobody knows, and before the first reading.
 */
export type Missing = 'absent' | 'permission' | 'late' | 'failed' | 'implausible';

/** What one sensor told. */
export interface SensorReading {
  readonly quantity: Quantity;
  /** Whose it is: `cpu-thermal`, `fb000000.gpu`, `VDD_IN`. */
  readonly name: string;
  readonly value: number | null;
  readonly missing: Missing | null;
  /** Where it comes from: a path, or the program that tells. */
  readonly source: string;
  /** Of a rail; null for everything else. */
  readonly rail: RailPlace | null;
}

/** Readings of sensors, whoever reads them. */
export interface SensorReadings {
  of(quantity: Quantity): Iterable<SensorReading>;
}

/**
 * What a rail feeds, as far as a sum is concerned: the whole board (or all of it together with the others of that kind); a share
 * of it, where the sum of all shares is known to be the whole; a monitor of some supply, of which nothing more is known; a
 * processor with its memory, or a card; or a part of what another rail measures too.
 */
export type RailFeeds = 'board' | 'share' | 'supply' | 'chip' | 'part';

/** Where a rail stands among others. */
export interface RailPlace {
  readonly feeds: RailFeeds;
  /** Driver of what measures it; the whole board by two of them is the same power twice. */
  readonly by: string;
}

/** One reading of the machine that comes out of a file of sysfs. */
export interface MachineSensor {
  readonly quantity: Quantity;
  /** Whose it is, unique for its quantity: `cpu-thermal`, `fb000000.gpu`. */
  readonly name: string;
  readonly file: string;
  /**
   * Whether the kernel answers from memory; else it may ask a chip on a slow bus, or firmware, and is read off the main thread.
   */
  readonly isQuick: boolean;
  /** @returns null where the file says what cannot be true; undefined where it takes a second reading to tell */
  readonly parse: (text: string, now: number) => number | null | undefined;
  readonly rail?: RailPlace;
}

/** Which sensors of a kind a machine has. It may be called at any time, and looks in `root` (`/`; tests give trees). */
export type FindSensors = (root: string) => MachineSensor[];

/** A whole number that stands alone, else null. */
export function wholeNumber(text: string): number | null {
  const trimmed = text.trim();
  return /^-?\d+$/.test(trimmed) ? Number(trimmed) : null;
}

/** `name`, `name-2`, `name-3`: two of the same name would be one reading. */
export function uniqueNames(): (name: string) => string {
  const taken = new Map<string, number>();
  return (name) => {
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  };
}
