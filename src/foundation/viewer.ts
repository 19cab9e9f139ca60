/** Who asks for something over HTTP, and what they may be shown. */
export interface Viewer {
  /** Whoever runs the device; a tenant of it; or anybody, who gave no token and is shown nothing of any camera. */
  readonly kind: 'operator' | 'tenant' | 'anybody';
  /** Id of the tenant; null where it is none. */
  readonly tenant: string | null;
  /** Whether what is of this camera may be shown. Cameras that are not there are seen by the operator only, so that they look like another's. */
  sees(camera: string): boolean;
}

/** Sees all of the device. */
export const OPERATOR: Viewer = { kind: 'operator', tenant: null, sees: () => true };

/** Sees no camera. */
export const ANYBODY: Viewer = { kind: 'anybody', tenant: null, sees: () => false };

/** A tenant, who sees these cameras and no others. */
export function tenantViewer(tenant: string, cameras: Iterable<string>): Viewer {
  const own = new Set(cameras);
  return { kind: 'tenant', tenant, sees: (camera) => own.has(camera) };
}
