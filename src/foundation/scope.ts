import { join } from 'node:path';
import { IDENTIFIER, IDENTIFIER_IN_WORDS } from './identifier.js';

/** Whose something is: the id of a tenant, null for the device itself. */
export type TenantId = string | null;

/** Whose data this is: made once, where the program is put together, and handed down; nobody looks it up. */
export interface Scope {
  readonly site: string;
  /** Unique within the site. */
  readonly device: string;
  /**
   * Where one device serves several, one of them; null: the device itself. It keeps folders and shared invalidations apart, and a tenant's
   * site its topics.
   */
  readonly tenant: TenantId;
}

/** @throws RangeError where a name cannot be one level of a topic and a folder's name */
export function scopeOf({ site, device, tenant = null }: { site: string; device: string; tenant?: TenantId }): Scope {
  for (const [key, name] of Object.entries({ site, device, tenant })) {
    if (name !== null && !IDENTIFIER.test(name)) {
      throw new RangeError(`${key}: expected ${IDENTIFIER_IN_WORDS}, got ${JSON.stringify(name)}`);
    }
  }
  return Object.freeze({ site, device, tenant });
}

/**
 * Where a scope keeps its data beneath a folder. Site and device are not in the path: a device that is given another name
 * keeps what it knows.
 */
export function scopeFolder({ tenant }: Pick<Scope, 'tenant'>, folder: string): string {
  return tenant === null ? folder : join(folder, 'tenants', tenant);
}
