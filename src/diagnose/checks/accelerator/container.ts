import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';

/** What Docker, Podman and systemd leave in the file systems of their containers. */
const MARKS = ['.dockerenv', 'run/.containerenv', 'run/systemd/container'];

/** Whether the system that is looked at is a container: devices of the host are in its `/sys`, and none in its `/dev`. */
export function isContainer(root: string): boolean {
  if (MARKS.some((mark) => existsSync(join(root, mark)))) return true;
  return /(?:^|\0)container=./.test(textIn(join(root, 'proc/1/environ')));
}
