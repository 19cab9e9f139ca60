import type { ClockJump } from '../board/machine/clock-reader.js';
import { Machine } from '../board/machine/machine.js';
import { machineMetrics } from '../board/machine/metrics.js';
import type { Config } from '../config/config.js';
import { systemClock } from '../foundation/clock.js';
import { explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Metrics, Sampled } from '../telemetry/metrics/metrics.js';

/** Watches the machine that the program runs on: what it reads are metrics, and what other parts ask it. */
export class DeviceMachine implements Part, Sampled {
  readonly name = 'machine';
  readonly essential = false;
  readonly metrics;
  readonly settings = [{ path: 'monitor', requiresRestart: true }];
  readonly machine: Machine;
  readonly #failed = new Set<string>();
  readonly #log: Log;
  #running = false;

  /** @param metrics has it look once a second */
  constructor(
    { monitor, store }: Pick<Config, 'monitor' | 'store'>,
    { metrics, log }: { readonly metrics: Metrics; readonly log: Log },
  ) {
    this.#log = log;
    this.machine = new Machine({
      root: '/',
      clock: systemClock,
      intervalMs: monitor.intervalS * 1000,
      places: { store: store.dir, root: '/' },
      onFailure: (reader, error) => this.#tellOnce(reader, error),
      onClockJump: (jump) => this.#tellJump(jump),
    });
    this.metrics = machineMetrics(this.machine);
    metrics.follow(this);
  }

  start(): void {
    this.#running = true;
  }

  async sample(): Promise<void> {
    if (this.#running) await this.machine.read();
  }

  stop(): void {
    this.#running = false;
    this.machine.close();
  }

  #tellJump({ seconds }: ClockJump): void {
    const direction = seconds > 0 ? 'forward' : 'back';
    this.#log.warn({ seconds }, `the clock was set ${direction} by ${Math.abs(seconds).toFixed(1)} s`);
  }

  /** It would be told each second. */
  #tellOnce(reader: string, error: unknown): void {
    if (this.#failed.has(reader)) return;
    this.#failed.add(reader);
    this.#log.error({ reader }, `the machine's ${reader} cannot be read: ${explain(error)}`);
  }
}
