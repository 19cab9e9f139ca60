import type { ClockJump } from '../../board/machine/clock-reader.js';
import { Machine } from '../../board/machine/machine.js';
import { identityRow, machineMetrics } from '../../board/machine/metrics.js';
import { type MachineIdentity, readIdentity } from '../../board/machine/system-information.js';
import { THROTTLE_CAUSES } from '../../board/machine/throttling.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Metrics, Sampled } from '../../telemetry/metrics/metrics.js';
import type { MachineStatus } from '../status.js';

/** ms after the start at which it is asked what the machine is: other programs are started for it, and there is no hurry. */
const IDENTITY_MS = 10_000;

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
  #identity: MachineIdentity | null = null;
  #timer: NodeJS.Timeout | null = null;

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
    this.metrics = [...machineMetrics(this.machine), identityRow(() => this.#identity)];
    metrics.follow(this);
  }

  start(): void {
    this.#running = true;
    this.#timer = setTimeout(() => void readIdentity().then((identity) => (this.#identity = identity)), IDENTITY_MS);
    this.#timer.unref();
  }

  /** Nobody waits for what takes its time: it is there the next time. */
  sample(): void {
    if (this.#running) void this.machine.read();
  }

  /** What the machine is; null until it was asked. */
  get identity(): MachineIdentity | null {
    return this.#identity;
  }

  /** What people look at first. */
  status(): MachineStatus {
    const { processor, memory, diskSpace, temperature, throttling, clockSync } = this.machine;
    const binds = memory.memory;
    return {
      cpuPercent: processor.total?.busy ?? null,
      memoryPercent: binds === null ? null : 100 * (1 - binds.available / binds.total),
      memoryBytes: binds?.total ?? null,
      temperature,
      diskFreeBytes: diskSpace.space.get('store')?.freeBytes ?? null,
      throttledBy: THROTTLE_CAUSES.filter((cause) => throttling.now[cause]),
      isClockSynchronised: clockSync.sync.isSynchronised,
    };
  }

  stop(): void {
    this.#running = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
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
