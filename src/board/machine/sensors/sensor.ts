/**
 * What sensors tell, and in which unit: temperatures in °C; clocks in MHz, what they are and what they may be now; load in
 * percent and memory in bytes, of a GPU or another accelerator; whether something is held back now, by heat or for want of
 * power (1, else 0); how often that was so because of heat since the machine started.
 */
export type Quantity =
  | 'temperature'
  | 'clock'
  | 'clock-limit'
  | 'load'
  | 'accelerator-clock'
  | 'memory'
  | 'memory-total'
  | 'heat'
  | 'power'
  | 'heat-count';

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
  /** @returns null where the file says what cannot be true */
  readonly parse: (text: string, now: number) => number | null;
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
