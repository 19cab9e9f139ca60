import type { SourceState } from '../capture/source.js';
import type { ConnectionQuality } from '../frame/connection-quality.js';
import type { Origin } from '../frame/frame-result.js';
import type { Plausibility } from '../plausibility/states.js';
import type { WorkerStanding } from '../schedule/metrics.js';
import type { KnobSettings } from '../tune/knobs.js';
import type { OwnedAlert } from './alerts/camera-alerts.js';
import type { IdleProfilingStatus } from './tuning/idle-profiling-status.js';

/** What one camera is doing now. */
export interface CameraStatus {
  readonly id: string;
  /** Id of the tenant whose it is; absent where it is the device's own. */
  readonly tenant?: string;
  readonly source: string;
  readonly state: SourceState;
  /** That it is not answered, by command: since and until when (Unix ms; null: until it is taken back), and by which key; null where it is. */
  readonly paused: { readonly since: number; readonly until: number | null; readonly by: string } | null;
  readonly connectionQuality: ConnectionQuality;
  readonly lastError: string | null;
  /** Whether what it shows, and what the model says of it, can be true; null before anything was seen. */
  readonly plausibility: Plausibility | null;
  /** What was seen that cannot be true, in words; null where nothing was. */
  readonly implausible: string | null;
  /** frames/s over the last seconds; null before the first. */
  readonly capturedFps: number | null;
  readonly answeredFps: number | null;
  readonly captured: number;
  readonly inferred: number;
  /** Answers by where they came from. */
  readonly answered: Readonly<Record<Origin, number>>;
  /** F1 of the answers against inferring every frame, as the audit estimates it; null where it is not known. */
  readonly estimatedF1: number | null;
  /** Whether answers without inference pay on this camera; false: every frame is inferred until that is tried again; null where every one is to be. */
  readonly reusePays: boolean | null;
  /** Frames that got no answer, by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Vehicles in the latest answer, by class name; empty while the picture is frozen. */
  readonly vehicles: Readonly<Record<string, number>>;
  /** Vehicles that appeared so far: each counts once as long as it is followed. */
  readonly vehiclesSeen: number;
  /** Crossings of each configured line so far, by name of the direction. */
  readonly lines: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Vehicles in each configured zone now; empty while the picture is frozen. */
  readonly zones: Readonly<Record<string, number>>;
}

/** What one detector worker is doing now. */
export interface WorkerStatus {
  /** Name of its pool; `default` where the configuration names none. */
  readonly pool: string;
  readonly state: string;
  /** Whether it is given pictures. */
  readonly standing: WorkerStanding;
  /** Why it does not serve, or is given none. */
  readonly detail: string | null;
  /** What it has loaded; null while it serves not. */
  readonly variant: string | null;
  readonly provider: string | null;
  /** ms of a picture alone, as learnt; null before the first. */
  readonly pictureMs: number | null;
  /** A batch takes `batchStartMs + pictures × batchPictureMs`; null while one size only was seen. */
  readonly batchStartMs: number | null;
  readonly batchPictureMs: number | null;
  /** Numbers of pictures that it takes at once; empty while it serves not. */
  readonly batchSizes: readonly number[];
  readonly pictures: number;
  readonly batches: number;
}

/** How the machine does that it runs on; null: no reading. */
export interface MachineStatus {
  /** Of all cores together. */
  readonly cpuPercent: number | null;
  /** Of the memory that binds: the machine's, or its control group's. */
  readonly memoryPercent: number | null;
  readonly memoryBytes: number | null;
  /** °C of the warmest part. */
  readonly temperature: number | null;
  /** Where `store.dir` lies. */
  readonly diskFreeBytes: number | null;
  /** What holds it back now: heat, power, quota. */
  readonly throttledBy: readonly string[];
  readonly isClockSynchronised: boolean | null;
}

/** A change of the tuning: from where, where to and why, in words. */
interface MovedTo {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** How the device tunes itself. */
export interface TuningStatus {
  readonly enabled: boolean;
  /** Why nothing is decided though it is on; null where it is. */
  readonly waitsFor: string | null;
  readonly mode: string;
  /** What stays where the configuration puts it. */
  readonly pinned: readonly string[];
  /** Where the knobs stand; null before a model answers. */
  readonly knobs: KnobSettings | null;
  /** The last change: when it was decided (Unix ms), where to and why; null before the first. */
  readonly lastChange: (MovedTo & { readonly at: number }) | null;
  /** The change that is being tried; null where none is. */
  readonly trial: MovedTo | null;
  /** What the last decision expects where the knobs stand, or why it moves them, with the numbers; null before the first. */
  readonly decision: string | null;
}

/** What the whole runtime is doing now: the live view and the summary are made from it. */
export interface RuntimeStatus {
  readonly uptimeS: number;
  readonly model: string;
  readonly variant: string;
  /** The provider really in use, null before a worker is ready. */
  readonly provider: string | null;
  readonly refusedProviders: readonly string[];
  readonly workers: readonly WorkerStatus[];
  readonly machine: MachineStatus;
  readonly tuning: TuningStatus;
  /** What is measured in idle time, for the tuning to choose by. */
  readonly idleProfiling: IdleProfilingStatus;
  /** Operating points that failed and are left alone: how often in a row, why, and for how many seconds more. */
  readonly heldOff: readonly {
    readonly point: string;
    readonly failures: number;
    readonly reason: string;
    readonly forS: number;
  }[];
  readonly cameras: readonly CameraStatus[];
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  readonly mqtt: {
    readonly broker: string | null;
    readonly connected: boolean;
    /** Why there is no connection, for people; null while there is one. */
    readonly problem: string | null;
    /** What the broker does not take, and that another has the same client id or name; empty where nothing is wrong. */
    readonly complaints: readonly string[];
    readonly queued: number;
    readonly dropped: number;
    readonly sent: number;
    /** What must arrive and waits on the disk; null where it waits in memory. */
    readonly outbox: { readonly state: string; readonly bytes: number | null; readonly oldestS: number | null } | null;
  };
  /** Alerts that hold, in the order in which they began; those of each tenant behind the device's own. */
  readonly alerts: readonly OwnedAlert[];
  /** Settings that have another value than the configuration says, by command. */
  readonly overrides: readonly {
    readonly key: string;
    readonly value: unknown;
    readonly configured: unknown;
    /** Unix ms. */
    readonly until: number | null;
    /** Id of the key that signed it. */
    readonly by: string;
  }[];
  /** Parts that could not start and are tried again. */
  readonly leftOut: readonly string[];
}
