import { join } from 'node:path';
import { namesIn, numberIn, textIn } from './kernel-files.js';
import { findTemperatures } from './machine/sensors/temperatures.js';

/*
 * What the kernel tells of heat and power, from sysfs. Every reader takes the root folder (`/`; tests give recorded
 * trees) and answers null where there is nothing to read.
 */

/** The warmest part, °C, of those that tell what can be true. */
export function readTemperature(root: string): number | null {
  const degrees = findTemperatures(root).flatMap(({ file, parse }) => parse(textIn(file), 0) ?? []);
  return degrees.length === 0 ? null : Math.max(...degrees);
}

/** Resident memory of a process in bytes. */
export function readResidentBytes(root: string, pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(textIn(join(root, 'proc', String(pid), 'status')))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** A rail that counts energy itself (RAPL). */
interface Counter {
  readonly file: string;
  /** µJ at which it begins again at 0. */
  readonly wrapsAt: number;
}

/** Power of the whole board in watts where a rail tells it, else of the processor package. */
export interface PowerRails {
  /** Files that hold µW, summed. */
  readonly power: readonly string[];
  /** Pairs of files that hold mV and mA, summed. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly counters: readonly Counter[];
}

/** Which rails can be read here; null: none. A rail of the whole board excludes those of its parts. */
export function findPowerRails(root: string): PowerRails | null {
  const monitors = namesIn(join(root, 'sys/class/hwmon')).map((name) => join(root, 'sys/class/hwmon', name));
  const pairs = monitors.flatMap((monitor) => inputPairs(monitor));
  if (pairs.length > 0) return { power: [], pairs, counters: [] };
  const power = monitors.map((monitor) => join(monitor, 'power1_input')).filter((file) => numberIn(file) !== null);
  if (power.length > 0) return { power, pairs: [], counters: [] };
  const zones = join(root, 'sys/class/powercap');
  const counters = namesIn(zones)
    .filter((name) => /^intel-rapl:\d+$/.test(name))
    .map((name) => ({
      file: join(zones, name, 'energy_uj'),
      wrapsAt: numberIn(join(zones, name, 'max_energy_range_uj')) ?? 2 ** 32,
    }))
    .filter(({ file }) => numberIn(file) !== null);
  return counters.length > 0 ? { power: [], pairs: [], counters } : null;
}

/** An INA3221's channel for the whole board, as Jetsons label it: VDD_IN, or POM_5V_IN on the first generation. */
function inputPairs(monitor: string): (readonly [string, string])[] {
  return namesIn(monitor)
    .filter((name) => /^in\d+_label$/.test(name) && /^(VDD_IN|POM_5V_IN)$/.test(textIn(join(monitor, name)).trim()))
    .map((name) => name.slice(2, -'_label'.length))
    .map((channel) => [join(monitor, `in${channel}_input`), join(monitor, `curr${channel}_input`)] as const)
    .filter((files) => files.every((file) => numberIn(file) !== null));
}

/** Adds up the energy of a stretch of time: call `sample` at its beginning, now and then, and at its end. */
export class EnergyMeter {
  readonly #rails: PowerRails;
  readonly #now: () => number;
  #joules = 0;
  #at: number | null = null;
  #watts = 0;
  #counts: (number | null)[] = [];

  /** @param now milliseconds */
  constructor(rails: PowerRails, now: () => number) {
    this.#rails = rails;
    this.#now = now;
  }

  /** Since the first sample. */
  get joules(): number {
    return this.#joules;
  }

  sample(): void {
    const at = this.#now();
    const watts = this.#readWatts();
    const counts = this.#rails.counters.map(({ file }) => numberIn(file));
    if (this.#at !== null) {
      this.#joules += (((watts + this.#watts) / 2) * (at - this.#at)) / 1000;
      for (const [i, count] of counts.entries()) this.#joules += this.#counted(i, count);
    }
    this.#at = at;
    this.#watts = watts;
    this.#counts = counts;
  }

  #readWatts(): number {
    const { power, pairs } = this.#rails;
    let watts = 0;
    for (const file of power) watts += (numberIn(file) ?? 0) / 1e6;
    for (const [voltage, current] of pairs) watts += ((numberIn(voltage) ?? 0) * (numberIn(current) ?? 0)) / 1e6;
    return watts;
  }

  #counted(i: number, count: number | null): number {
    const before = this.#counts[i] ?? null;
    if (count === null || before === null) return 0;
    const microjoules = count >= before ? count - before : count + this.#rails.counters[i]!.wrapsAt - before;
    return microjoules / 1e6;
  }
}
