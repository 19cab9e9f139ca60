import { glibcVersion } from '../../../foundation/glibc.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** As `engines` of package.json has it. */
const OLDEST = [20, 19] as const;

/** Whether Node is one that the program is made for. @param version such as `v20.19.4`; by default the running one */
export const nodeCheck = (version = process.version): Check => ({
  ground: 'system',
  name: 'node',
  deadlineMs: 1000,
  async run() {
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
    const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
    if (isOld) return [found('broken', 'node-too-old', { version, wanted: OLDEST.join('.') })];
    return [found('fine', 'node-fine', { version, libc: libcName(), arch: process.arch })];
  },
});

/** `glibc 2.36`, or `musl`. */
export function libcName(): string {
  const glibc = glibcVersion();
  return glibc === null ? 'musl' : `glibc ${glibc}`;
}
