import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** How the time zone of a machine is set. */
export interface ZoneState {
  /** `TZ`; null where it is not set. */
  readonly variable: string | null;
  /** Whether `/etc/localtime` is there, leads to nothing, or is not there. */
  readonly localtime: 'there' | 'dangling' | 'absent';
  /** `/etc/timezone`, which not every system has; empty there. */
  readonly name: string;
}

/** Whether hours are those of the site: rush hours, quiet hours and reports are told by the hour of the day. */
export const timeZoneCheck = (): Check => ({
  ground: 'system',
  name: 'time-zone',
  deadlineMs: 1000,
  async run({ root, env }) {
    return [
      judgeZone({
        variable: env.TZ === undefined || env.TZ === '' ? null : env.TZ,
        localtime: localtimeIn(root),
        name: textIn(join(root, 'etc/timezone')).trim(),
      }),
    ];
  },
});

/** What there is to be said of the time zone; pure. */
function judgeZone({ variable, localtime, name }: ZoneState): Finding {
  if (variable !== null) {
    // `:Europe/Madrid` is the same to the C library
    const zone = variable.replace(/^:/, '');
    if (zone.startsWith('/') || isZone(zone)) return found('fine', 'time-zone-fine', { zone });
    return found('degraded', 'time-zone-no-such', { zone: variable });
  }
  if (localtime === 'dangling') return found('degraded', 'time-zone-dangling');
  if (localtime === 'absent') return found('unknown', 'time-zone-unset');
  return found('fine', 'time-zone-fine', { zone: name || Intl.DateTimeFormat().resolvedOptions().timeZone });
}

function isZone(name: string): boolean {
  // POSIX rules (`CET-1CEST`), which Intl knows nothing of
  if (/^[A-Z]{3,}[+-]?\d/.test(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function localtimeIn(root: string): ZoneState['localtime'] {
  const file = join(root, 'etc/localtime');
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 'absent';
  if (!stats.isSymbolicLink()) return 'there';
  // in the tree of another machine a link leads into that tree
  const target = join(root, resolve('/etc', readlinkSync(file)));
  return existsSync(target) ? 'there' : 'dangling';
}
