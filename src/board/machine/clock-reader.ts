import { join } from 'node:path';
import type { Clock } from '../../foundation/clock.js';
import { HeldFile } from './held-file.js';
import { TextCursor } from './kernel-text.js';
import type { MachineReader } from './machine-reader.js';

/** ms that the clock must leap by, for it to count: daemons that correct a clock slowly move it by less in a second. */
const LEAST_JUMP_MS = 500;
/** ms between looking at the one clock and at the other beyond which they are not compared: the program was stopped there. */
const MOST_APART_MS = 50;

/** Jumps that are remembered: a clock that leaps all the time needs no more. */
const MOST_JUMPS = 16;

/** The wall clock was set while the program ran. */
export interface ClockJump {
  /** Unix ms by the clock as it was set. */
  readonly at: number;
  /** How far it went, forward; below 0: back. */
  readonly seconds: number;
  /** ms of the clock that only goes forward. */
  readonly seenAt: number;
}

/** Both clocks at one moment, in ms. */
interface ComparedClocks {
  readonly steady: number;
  readonly unix: number;
  /** Whether the steady one is the machine's uptime, or the program's own clock. */
  readonly isUptime: boolean;
}

/** Since when the machine runs, and whether somebody set its clock meanwhile. */
export class ClockReader implements MachineReader {
  readonly name = 'clock';
  /** s since the machine started, the time in which it slept included. */
  uptimeS: number | null = null;
  /** Unix ms, by what the clock says now. */
  bootTime: number | null = null;
  /** Since the program began to watch. */
  jumps = 0;
  /** The latest ones, oldest first. */
  readonly recentJumps: ClockJump[] = [];
  readonly #clock: Clock;
  readonly #onJump: (jump: ClockJump) => void;
  readonly #file: HeldFile;
  readonly #cursor = new TextCursor();
  #before: ComparedClocks | null = null;

  /** @param root `/`; tests give trees */
  constructor(root: string, clock: Clock, onJump: (jump: ClockJump) => void) {
    this.#clock = clock;
    this.#onJump = onJump;
    this.#file = new HeldFile(join(root, 'proc/uptime'));
  }

  get lastJump(): ClockJump | null {
    return this.recentJumps.at(-1) ?? null;
  }

  /** s of the largest jump within the last so many ms, whichever way; 0 where there was none. */
  largestJump(withinMs: number): number {
    const since = this.#clock.now() - withinMs;
    const sizes = this.recentJumps.filter(({ seenAt }) => seenAt >= since).map(({ seconds }) => Math.abs(seconds));
    return Math.max(0, ...sizes);
  }

  look(): void {
    this.#file.look();
  }

  read(): void {
    const began = this.#clock.now();
    const unix = this.#clock.unixNow();
    this.uptimeS = this.#cursor.over(this.#file.read() ?? '').number();
    const ended = this.#clock.now();
    this.bootTime = this.uptimeS === null ? null : unix - this.uptimeS * 1000;
    if (ended - began > MOST_APART_MS) return;
    // it goes on while the machine sleeps, which `now` does not
    const steady = this.uptimeS === null ? ended : this.uptimeS * 1000;
    this.#compare({ steady, unix, isUptime: this.uptimeS !== null });
  }

  close(): void {
    this.#file.close();
    this.uptimeS = null;
    this.bootTime = null;
    this.#before = null;
  }

  #compare(now: ComparedClocks): void {
    const before = this.#before;
    this.#before = now;
    // one steady clock says nothing of the other
    if (before === null || before.isUptime !== now.isUptime || now.steady < before.steady) return;
    const ms = now.unix - before.unix - (now.steady - before.steady);
    if (Math.abs(ms) < LEAST_JUMP_MS) return;
    this.jumps++;
    const jump = { at: now.unix, seconds: ms / 1000, seenAt: this.#clock.now() };
    this.recentJumps.push(jump);
    if (this.recentJumps.length > MOST_JUMPS) this.recentJumps.shift();
    this.#onJump(jump);
  }
}
