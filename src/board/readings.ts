import { join } from 'node:path';
import { numberIn, textIn } from './kernel-files.js';
import { energySince } from './machine/sensors/power.js';
import { findRails, type Rail, type RailFiles, railsOfBoard } from './machine/sensors/rails.js';
import { plausible } from './machine/sensors/sensor.js';
import { findTemperatures } from './machine/sensors/temperatures.js';

/*
 * What the kernel tells of heat and power, from sysfs. Every reader takes the root folder (`/`; tests give recorded
 * trees) and answers null where there is nothing to read.
 */

/** The warmest part, °C, of those that tell what can be true. */
export function readTemperature(root: string): number | null {
  const degrees = findTemperatures(root).flatMap(
    ({ file, parse }) => plausible('temperature', parse(textIn(file), 0) ?? null) ?? [],
  );
  return degrees.length === 0 ? null : Math.max(...degrees);
}

/** Resident memory of a process in bytes. */
export function readResidentBytes(root: string, pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(textIn(join(root, 'proc', String(pid), 'status')))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Rails that tell what the whole board draws, or as much of it as this user may read; null: none. */
export function findPowerRails(root: string): readonly Rail[] | null {
  const rails = railsOfBoard(findRails(root).filter(isReadable));
  return rails.length === 0 ? null : rails;
}

function isReadable({ files }: Rail): boolean {
  const needed = files.kind === 'pair' ? [files.volts, files.amperes] : [files.file];
  return needed.every((file) => numberIn(file) !== null);
}

/** Adds up the energy of a stretch of time: call `sample` at its beginning, now and then, and at its end. */
export class EnergyMeter {
  readonly #rails: readonly Rail[];
  readonly #now: () => number;
  #joules = 0;
  #at: number | null = null;
  #watts = 0;
  #counts: readonly (number | null)[] = [];

  /** @param now milliseconds */
  constructor(rails: readonly Rail[], now: () => number) {
    this.#rails = rails;
    this.#now = now;
  }

  /** Since the first sample. */
  get joules(): number {
    return this.#joules;
  }

  sample(): void {
    const at = this.#now();
    const watts = this.#rails.reduce((sum, { files }) => sum + wattsNow(files), 0);
    const counts = this.#rails.map(({ files }) => (files.kind === 'energy' ? numberIn(files.file) : null));
    if (this.#at !== null) {
      this.#joules += (((watts + this.#watts) / 2) * (at - this.#at)) / 1000;
      for (const [i, { files }] of this.#rails.entries()) {
        if (files.kind === 'energy') this.#joules += joulesBetween(this.#counts[i]!, counts[i]!, files.wrapsAt);
      }
    }
    this.#at = at;
    this.#watts = watts;
    this.#counts = counts;
  }
}

/** Of a rail that tells its power, or what it is the product of; 0 for one that counts energy. */
function wattsNow(files: RailFiles): number {
  switch (files.kind) {
    case 'pair':
      return ((numberIn(files.volts) ?? 0) * (numberIn(files.amperes) ?? 0)) / 1e6;
    case 'power':
      return (numberIn(files.file) ?? 0) * files.watts;
    case 'energy':
      return 0;
  }
}

function joulesBetween(before: number | null, now: number | null, wrapsAt: number): number {
  return before === null || now === null ? 0 : energySince(before, now, wrapsAt) / 1e6;
}
