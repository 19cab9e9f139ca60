import { join } from 'node:path';
import { accountEntries } from '../../../board/accounts.js';
import { namesIn, textIn } from '../../../board/kernel-files.js';
import type { Opener } from '../accelerator/device-access.js';

/** Where systemd finds a unit, first one first. */
const UNIT_FOLDERS = [
  'etc/systemd/system',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
];

/**
 * As whom the service runs, by what the unit and the drop-ins beside it say, with the groups that the accounts of the machine
 * give the user.
 *
 * @returns null where there is no unit, or it runs as root; `missing` where its user has no account here
 */
export function userOfUnit(root: string, unit: string): Opener | { missing: string } | null {
  const text = unitText(root, unit);
  const user = lastValue(text, 'User');
  if (user === null || user === 'root' || user === '0') return null;
  const account = accountEntries(root, 'passwd').find(([name, , uid]) => name === user || uid === user);
  if (!account) return { missing: user };
  const groups = accountEntries(root, 'group');
  const named = [lastValue(text, 'Group') ?? account[3]!, ...values(text, 'SupplementaryGroups').flatMap(words)];
  const own = groups.filter(([, , , members = '']) => members.split(',').includes(account[0]!));
  const gids = [...named.map((name) => gidOf(groups, name)), ...own.map(([, , gid]) => Number(gid))];
  return { name: account[0]!, uid: Number(account[2]), groups: new Set(gids.filter((gid) => gid !== null)) };
}

function unitText(root: string, unit: string): string {
  const folder = UNIT_FOLDERS.map((name) => join(root, name)).find((name) => namesIn(name).includes(unit));
  if (folder === undefined) return '';
  const added = join(root, 'etc/systemd/system', `${unit}.d`);
  const drops = namesIn(added).filter((name) => name.endsWith('.conf'));
  return [join(folder, unit), ...drops.sort().map((name) => join(added, name))].map(textIn).join('\n');
}

function values(text: string, key: string): string[] {
  return [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1]!.trim());
}

const lastValue = (text: string, key: string): string | null => values(text, key).at(-1) || null;
const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

function gidOf(groups: readonly string[][], name: string): number | null {
  if (/^\d+$/.test(name)) return Number(name);
  const entry = groups.find(([group]) => group === name);
  return entry ? Number(entry[2]) : null;
}
