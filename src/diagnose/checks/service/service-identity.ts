import { join } from 'node:path';
import { namesIn, textIn } from '../../../board/kernel-files.js';

/** As whom the service runs. */
export interface ServiceIdentity {
  /** Name, or number where it has none here. */
  readonly user: string;
  readonly uid: number;
  readonly gids: ReadonlySet<number>;
}

/** Where systemd finds a unit, first one first. */
const UNIT_FOLDERS = [
  'etc/systemd/system',
  'run/systemd/system',
  'usr/local/lib/systemd/system',
  'usr/lib/systemd/system',
];

/**
 * What the unit and the drop-ins beside it say, with the groups that the accounts of the machine give the user.
 *
 * @returns null where there is no unit, or it runs as root; `missing` where its user has no account here
 */
export function identityOfUnit(root: string, unit: string): ServiceIdentity | { missing: string } | null {
  const text = unitText(root, unit);
  const user = lastValue(text, 'User');
  if (user === null || user === 'root' || user === '0') return null;
  const account = entries(root, 'passwd').find(([name, , uid]) => name === user || uid === user);
  if (!account) return { missing: user };
  const groups = entries(root, 'group');
  const named = [lastValue(text, 'Group') ?? account[3]!, ...values(text, 'SupplementaryGroups').flatMap(words)];
  const own = groups.filter(([, , , members = '']) => members.split(',').includes(account[0]!));
  const gids = [...named.map((name) => gidOf(groups, name)), ...own.map(([, , gid]) => Number(gid))];
  return { user: account[0]!, uid: Number(account[2]), gids: new Set(gids.filter((gid) => gid !== null)) };
}

/** As a process really runs: it has the groups that its user had when it started. @returns null where that cannot be seen */
export function identityOfProcess(root: string, pid: number): ServiceIdentity | null {
  const status = textIn(join(root, 'proc', String(pid), 'status'));
  const numbers = (key: string) => words(new RegExp(`^${key}:(.*)$`, 'm').exec(status)?.[1] ?? '').map(Number);
  const uid = numbers('Uid')[1];
  const gid = numbers('Gid')[1];
  if (uid === undefined || gid === undefined) return null;
  const account = entries(root, 'passwd').find((entry) => Number(entry[2]) === uid);
  return { user: account?.[0] ?? String(uid), uid, gids: new Set([gid, ...numbers('Groups')]) };
}

/** Name of a group; null where it has none here. */
export function groupNamed(root: string, gid: number): string | null {
  return entries(root, 'group').find((entry) => Number(entry[2]) === gid)?.[0] ?? null;
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

/** Lines of /etc/passwd or /etc/group, by their fields; what a directory server adds is not among them. */
function entries(root: string, name: 'passwd' | 'group'): string[][] {
  return textIn(join(root, 'etc', name))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}
