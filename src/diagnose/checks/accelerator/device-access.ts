import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { accountEntries } from '../../../board/accounts.js';
import { textIn } from '../../../board/kernel-files.js';
import { type Finding, found } from '../../finding.js';

/** Whom the installation lets the program run as. */
const SERVICE_USER = 'edge-optimizer';

/** A user with its groups, as the kernel judges who may open a file. */
export interface Opener {
  readonly name: string;
  readonly uid: number;
  readonly groups: ReadonlySet<number>;
}

/**
 * Who opens the accelerator: the running program; else the user that the installation makes for it; else whoever asks.
 *
 * @param root `/`; tests give trees
 * @returns null where the system does not tell
 */
export function openerAt(root: string, runningPid: number | null): Opener | null {
  if (runningPid !== null) return ofProcess(root, String(runningPid));
  return ofServiceUser(root) ?? ofProcess(root, 'self');
}

function ofProcess(root: string, pid: string): Opener | null {
  const status = textIn(join(root, 'proc', pid, 'status'));
  const ids = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/).filter(Boolean);
  // real, effective, saved and of the file system: the last is what counts
  const [uid, gid] = [ids('Uid')?.at(-1), ids('Gid')?.at(-1)];
  if (uid === undefined || gid === undefined) return null;
  const name = accountEntries(root, 'passwd').find(([, , id]) => id === uid)?.[0] ?? uid;
  return { name, uid: Number(uid), groups: new Set([gid, ...(ids('Groups') ?? [])].map(Number)) };
}

function ofServiceUser(root: string): Opener | null {
  const [name, , uid, gid] = accountEntries(root, 'passwd').find(([user]) => user === SERVICE_USER) ?? [];
  if (name === undefined) return null;
  const memberOf = accountEntries(root, 'group').filter(([, , , members = '']) => members.split(',').includes(name));
  return { name, uid: Number(uid), groups: new Set([gid, ...memberOf.map(([, , id]) => id)].map(Number)) };
}

/** A device that is there and cannot be opened. */
export interface RefusedDevice {
  /** `/dev/dri/renderD128`. */
  readonly device: string;
  /** That it belongs to; the number where it has no name. */
  readonly group: string;
  /** Whether a member of that group may open it, and the group is one that a user may be put in: not root's. */
  readonly isForMembers: boolean;
}

/** Of devices, the first that the user may not read and write; null where all may be, or are not there. */
export function refusedDevice(root: string, devices: readonly string[], opener: Opener | null): RefusedDevice | null {
  if (opener === null || opener.uid === 0) return null;
  for (const device of devices) {
    const stats = statSync(join(root, device), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const { uid, gid, mode } = stats;
    if (mayUse(mode, uid === opener.uid ? 6 : opener.groups.has(gid) ? 3 : 0)) continue;
    const group = accountEntries(root, 'group').find(([, , id]) => Number(id) === gid)?.[0] ?? String(gid);
    return { device, group, isForMembers: gid !== 0 && !opener.groups.has(gid) && mayUse(mode, 3) };
  }
  return null;
}

/** What there is to be said of the first of the devices that the user may not open, with what mends it; null where there is none. */
export function accessFinding(root: string, devices: readonly string[], opener: Opener | null): Finding | null {
  const refused = refusedDevice(root, devices, opener);
  if (refused === null) return null;
  const { device, group, isForMembers } = refused;
  const values = { device, user: opener!.name, group };
  if (isForMembers) return found('degraded', 'device-refused', values);
  return found('degraded', 'device-closed', { ...values, name: basename(device).replace(/\d+$/, '*') });
}

const mayUse = (mode: number, shift: number): boolean => ((mode >> shift) & 0o6) === 0o6;
