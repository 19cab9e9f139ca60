import { constants } from 'node:fs';
import { access, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, found } from '../../finding.js';

/** Whether a device such as `/dev/video0` is there, may be read, and is free. @returns what is wrong; null where nothing is */
export async function lookAtDevice(camera: string, device: string, root: string): Promise<Finding | null> {
  const path = join(root, device);
  const about = await stat(path).catch(() => null);
  if (about === null) {
    const others = (await readdir(join(root, 'dev')).catch(() => [])).filter((name) => /^video\d+$/.test(name));
    const there = others.map((name) => `/dev/${name}`).join(', ') || '-';
    return found('broken', 'camera-device-missing', { camera, device, there }, camera);
  }
  const isOpen = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isOpen) {
    const group = await groupName(about.gid, root);
    return found('broken', 'camera-device-forbidden', { camera, device, group }, camera);
  }
  const holder = await holderOf(path, root);
  return holder === null ? null : found('broken', 'camera-device-busy', { camera, device, ...holder }, camera);
}

async function groupName(gid: number, root: string): Promise<string> {
  const groups = await readFile(join(root, 'etc/group'), 'utf8').catch(() => '');
  const line = groups.split('\n').find((one) => Number(one.split(':')[2]) === gid);
  return line?.split(':')[0] || String(gid);
}

/** Another process that has it open; those of other users can be seen by root alone. */
async function holderOf(path: string, root: string): Promise<{ pid: number; program: string } | null> {
  const proc = join(root, 'proc');
  const pids = (await readdir(proc).catch(() => [])).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  for (const pid of pids) {
    const folder = join(proc, String(pid), 'fd');
    for (const fd of await readdir(folder).catch(() => [])) {
      if ((await readlink(join(folder, fd)).catch(() => '')) !== path) continue;
      const program = (await readFile(join(proc, String(pid), 'comm'), 'utf8').catch(() => '?')).trim();
      return { pid, program };
    }
  }
  return null;
}
