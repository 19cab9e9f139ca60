import type { Clock } from '../../foundation/clock.js';
import { AllSensors } from './all-sensors.js';
import type { AskProgram } from './ask-program.js';
import { type ClockJump, ClockReader } from './clock-reader.js';
import { ClockSyncReader } from './clock-sync-reader.js';
import { DiskReader } from './disk-reader.js';
import { DiskSpaceReader, type WatchedPlaces } from './disk-space-reader.js';
import { FirmwareReader } from './firmware-reader.js';
import { throttlePoint, warmestOf } from './heat.js';
import type { MachineReader, ReadAt } from './machine-reader.js';
import { MemoryReader } from './memory-reader.js';
import { NetworkReader } from './network-reader.js';
import { NvidiaReader, type NvidiaReaderOptions } from './nvidia-reader.js';
import { PowerModeReader } from './power-mode-reader.js';
import { PowerWatch } from './power-watch.js';
import { PressureReader } from './pressure-reader.js';
import { ProcessorReader } from './processor-reader.js';
import { QuotaReader } from './quota-reader.js';
import { SensorReader } from './sensor-reader.js';
import { findAccelerators } from './sensors/accelerators.js';
import { findClocks } from './sensors/clocks.js';
import { findFans } from './sensors/fans.js';
import { findPower, findSupplyAlarms } from './sensors/power.js';
import type { FindSensors, SensorReadings } from './sensors/sensor.js';
import { findTemperatures } from './sensors/temperatures.js';
import { findThrottlePoints } from './sensors/throttle-points.js';
import { findThrottles } from './sensors/throttles.js';
import { ThrottleWatch } from './throttling.js';

/** ms that a timer may come early by. */
const EARLY_MS = 50;
/** ms after which a reader looks again what there is. */
const LOOK_AGAIN_MS = 60_000;
const TURN_MS = 5000;

/** What is looked for on every machine. */
const SENSORS: readonly FindSensors[] = [
  findTemperatures,
  findThrottlePoints,
  findClocks,
  findAccelerators,
  findPower,
  findFans,
  findThrottles,
  findSupplyAlarms,
];

/** What goes wrong here, which is never the machine's doing: readers throw nothing. */
export type OnReaderFailure = (reader: string, error: unknown) => void;

export interface MachineOptions {
  /** `/`; tests give trees. */
  readonly root: string;
  readonly clock: Clock;
  /** ms between two readings, at least 1000. */
  readonly intervalMs: number;
  /** Where space on disks is watched, by the name that it has in metrics. */
  readonly places: WatchedPlaces;
  readonly onFailure: OnReaderFailure;
  readonly onClockJump: (jump: ClockJump) => void;
  /** What a board has besides. */
  readonly moreSensors?: readonly FindSensors[];
  /** How a Raspberry Pi's firmware is asked; where it is not given, programs are started for the root `/` alone. */
  readonly askFirmware?: AskProgram;
  /** The same for NVIDIA's cards. */
  readonly nvidia?: NvidiaReaderOptions;
}

/**
 * The machine that the program runs on: readers side by side, each read at most once a second. One that takes its time or
 * fails keeps no other from being read.
 */
export class Machine {
  readonly processor: ProcessorReader;
  readonly pressure: PressureReader;
  readonly quota: QuotaReader;
  readonly memory: MemoryReader;
  readonly disks: DiskReader;
  readonly diskSpace: DiskSpaceReader;
  readonly network: NetworkReader;
  readonly sensors: SensorReadings;
  /** NVIDIA's cards; their readings are among `sensors`. */
  readonly nvidia: NvidiaReader;
  readonly powerMode: PowerModeReader;
  readonly clock: ClockReader;
  readonly clockSync: ClockSyncReader;
  readonly throttling = new ThrottleWatch();
  readonly power = new PowerWatch();
  readonly #firmware: FirmwareReader;
  readonly #readers: readonly MachineReader[];
  readonly #now: Clock;
  readonly #leastMs: number;
  readonly #onFailure: OnReaderFailure;
  /** Readers that are at it. */
  readonly #busy = new Set<MachineReader>();
  readonly #lookedAt = new Map<MachineReader, number>();
  #readAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  /** Opens nothing before the first reading. */
  constructor(options: MachineOptions) {
    const { root, clock, intervalMs, places, onFailure, onClockJump, moreSensors = [] } = options;
    this.processor = new ProcessorReader(root);
    this.pressure = new PressureReader(root);
    this.quota = new QuotaReader(root);
    this.memory = new MemoryReader(root);
    this.disks = new DiskReader(root);
    this.diskSpace = new DiskSpaceReader(places);
    this.network = new NetworkReader(root);
    const files = new SensorReader(root, [...SENSORS, ...moreSensors]);
    this.#firmware = new FirmwareReader(root, options.askFirmware);
    this.nvidia = new NvidiaReader(root, options.nvidia);
    this.sensors = new AllSensors([files, this.#firmware, this.nvidia]);
    this.powerMode = new PowerModeReader(root);
    this.clock = new ClockReader(root, clock, onClockJump);
    this.clockSync = new ClockSyncReader(root);
    this.#readers = [
      this.clock,
      this.processor,
      this.pressure,
      this.quota,
      this.memory,
      this.disks,
      this.diskSpace,
      this.network,
      files,
      this.#firmware,
      this.nvidia,
      this.powerMode,
      this.clockSync,
    ];
    this.#now = clock;
    this.#leastMs = intervalMs - EARLY_MS;
    this.#onFailure = onFailure;
  }

  /** °C of the warmest part; null where nothing tells. */
  get temperature(): number | null {
    return warmestOf(this.sensors);
  }

  /**
   * °C that `temperature` would have when the first part is slowed down by heat, if all became warmer alike: the point of the
   * warmest part, or less where another is nearer to its own; null where nothing tells.
   */
  get throttleAt(): number | null {
    return throttlePoint(this.sensors);
  }

  /** W of the whole board, or of as much of it as can be measured; null where nothing tells. */
  get watts(): number | null {
    return this.power.watts;
  }

  /** Whether a program is still asked whose first answer has not come yet. */
  get isAsking(): boolean {
    return this.#firmware.isAsking || this.nvidia.isAsking;
  }

  /**
   * Reads everything, where the last time is long enough ago.
   *
   * @returns once all have been read that did not take longer than until the next time
   */
  async read(): Promise<void> {
    const at = { now: this.#now.now(), unixNow: this.#now.unixNow() };
    if (at.now - this.#readAt < this.#leastMs) return;
    this.#readAt = at.now;
    this.#isOpen = true;
    await Promise.all(this.#readers.map((reader) => this.#readOne(reader, at)));
    this.power.see(this.sensors);
    this.throttling.see(this.sensors, this.quota, at.now);
  }

  close(): void {
    this.#isOpen = false;
    for (const reader of this.#readers) reader.close();
    this.#readAt = Number.NEGATIVE_INFINITY;
    this.#lookedAt.clear();
  }

  async #readOne(reader: MachineReader, at: ReadAt): Promise<void> {
    if (this.#busy.has(reader)) return;
    this.#busy.add(reader);
    try {
      if (this.#isToLook(reader, at.now)) await reader.look();
      if (this.#isOpen) await reader.read(at);
    } catch (error) {
      this.#onFailure(reader.name, error);
    } finally {
      this.#busy.delete(reader);
    }
  }

  /** Those that look again do so in turn, and not all at the same moment. */
  #isToLook(reader: MachineReader, now: number): boolean {
    const lookedAt = this.#lookedAt.get(reader);
    if (lookedAt !== undefined && now - lookedAt < LOOK_AGAIN_MS) return false;
    const inTurn = lookedAt === undefined ? this.#readers.indexOf(reader) * TURN_MS : 0;
    this.#lookedAt.set(reader, now + inTurn);
    return true;
  }
}
