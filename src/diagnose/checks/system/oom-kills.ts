import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import { countOomKills } from '../../../board/oom-kills.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** Whether the kernel killed a process for want of memory since the machine, or the service, started. */
export const oomKillsCheck = (): Check => ({
  ground: 'system',
  name: 'oom-kills',
  deadlineMs: 1000,
  async run({ root, running }) {
    const all = countOomKills(root, running?.pid ?? 'self');
    if (all === null) return [found('unknown', 'oom-unknown')];
    const machine = Number(/^oom_kill (\d+)$/m.exec(textIn(join(root, 'proc/vmstat')))?.[1] ?? 0);
    // groups are counted besides the machine
    if (all > machine) return [found('degraded', 'oom-kills-in-group', { count: all - machine })];
    return [machine > 0 ? found('degraded', 'oom-kills', { count: machine }) : found('fine', 'oom-none')];
  },
});
