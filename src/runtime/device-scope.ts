import { hostname } from 'node:os';
import type { Config } from '../config/config.js';
import { type Scope, scopeOf } from '../foundation/scope.js';

/** The one scope of this device: as configured, and where its name is not, as the host is called. It has no tenants yet. */
export function deviceScope({ site, device }: Pick<Config, 'site' | 'device'>, host: string = hostname()): Scope {
  return scopeOf({ site, device: device ?? asIdentifier(host) });
}

/** The host's own name as one level of a topic. */
function asIdentifier(host: string): string {
  const name = host
    .split('.')[0]!
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 63);
  return name || 'device';
}
