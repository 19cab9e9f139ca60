import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../kernel-files.js';
import { GrowingCount } from './counted.js';
import { readWear } from './disk-wear.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader, ReadAt } from './machine-reader.js';

/** Whatever a disk's own sectors are, the kernel counts in these. */
const SECTOR_BYTES = 512;
/** Disks that are no storage of the device: drives for discs and floppies, an eMMC's boot and replay-protected parts. */
const NO_STORAGE = /^(sr|fd)\d|^mmcblk\d+(boot|rpmb|gp)/;
/** Disks by their name, where sysfs does not tell which are real. */
const DISK_NAME = /^([shv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;
/** ms between two readings of what wears out over years. */
const WEAR_EVERY_MS = 3_600_000;

/** What a disk did, from /proc/diskstats. */
export interface DiskActivity {
  /** Bytes since the first reading. */
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
  /** Share of the time since the reading before in which it had something to do, in percent; null before the second. */
  readonly busyPercent: number | null;
}

/** The disks that are there themselves: no partitions, and nothing that lies on another disk or in memory. */
export class DiskReader implements MachineReader {
  readonly name = 'disks';
  /** By name of the disk: `mmcblk0`. */
  readonly activity = new Map<string, DiskActivity>();
  /** Percent of its life that a medium says is used; those that tell nothing are not in it. */
  wear: ReadonlyMap<string, number> = new Map();
  readonly #root: string;
  readonly #file: HeldFile;
  readonly #cursor = new TextCursor();
  readonly #counts = new Map<string, DiskCounts>();
  #isDisk: (name: string) => boolean = () => false;
  #wearReadAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    this.#root = root;
    this.#file = new HeldFile(join(root, 'proc/diskstats'));
  }

  look(): void {
    this.#isOpen = true;
    this.#file.look();
    const folder = join(this.#root, 'sys/block');
    const names = namesIn(folder);
    const real = new Set(names.filter((name) => existsSync(join(folder, name, 'device'))));
    // a container may hide sysfs, and so may the device of each
    this.#isDisk = real.size === 0 ? (name) => DISK_NAME.test(name) : (name) => real.has(name);
  }

  read({ now }: ReadAt): void {
    const cursor = this.#cursor.over(this.#file.read() ?? '');
    const seen = new Set<string>();
    do {
      const name = cursor.skip(2).word();
      if (name === '' || NO_STORAGE.test(name) || !this.#isDisk(name)) continue;
      seen.add(name);
      const counts = this.#counts.get(name) ?? new DiskCounts();
      this.#counts.set(name, counts);
      this.activity.set(name, counts.read(cursor, now));
    } while (cursor.nextLine());
    for (const name of this.activity.keys()) {
      if (seen.has(name)) continue;
      this.activity.delete(name);
      this.#counts.delete(name);
    }
    if (now - this.#wearReadAt < WEAR_EVERY_MS) return;
    this.#wearReadAt = now;
    // some media take their time; nobody waits for it
    void readWear(this.#root, [...seen]).then((wear) => {
      if (this.#isOpen) this.wear = wear;
    });
  }

  close(): void {
    this.#isOpen = false;
    this.#file.close();
    this.activity.clear();
    this.#counts.clear();
    this.wear = new Map();
    this.#wearReadAt = Number.NEGATIVE_INFINITY;
  }
}

class DiskCounts {
  readonly #read = new GrowingCount();
  readonly #written = new GrowingCount();
  readonly #busyMs = new GrowingCount();
  #at = 0;

  /** @param cursor after the name: reads, merged, sectors, ms, writes, merged, sectors, ms, in flight, ms busy */
  read(cursor: TextCursor, now: number): DiskActivity {
    const sectorsRead = cursor.skip(2).number();
    const sectorsWritten = cursor.skip(3).number();
    const busyMs = this.#busyMs.read(cursor.skip(2).number());
    this.#read.read(sectorsRead);
    this.#written.read(sectorsWritten);
    const ms = now - this.#at;
    this.#at = now;
    return {
      readBytes: bytes(this.#read.total),
      writtenBytes: bytes(this.#written.total),
      busyPercent: busyMs === null || ms <= 0 ? null : Math.min(100, (100 * busyMs) / ms),
    };
  }
}

const bytes = (sectors: number | null): number | null => (sectors === null ? null : sectors * SECTOR_BYTES);
