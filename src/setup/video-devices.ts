import { join } from 'node:path';
import { namesIn, textIn } from '../board/kernel-files.js';

/** A camera on this machine. */
export interface VideoDevice {
  /** `/dev/video0` */
  readonly path: string;
  /** As its driver calls it; empty where it does not. */
  readonly name: string;
}

/**
 * The cameras that the kernel knows (V4L2), by number. One camera has several devices, of which the first gives pictures:
 * the others are for its metadata.
 *
 * @param root where /sys is looked for
 */
export function videoDevices(root = '/'): VideoDevice[] {
  const folder = join(root, 'sys/class/video4linux');
  return namesIn(folder)
    .filter((name) => /^video\d+$/.test(name) && textIn(join(folder, name, 'index')).trim() === '0')
    .sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)))
    .map((name) => ({ path: `/dev/${name}`, name: textIn(join(folder, name, 'name')).trim() }));
}
