import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { textIn } from '../board/kernel-files.js';

/** A name for this device that no other made from the same image has. */
export interface UniqueName {
  readonly name: string;
  /** Why it may not be unique, with what to do; null where it is. */
  readonly warning: string | null;
}

/** Digits of the hash: among 400 devices two get the same in one of 50 000 fleets. */
const DIGITS = 8;
const LONGEST_HOST = 63 - DIGITS - 1;
/** Other programs make names of the same id: theirs must not be told from ours. */
const PURPOSE = 'edge-inference-optimizer device name';

/**
 * The host's name with what tells this machine from its clones: a hash of the machine id and, where the board has one, its
 * serial number, which no image carries along. The id itself is a secret of the machine's and is not shown.
 *
 * @param root where /etc and /proc are looked for
 */
export function uniqueName(host: string, root = '/'): UniqueName {
  const machineId = validMachineId(textIn(join(root, 'etc/machine-id')));
  const serial = textIn(join(root, 'proc/device-tree/serial-number')).replaceAll('\0', '').trim();
  const name = hostPart(host);
  if (machineId === null && serial === '') {
    return {
      name,
      warning:
        'this machine has no id of its own in /etc/machine-id, so that every device made from the same image would have this name: run systemd-machine-id-setup, or give each device a name',
    };
  }
  const hash = createHash('sha256')
    .update([PURPOSE, machineId ?? '', serial].join('\n'))
    .digest('hex');
  return { name: `${name}-${hash.slice(0, DIGITS)}`, warning: null };
}

/** Null for none, and for what stands there in an image before its first start. */
function validMachineId(text: string): string | null {
  const id = text.trim();
  return /^[0-9a-f]{32}$/.test(id) && !/^(.)\1*$/.test(id) ? id : null;
}

function hostPart(host: string): string {
  const name = host
    .split('.')[0]!
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, LONGEST_HOST)
    .replace(/[-_]+$/, '');
  return name || 'device';
}
