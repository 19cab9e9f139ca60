import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../board/kernel-files.js';
import type { Config } from '../../../config/config.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { groupNamed, identityOfProcess, identityOfUnit, type ServiceIdentity } from './service-identity.js';

const UNIT = 'edge-optimizer.service';
/** Of an NVIDIA card, and of a Jetson, whose GPU has no file of its own. */
const NVIDIA = /^(nvidia\d+|nvidiactl|nvidia-uvm|nvmap|nvhost-ctrl-gpu|nvhost-gpu)$/;
const RENDER = /^renderD\d+$/;
/** Bits of a mode for reading and writing. */
const READ_WRITE = 6;

/** Whether the user of the service may open the devices that its cameras and accelerators need: groups do not show before. */
export const groupsCheck = (): Check => ({
  ground: 'service',
  name: 'groups',
  deadlineMs: 1000,
  async run(patient) {
    const { root, running } = patient;
    const ofUnit = identityOfUnit(root, UNIT);
    if (ofUnit === null) return [];
    if ('missing' in ofUnit) return [found('broken', 'groups-no-user', { user: ofUnit.missing, unit: UNIT })];
    const process = typeof running?.pid === 'number' ? identityOfProcess(root, running.pid) : null;
    const now = process?.uid === ofUnit.uid ? process : ofUnit;
    const devices = neededDevices(patient);
    const closed = devices.flatMap((device) => judged(root, device, ofUnit, now) ?? []);
    if (closed.length > 0) return closed;
    return devices.length === 0
      ? []
      : [found('fine', 'groups-fine', { user: ofUnit.user, devices: devices.join(', ') })];
  },
});

/** What is wrong with one device; null where the service may open it, or it is not there. */
function judged(root: string, device: string, ofUnit: ServiceIdentity, now: ServiceIdentity): Finding | null {
  const stat = statSync(join(root, device), { throwIfNoEntry: false });
  if (!stat || mayOpen(stat, now)) return null;
  const { user } = ofUnit;
  if (mayOpen(stat, ofUnit)) return found('degraded', 'groups-not-yet', { user, device, unit: UNIT }, device);
  const group = ((stat.mode >> 3) & READ_WRITE) === READ_WRITE && stat.gid !== 0 ? groupNamed(root, stat.gid) : null;
  return group === null
    ? found('degraded', 'groups-device-closed', { user, device }, device)
    : found('degraded', 'groups-missing', { user, device, group, unit: UNIT }, device);
}

function mayOpen({ mode, uid, gid }: Stats, identity: ServiceIdentity): boolean {
  const shift = uid === identity.uid ? 6 : identity.gids.has(gid) ? 3 : 0;
  return ((mode >> shift) & READ_WRITE) === READ_WRITE;
}

/** Of those that this machine has: no server is told of a graphics card that nothing here uses. */
function neededDevices({ config, root }: Patient): string[] {
  const devices = new Set(config.cameras.map(({ url }) => url).filter((url) => url?.startsWith('/dev/')) as string[]);
  const providers = new Set(config.detector.providers.map(({ name }) => name));
  if (providers.has('cuda') || providers.has('tensorrt')) {
    for (const name of namesIn(join(root, 'dev')).filter((one) => NVIDIA.test(one))) devices.add(`/dev/${name}`);
  }
  if (providers.has('webgpu') || decodesInHardware(config)) {
    for (const name of namesIn(join(root, 'dev/dri')).filter((one) => RENDER.test(one)))
      devices.add(`/dev/dri/${name}`);
  }
  return [...devices].sort();
}

function decodesInHardware({ cameras, capture }: Config): boolean {
  return [capture.ffmpeg.inputArgs, ...cameras.map(({ inputArgs }) => inputArgs)].some((args) =>
    args?.includes('-hwaccel'),
  );
}
