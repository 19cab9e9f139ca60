import { statSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, numberIn, textIn } from '../../../board/kernel-files.js';
import { lockOwnerOf } from '../../../store/store-lock.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** Where the kernel's last words lie: as the firmware kept them, and where systemd puts them. */
const LAST_WORDS = ['sys/fs/pstore', 'var/lib/systemd/pstore'];
/** Of `bootstatus`: what started the machine anew (WDIOF_CARDRESET). */
const BY_WATCHDOG = 0x20;
/** Last words older than this were seen by somebody. */
const RECENT_MS = 30 * 86_400_000;

/** Since when the machine runs, and whether it or the program ended badly the last time. @param now Unix ms */
export const uptimeCheck = (now: () => number = Date.now): Check => ({
  ground: 'system',
  name: 'uptime',
  deadlineMs: 1000,
  async run({ root, running, config }) {
    const findings: Finding[] = [];
    const crashedAt = kernelCrashedAt(root);
    if (crashedAt !== null && now() - crashedAt < RECENT_MS) {
      findings.push(found('degraded', 'crash-kernel', { date: minuteOf(crashedAt) }));
    }
    if (resetByWatchdog(root)) findings.push(found('degraded', 'crash-watchdog'));
    // whoever ends in order takes its name off the lock
    const owner = running === null ? lockOwnerOf(config.store.dir) : null;
    if (owner !== null) findings.push(found('degraded', 'crash-program', { since: minuteOf(owner.since) }));
    if (findings.length > 0) return findings;
    const seconds = Number.parseFloat(textIn(join(root, 'proc/uptime')));
    if (Number.isNaN(seconds)) return [];
    return [found('fine', 'uptime-fine', { hours: Math.round(seconds / 360) / 10 })];
  },
});

/** Unix ms of the latest of the kernel's last words; null where there are none. */
function kernelCrashedAt(root: string): number | null {
  const times = LAST_WORDS.flatMap((folder) => {
    const at = join(root, folder);
    return namesIn(at).map((name) => statSync(join(at, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  });
  return times.length === 0 ? null : Math.max(...times);
}

function resetByWatchdog(root: string): boolean {
  const folder = join(root, 'sys/class/watchdog');
  return namesIn(folder).some((name) => ((numberIn(join(folder, name, 'bootstatus')) ?? 0) & BY_WATCHDOG) !== 0);
}

const minuteOf = (unixMs: number): string => `${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
