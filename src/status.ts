import type { ConnectionQuality, SourceState } from './capture/source.js';

/** What one camera is doing now. */
export interface CameraStatus {
  readonly id: string;
  readonly source: string;
  readonly state: SourceState;
  readonly connectionQuality: ConnectionQuality;
  readonly lastError: string | null;
  /** frames/s over the last seconds; null before the first. */
  readonly capturedFps: number | null;
  readonly answeredFps: number | null;
  readonly captured: number;
  readonly inferred: number;
  /** Frames that got no answer, by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Vehicles in the latest answer, by class name. */
  readonly vehicles: Readonly<Record<string, number>>;
  /** By how much the believed counts rose so far: each vehicle counts once as long as it stays in sight. */
  readonly vehiclesSeen: number;
}

/** What the whole runtime is doing now: the live view, the summary and /readyz are made from it. */
export interface RuntimeStatus {
  readonly uptimeS: number;
  readonly model: string;
  readonly variant: string;
  /** The provider really in use, null before a worker is ready. */
  readonly provider: string | null;
  readonly refusedProviders: readonly string[];
  readonly workers: readonly { readonly state: string; readonly detail: string | null }[];
  readonly cameras: readonly CameraStatus[];
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  readonly mqtt: {
    readonly broker: string | null;
    readonly connected: boolean;
    readonly queued: number;
    readonly dropped: number;
    readonly sent: number;
  };
}
