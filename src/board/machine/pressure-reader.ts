import { join } from 'node:path';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

export const RESOURCES = ['cpu', 'memory', 'io'] as const;
export type Resource = (typeof RESOURCES)[number];

/** Share of the last 10 s, in percent, in which tasks waited for a resource; null where the kernel does not tell. */
export interface Pressure {
  /** At least one waited. */
  readonly some: number | null;
  /** All of them did: nothing was done meanwhile. */
  readonly full: number | null;
}

const UNKNOWN: Pressure = { some: null, full: null };

/** How much tasks wait for processor, memory and disks, from /proc/pressure (PSI), which some kernels are built without. */
export class PressureReader implements MachineReader {
  readonly name = 'pressure';
  readonly pressure: Record<Resource, Pressure> = { cpu: UNKNOWN, memory: UNKNOWN, io: UNKNOWN };
  readonly #files: Readonly<Record<Resource, HeldFile>>;
  readonly #cursor = new TextCursor();

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    const file = (resource: Resource) => new HeldFile(join(root, 'proc/pressure', resource));
    this.#files = { cpu: file('cpu'), memory: file('memory'), io: file('io') };
  }

  look(): void {
    for (const resource of RESOURCES) this.#files[resource].look();
  }

  read(): void {
    for (const resource of RESOURCES) {
      const text = this.#files[resource].read();
      this.pressure[resource] =
        text === null ? UNKNOWN : { some: this.#share(text, 'some '), full: this.#share(text, 'full ') };
    }
  }

  close(): void {
    for (const resource of RESOURCES) this.#files[resource].close();
    this.read();
  }

  /** `some avg10=0.12 avg60=0.00 avg300=0.00 total=12345` */
  #share(text: string, line: string): number | null {
    const cursor = this.#cursor.over(text);
    if (!cursor.toLine(line) || cursor.word('=') !== 'avg10') return null;
    return cursor.number();
  }
}
