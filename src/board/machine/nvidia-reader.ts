import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Retries } from '../../foundation/backoff.js';
import type { MachineReader, ReadAt } from './machine-reader.js';
import { NvidiaColumns, type NvidiaReadings, refusedColumn } from './nvidia-lines.js';
import type { Quantity, SensorReading, SensorReadings } from './sensors/sensor.js';

/** s between two lines of a GPU. */
const EVERY_S = 2;
/** ms after which a line says nothing of now. */
const STALE_MS = 7000;
/** ms without a line after which it hangs; the first may wait for a driver that wakes a card. */
const HANGS_MS = 15_000;
const BACKOFF = { initialMs: 2000, maxMs: 300_000 };
/** ms after its end for which its last lines are waited for. */
const LAST_WORDS_MS = 500;
/** Letters of a line; more are none of its lines. */
const LONGEST_LINE = 2000;
/** GPUs of one machine. */
const MOST_GPUS = 64;

/** Files that are there where NVIDIA's driver is, also in a container that was given its cards. */
const DRIVER = ['proc/driver/nvidia/version', 'dev/nvidiactl'];

export interface NvidiaReaderOptions {
  /** The program and what comes before the query; null: none is started. */
  readonly command: readonly string[] | null;
  readonly hangsMs?: number;
  readonly retries?: Retries;
}

/**
 * GPUs of NVIDIA's, whose driver has no files for what they do: one `nvidia-smi` that tells line by line for as long as the
 * program runs. One that ends or says nothing is started again, after ever longer pauses; lines that make no sense are dropped.
 */
export class NvidiaReader implements MachineReader, SensorReadings {
  readonly name = 'nvidia-smi';
  /** What it last said that was none of its lines, or how it ended; null while all is well. */
  problem: string | null = null;
  readonly #root: string;
  readonly #command: readonly string[] | null;
  readonly #hangsMs: number;
  readonly #retries: Retries;
  readonly #columns = new NvidiaColumns();
  /** By name of the GPU. */
  readonly #told = new Map<string, NvidiaReadings & { readonly at: number }>();
  #isThere = false;
  #child: ChildProcess | null = null;
  /** Those that were to end, and are still there. */
  readonly #killed = new Set<ChildProcess>();
  #startedAt = 0;
  #lastLineAt: number | null = null;
  #startAgainAt = Number.NEGATIVE_INFINITY;
  #refused: string | null = null;
  #now = 0;

  /** @param root `/`; for other trees nothing is started unless told to */
  constructor(root: string, options: NvidiaReaderOptions = { command: root === '/' ? ['nvidia-smi'] : null }) {
    this.#root = root;
    this.#command = options.command;
    this.#hangsMs = options.hangsMs ?? HANGS_MS;
    this.#retries = options.retries ?? new Retries(BACKOFF);
  }

  /** Whether its first line is still to come. */
  get isAsking(): boolean {
    return this.#child !== null && this.#told.size === 0;
  }

  *of(quantity: Quantity): Iterable<SensorReading> {
    for (const { readings } of this.#told.values()) {
      for (const reading of readings) if (reading.quantity === quantity) yield reading;
    }
  }

  look(): void {
    this.#isThere = this.#command !== null && DRIVER.some((file) => existsSync(join(this.#root, file)));
  }

  read({ now }: ReadAt): void {
    this.#now = now;
    if (this.#child === null) {
      // one that a broken card holds in the kernel cannot be ended, and must not be joined by others
      if (this.#isThere && now >= this.#startAgainAt && this.#killed.size === 0) this.#start();
    } else if (now - (this.#lastLineAt ?? this.#startedAt) > this.#hangsMs) {
      this.problem = `nvidia-smi said nothing for ${Math.round(this.#hangsMs / 1000)} s`;
      this.#end();
    }
    this.#forgetStale();
  }

  close(): void {
    this.#isThere = false;
    this.#end();
    this.#told.clear();
    this.#startAgainAt = Number.NEGATIVE_INFINITY;
  }

  #start(): void {
    const [program, ...args] = this.#command!;
    const query = [
      `--query-gpu=${this.#columns.names.join(',')}`,
      '--format=csv,noheader,nounits',
      `--loop=${EVERY_S}`,
    ];
    const child = spawn(program!, [...args, ...query], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#startedAt = this.#now;
    this.#lastLineAt = null;
    this.#refused = null;
    // it does not keep the program running
    child.unref();
    for (const stream of [child.stdout, child.stderr]) {
      (stream as unknown as { unref?: () => void }).unref?.();
      onLines(stream, (line) => {
        if (this.#child === child) this.#take(line);
      });
    }
    child.once('error', (error) => this.#ended(child, `nvidia-smi cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      this.#killed.delete(child);
      const how = `nvidia-smi ended with ${signal ?? `exit code ${code}`}`;
      child.once('close', () => this.#ended(child, how));
      // its output stays open while something lives that it started
      setTimeout(() => this.#ended(child, how), LAST_WORDS_MS).unref();
    });
  }

  #take(line: string): void {
    const told = this.#columns.parse(line);
    if (told === null) {
      this.#refused ??= refusedColumn(line);
      this.problem = `nvidia-smi said: ${line.slice(0, 200)}`;
      return;
    }
    this.#lastLineAt = this.#now;
    this.problem = null;
    if (this.#told.has(told.gpu) || this.#told.size < MOST_GPUS) this.#told.set(told.gpu, { ...told, at: this.#now });
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    const isWiser = this.#refused !== null && this.#columns.refuse(this.#refused);
    if (!isWiser) this.problem ??= how;
    this.#leave(isWiser);
  }

  /** Ends one that runs; where it can only be killed later, nobody waits for it. */
  #end(): void {
    const child = this.#child;
    if (child === null) return;
    this.#leave(false);
    child.stdout?.destroy();
    child.stderr?.destroy();
    this.#killed.add(child);
    child.kill('SIGKILL');
  }

  #leave(isWiser: boolean): void {
    this.#child = null;
    const heldMs = this.#lastLineAt === null ? null : this.#lastLineAt - this.#startedAt;
    this.#startAgainAt = isWiser ? this.#now : this.#now + this.#retries.next(heldMs);
  }

  /** What was told some time ago is no reading of now; the names stay, for the GPU may come back. */
  #forgetStale(): void {
    for (const [gpu, { readings, at }] of this.#told) {
      if (this.#now - at <= STALE_MS) continue;
      const missing = readings.map((reading): SensorReading => ({ ...reading, value: null, missing: 'late' }));
      this.#told.set(gpu, { gpu, readings: missing, at: Number.POSITIVE_INFINITY });
    }
  }
}

/** Whole lines of a stream; one that is too long, or has no end, is dropped. */
function onLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  let isTooLong = false;
  stream.setEncoding('latin1');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (!isTooLong && line.length <= LONGEST_LINE && line.trim() !== '') take(line.trim());
      isTooLong = false;
    }
    if (rest.length > LONGEST_LINE) {
      isTooLong = true;
      rest = '';
    }
  });
  // what it says no more is seen by its end
  stream.on('error', () => undefined);
}
