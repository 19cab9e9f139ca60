import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { type Opener, openerAt, refusedDevice } from '../accelerator/device-access.js';
import { userOfUnit } from './unit-user.js';

const UNIT = 'edge-optimizer.service';
/** Bits of a mode with which a group reads and writes. */
const GROUP_MAY = 0o060;

/**
 * Whether the user of the service has an account, and may open the cameras of this machine: a diagnosis by root opens them
 * all. Accelerators have checks of their own.
 */
export const groupsCheck = (): Check => ({
  ground: 'service',
  name: 'groups',
  deadlineMs: 1000,
  async run({ root, running, config }) {
    const user = userOfUnit(root, UNIT);
    if (user === null) return [];
    if ('missing' in user) return [found('broken', 'groups-no-user', { user: user.missing, unit: UNIT })];
    const program = typeof running?.pid === 'number' ? openerAt(root, running.pid) : null;
    // somebody else's, tried by hand, says nothing of the service
    const now = program?.uid === user.uid ? program : user;
    // one that is not there is told by the check of cameras
    const devices = config.cameras
      .map(({ url }) => url ?? '')
      .filter(
        (url, index, urls) => url.startsWith('/dev/') && urls.indexOf(url) === index && existsSync(join(root, url)),
      );
    const closed = devices.flatMap((device) => judged(root, device, user, now) ?? []);
    if (closed.length > 0 || devices.length === 0) return closed;
    return [found('fine', 'groups-fine', { user: user.name, devices: devices.join(', ') })];
  },
});

/** What is wrong with one device; null where the service may open it, or it is not there. */
function judged(root: string, device: string, ofUnit: Opener, now: Opener): Finding | null {
  const refused = refusedDevice(root, [device], now);
  if (refused === null) return null;
  const { name: user } = ofUnit;
  if (refusedDevice(root, [device], ofUnit) === null) {
    return found('degraded', 'groups-not-yet', { user, device, unit: UNIT }, device);
  }
  const { mode, gid } = statSync(join(root, device));
  return gid === 0 || (mode & GROUP_MAY) !== GROUP_MAY
    ? found('degraded', 'groups-device-closed', { user, device }, device)
    : found('degraded', 'groups-missing', { user, device, group: refused.group, unit: UNIT }, device);
}
