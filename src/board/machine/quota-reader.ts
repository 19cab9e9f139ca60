import { join } from 'node:path';
import { quotaGroups } from '../cpu-quota.js';
import { GrowingCount } from './counted.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

/** How much processor time the program's control groups allow, and how often they stop it for having used it up. */
export class QuotaReader implements MachineReader {
  readonly name = 'quota';
  /** Cores' worth of time; null where nothing limits it. */
  cores: number | null = null;
  /** Share in percent of the periods since the reading before in which it was stopped, of the group that was stopped most. */
  stoppedPercent: number | null = null;
  /** ms that it was stopped since the first reading, of the group that was stopped longest. */
  stoppedMs: number | null = null;
  readonly #root: string;
  readonly #groups = new Map<string, GroupStat>();

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    this.#root = root;
  }

  look(): void {
    const limits = quotaGroups(this.#root);
    this.cores = limits.length === 0 ? null : Math.min(...limits.map(({ cores }) => cores));
    for (const [folder, group] of this.#groups) {
      if (limits.some((limit) => limit.folder === folder)) continue;
      group.file.close();
      this.#groups.delete(folder);
    }
    for (const { folder } of limits) {
      const group = this.#groups.get(folder) ?? new GroupStat(folder);
      this.#groups.set(folder, group);
      group.file.look();
    }
  }

  read(): void {
    this.stoppedPercent = null;
    this.stoppedMs = null;
    for (const group of this.#groups.values()) {
      const percent = group.read();
      if (percent !== null) this.stoppedPercent = Math.max(this.stoppedPercent ?? 0, percent);
      const ms = group.stopped.total;
      if (ms !== null) this.stoppedMs = Math.max(this.stoppedMs ?? 0, ms);
    }
  }

  close(): void {
    for (const group of this.#groups.values()) group.file.close();
    this.#groups.clear();
    this.cores = null;
    this.read();
  }
}

/** `cpu.stat` of a group. */
class GroupStat {
  readonly file: HeldFile;
  /** ms */
  readonly stopped = new GrowingCount();
  readonly #periods = new GrowingCount();
  readonly #stoppedPeriods = new GrowingCount();
  readonly #cursor = new TextCursor();

  constructor(folder: string) {
    this.file = new HeldFile(join(folder, 'cpu.stat'));
  }

  /** @returns the share in percent of the periods since the reading before in which it was stopped */
  read(): number | null {
    const text = this.file.read() ?? '';
    const periods = this.#periods.read(this.#value(text, 'nr_periods '));
    const stopped = this.#stoppedPeriods.read(this.#value(text, 'nr_throttled '));
    // µs in version 2, ns in version 1
    const micros = this.#value(text, 'throttled_usec ');
    const nanos = this.#value(text, 'throttled_time ');
    this.stopped.read(micros !== null ? micros / 1e3 : nanos !== null ? nanos / 1e6 : null);
    if (periods === null || stopped === null) return null;
    // a group without anything to do has no periods
    return periods === 0 ? 0 : Math.min(100, (100 * stopped) / periods);
  }

  #value(text: string, name: string): number | null {
    const cursor = this.#cursor.over(text);
    return cursor.toLine(name) ? cursor.number() : null;
  }
}
