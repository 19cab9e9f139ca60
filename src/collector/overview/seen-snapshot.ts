import type { Viewer } from '../../foundation/viewer.js';
import type { FleetSnapshot } from './fleet-snapshot.js';

const seen = new WeakMap<FleetSnapshot, Map<string, FleetSnapshot>>();

/**
 * What somebody may see of a fleet: a tenant the devices that say that they are theirs, without the labels, by which whoever runs the fleet
 * puts them in order; all others all of it. Of one snapshot each tenant's part is made once.
 */
export function seenBy({ kind, tenant }: Viewer, snapshot: FleetSnapshot): FleetSnapshot {
  if (kind !== 'tenant') return snapshot;
  const parts = seen.get(snapshot) ?? new Map<string, FleetSnapshot>();
  seen.set(snapshot, parts);
  const known = parts.get(tenant!);
  if (known !== undefined) return known;
  const own = snapshot.devices.filter(({ device }) => device.tenant === tenant);
  const part = { at: snapshot.at, devices: own.map((one) => ({ ...one, labels: [] })) };
  parts.set(tenant!, part);
  return part;
}
