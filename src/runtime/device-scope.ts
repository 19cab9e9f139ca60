import { hostname } from 'node:os';
import type { Config, TenantConfig } from '../config/config.js';
import { type Scope, scopeOf } from '../foundation/scope.js';

/** The scope of this device itself: as configured, and where its name is not, as the host is called. */
export function deviceScope({ site, device }: Pick<Config, 'site' | 'device'>, host: string = hostname()): Scope {
  return scopeOf({ site, device: device ?? asIdentifier(host) });
}

/** That of a tenant: the same device, at the tenant's own site. @param scope of the device itself */
export function tenantScope({ device }: Scope, { id, site = id }: Pick<TenantConfig, 'id' | 'site'>): Scope {
  return scopeOf({ site, device, tenant: id });
}

/** What there is to say of a name that nobody chose, for people; null where the host's name is as good as a chosen one. */
export function deviceNameNote({ device }: Pick<Config, 'device'>, host: string = hostname()): string | null {
  if (device !== undefined) return null;
  const name = asIdentifier(host);
  if (CONTAINER_ID.test(host)) {
    return `this device is called ${name} after its container, and otherwise after the next one: \`device\` gives it a name that stays`;
  }
  if (name === host) return null;
  return `this device is called ${name} in topics, after its host ${host}: \`device\` gives it another name`;
}

/** What Docker calls the host of a container that has no name. */
const CONTAINER_ID = /^[0-9a-f]{12}$/;

/** The host's own name as one level of a topic. */
function asIdentifier(host: string): string {
  const name = host
    .split('.')[0]!
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63);
  return name || 'device';
}
