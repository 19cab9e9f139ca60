import { join } from 'node:path';
import { textIn } from './kernel-files.js';

/**
 * Lines of /etc/passwd or /etc/group, each by its fields; what a directory server adds is not among them.
 *
 * @param root where /etc is looked for
 */
export function accountEntries(root: string, name: 'passwd' | 'group'): string[][] {
  return textIn(join(root, 'etc', name))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}
