import type { TuneConfig } from '../config/config.js';

/** What the answers are worth to the user, next to what they cost. */
export type TuneMode = TuneConfig['mode'];

/** What the tuning keeps inside; null: no bound of that kind. */
export interface Budgets {
  readonly mode: TuneMode;
  /** 95th percentile from capture to result, ms. */
  readonly latencyMs: number;
  /** °C that no forecast may pass; null: some degrees under the point where the board holds itself back, where it is known. */
  readonly maxTemperature: number | null;
  /** W of the whole board. */
  readonly maxWatts: number | null;
  /** Bytes of all of this program's processes. */
  readonly maxMemoryBytes: number | null;
  /** Bytes of the accelerator's memory. */
  readonly maxAcceleratorBytes: number | null;
  readonly maxUplinkBytesPerDay: number | null;
  /** Share of the cores that this program may keep busy, 0..1: what others take shows in how late answers are. */
  readonly maxCpuBusy: number;
  /** Changes that need other workers, per hour at most. */
  readonly maxSwitchesPerHour: number;
}
