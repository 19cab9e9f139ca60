import type { Viewer } from '../../foundation/viewer.js';
import { mergedQuantile } from '../../telemetry/metrics/histogram.js';
import type { OwnedAlert } from '../alerts/camera-alerts.js';
import type { Parts } from '../parts.js';
import type { CameraStatus } from '../status.js';

/** What a tenant is told of one of its cameras: all but which of the operator's keys paused it. */
export interface TenantCameraStatus extends Omit<CameraStatus, 'paused'> {
  readonly paused: Omit<NonNullable<CameraStatus['paused']>, 'by'> | null;
}

/** What the runtime is doing for one tenant: nothing of the machine, the model, the broker of others and their cameras. */
export interface TenantStatus {
  readonly tenant: string;
  readonly uptimeS: number;
  /** Whether frames are inferred now at all. */
  readonly isDetecting: boolean;
  readonly cameras: readonly TenantCameraStatus[];
  /** From capture to the answer, of its cameras together; null before the first. */
  readonly latencyMs: { readonly p50: number | null; readonly p95: number | null };
  /** Of its cameras, in the order in which they began. */
  readonly alerts: readonly OwnedAlert[];
}

/** @param viewer a tenant */
export function tenantStatusOf(
  { cameras, cameraAlerts, models, processes }: Pick<Parts, 'cameras' | 'cameraAlerts' | 'models' | 'processes'>,
  viewer: Viewer,
): TenantStatus {
  const { tenant, sees } = viewer;
  const totals = cameras.latencies(sees);
  return {
    tenant: tenant!,
    uptimeS: processes.uptimeS,
    isDetecting: models.workers?.anyReady === true,
    cameras: cameras.all.filter(({ id }) => sees(id)).map((camera) => withoutKey(camera.status())),
    latencyMs: { p50: mergedQuantile(totals, 0.5), p95: mergedQuantile(totals, 0.95) },
    alerts: cameraAlerts.active(viewer),
  };
}

function withoutKey({ paused, ...told }: CameraStatus): TenantCameraStatus {
  return { ...told, paused: paused && { since: paused.since, until: paused.until } };
}
