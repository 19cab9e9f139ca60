import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AskProgram, askWithin } from './ask-program.js';
import type { MachineReader, ReadAt } from './machine-reader.js';

/** ms between two questions, which cost a process each. */
const EVERY_MS = 600_000;
/** The same while it is not known to be right. */
const UNSURE_EVERY_MS = 60_000;
/** ms that an answer may take. */
const DEADLINE_MS = 5000;

/** Whether the clock follows a better one, and how far it is from it. */
export interface ClockSync {
  /** Null where nothing tells. */
  readonly isSynchronised: boolean | null;
  /** ms by which the clock is ahead of the better one; below 0: behind. */
  readonly offsetMs: number | null;
}

const UNKNOWN: ClockSync = { isSynchronised: null, offsetMs: null };
/** Left by chronyd while it runs. */
const CHRONY = ['run/chrony/chronyd.pid', 'run/chrony/chronyd.sock', 'run/chronyd.pid', 'var/run/chronyd.pid'];
const MS_PER: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1000, min: 60_000 };

/** What the daemon that keeps the clock right says of it: chrony, systemd-timesyncd, or whichever told the kernel. */
export class ClockSyncReader implements MachineReader {
  readonly name = 'clock synchronisation';
  sync: ClockSync = UNKNOWN;
  readonly #root: string;
  readonly #ask: AskProgram;
  #dueAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** @param root `/`; tests give trees */
  constructor(root: string, ask: AskProgram = askWithin(DEADLINE_MS)) {
    this.#root = root;
    this.#ask = ask;
  }

  look(): void {
    this.#isClosed = false;
  }

  async read({ now }: ReadAt): Promise<void> {
    if (now < this.#dueAt) return;
    // set before the answer comes: it is asked once
    this.#dueAt = now + UNSURE_EVERY_MS;
    const sync = await this.#askDaemon();
    if (this.#isClosed) return;
    this.sync = sync;
    if (sync.isSynchronised === true) this.#dueAt = now + EVERY_MS;
  }

  close(): void {
    this.#isClosed = true;
    this.sync = UNKNOWN;
    this.#dueAt = Number.NEGATIVE_INFINITY;
  }

  async #askDaemon(): Promise<ClockSync> {
    if (CHRONY.some((file) => this.#has(file))) return chronySync(await this.#ask('chronyc', ['-n', 'tracking']));
    if (this.#has('run/systemd/timesync')) {
      // the file is touched with each answer of a server
      const isSynchronised = this.#has('run/systemd/timesync/synchronized');
      const status = isSynchronised ? await this.#ask('timedatectl', ['timesync-status']) : null;
      return { isSynchronised, offsetMs: timesyncOffset(status ?? '') };
    }
    if (!this.#has('run/systemd/system')) return UNKNOWN;
    const answer = await this.#ask('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
    const word = answer?.trim();
    return { isSynchronised: word === 'yes' ? true : word === 'no' ? false : null, offsetMs: null };
  }

  #has(file: string): boolean {
    return existsSync(join(this.#root, file));
  }
}

/** `System time : 0.000012 seconds slow of NTP time`, and `Leap status : Not synchronised` where there is none to follow. */
function chronySync(answer: string | null): ClockSync {
  const leap = /^Leap status\s*:\s*(.+)$/m.exec(answer ?? '')?.[1]?.trim();
  if (leap === undefined) return UNKNOWN;
  if (leap === 'Not synchronised') return { isSynchronised: false, offsetMs: null };
  const [, seconds, side] = /^System time\s*:\s*([\d.]+) seconds (slow|fast)/m.exec(answer!) ?? [];
  if (seconds === undefined) return { isSynchronised: true, offsetMs: null };
  return { isSynchronised: true, offsetMs: Number(seconds) * (side === 'fast' ? 1000 : -1000) };
}

/** `Offset: +1min 2.5s`, `Offset: -740us`: what the clock must go on by, so it is behind by that. */
function timesyncOffset(status: string): number | null {
  const [, sign, text] = /^\s*Offset:\s*([+-]?)(.+)$/m.exec(status) ?? [];
  if (text === undefined) return null;
  const parts = [...text.matchAll(/([\d.]+)\s*(us|µs|ms|s|min)\b/g)];
  if (parts.length === 0) return null;
  const ms = parts.reduce((sum, [, value, unit]) => sum + Number(value) * MS_PER[unit!]!, 0);
  return sign === '-' ? ms : 0 - ms;
}
