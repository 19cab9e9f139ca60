/** Who asks for something over HTTP, and what they may be shown. */
export interface Viewer {
  /**
   * Whoever runs it; a reader, who may look at all of it and change nothing; a tenant of it; or anybody, who gave no token and is
   * shown nothing of any camera.
   */
  readonly kind: 'operator' | 'reader' | 'tenant' | 'anybody';
  /** Of the token, where tokens have names. */
  readonly name?: string;
  /** Id of the tenant; null where it is none. */
  readonly tenant: string | null;
  /** Ids of the cameras that may be shown; null: all. */
  readonly cameras: readonly string[] | null;
  /**
   * Whether what is of this camera may be shown. To a tenant another's camera is one that is not there: nothing that is answered
   * differs between the two.
   */
  sees(camera: string): boolean;
}

/** Sees all of the device. */
export const OPERATOR: Viewer = { kind: 'operator', tenant: null, cameras: null, sees: () => true };

/** What whoever holds a token with a name may do: look, or also change. */
export const TOKEN_ROLES = ['viewer', 'operator'] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** Who holds a token with a name. */
export function namedViewer(name: string, role: TokenRole): Viewer {
  return { ...OPERATOR, kind: role === 'operator' ? 'operator' : 'reader', name };
}

/** Sees no camera. */
export const ANYBODY: Viewer = { kind: 'anybody', tenant: null, cameras: [], sees: () => false };

/** A tenant, who sees these cameras and no others. */
export function tenantViewer(tenant: string, cameras: Iterable<string>): Viewer {
  const own = new Set(cameras);
  return { kind: 'tenant', tenant, cameras: [...own], sees: (camera) => own.has(camera) };
}

/**
 * Whether a series with these labels may be shown: to a tenant those of its cameras, and those that say that they are its own. What
 * is of no camera is of the machine, and the operator's.
 */
export function seesSeries({ kind, tenant, sees }: Viewer, labels: Readonly<Record<string, string>>): boolean {
  if (kind === 'operator' || kind === 'reader') return true;
  const { camera, tenant: named } = labels;
  if (named !== undefined && named !== tenant) return false;
  return camera === undefined ? named !== undefined : sees(camera);
}
