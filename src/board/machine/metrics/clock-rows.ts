import { type MetricRow, single, THREE_DIGITS } from '../../../foundation/metric-row.js';
import type { Machine } from '../machine.js';

const HOUR_S = 3600;

/** Since when the machine runs, and whether its clock is right. */
export function clockRows({ clock, clockSync }: Machine): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'machine_uptime',
      unit: 's',
      labels: [],
      step: HOUR_S,
      help: 'Time since the machine started.',
      read: () => single(clock.uptimeS),
    },
    {
      type: 'gauge',
      name: 'machine_boot_time',
      unit: 's',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'When the machine started, in Unix time, by what its clock says now.',
      read: () => single(clock.bootTime === null ? null : clock.bootTime / 1000),
    },
    {
      type: 'gauge',
      name: 'machine_clock_synchronised',
      unit: '',
      labels: [],
      step: 1,
      help: 'Whether the clock follows a better one: 1, else 0; no reading where nothing tells (chrony, systemd-timesyncd, timedatectl).',
      read: () => single(clockSync.sync.isSynchronised === null ? null : Number(clockSync.sync.isSynchronised)),
    },
    {
      type: 'gauge',
      name: 'machine_clock_offset',
      unit: 'ms',
      labels: [],
      step: THREE_DIGITS,
      help: 'How far the clock is ahead of the one that it follows; below 0: behind.',
      read: () => single(clockSync.sync.offsetMs),
    },
    {
      type: 'counter',
      name: 'machine_clock_jumps',
      unit: 'times',
      labels: [],
      step: 1,
      help: 'Times that the clock was set by half a second or more since the program started.',
      read: () => single(clock.jumps),
    },
    {
      type: 'gauge',
      name: 'machine_clock_jump',
      unit: 's',
      labels: [],
      step: 0.001,
      mqtt: false,
      help: 'How far it went the last time, forward; below 0: back.',
      read: () => single(clock.lastJump?.seconds ?? null),
    },
  ];
}
