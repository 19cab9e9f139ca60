import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU seconds that everything on this machine took so far, and what a host took from it; null where /proc does not tell. */
export function machineCpuSeconds(): number | null {
  try {
    return busySecondsOf(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return null;
  }
}

/** @param stat `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal in ticks; guests are within user */
export function busySecondsOf(stat: string): number | null {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  if (fields === undefined || fields.length < 8 || !fields.every(Number.isFinite)) return null;
  const [user, nice, system, , , irq, softirq, steal] = fields as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}
