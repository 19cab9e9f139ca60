import type { FleetReport, ReportedDevice } from './fleet-report.js';

/** A report as a table with a row per device: RFC 4180, in UTF-8. */
export function reportCsv({ devices, crossings }: FleetReport): string {
  const classes = Object.keys(crossings).sort();
  const columns: [string, (one: ReportedDevice) => string | number | null][] = [
    ['site', ({ site }) => site],
    ['device', ({ device }) => device],
    ['tenant', ({ tenant }) => tenant],
    ['version', ({ version }) => version],
    ['known_hours', ({ knownMs }) => hours(knownMs)],
    ['online_hours', ({ onlineMs }) => hours(onlineMs)],
    ['online_share', ({ knownMs, onlineMs }) => (knownMs === 0 ? null : Math.round((onlineMs / knownMs) * 1e4) / 1e4)],
    ['times_away', ({ away }) => away.length],
    ...classes.map((name): [string, (one: ReportedDevice) => number] => [
      `crossings_${name}`,
      (one) => one.crossings[name] ?? 0,
    ]),
    ...(['critical', 'warning', 'info'] as const).map((severity): [string, (one: ReportedDevice) => number] => [
      `alerts_${severity}`,
      ({ alerts }) => Object.values(alerts).reduce((sum, one) => sum + (one.severity === severity ? one.times : 0), 0),
    ]),
  ];
  const lines = [columns.map(([name]) => cell(name)), ...devices.map((one) => columns.map(([, of]) => cell(of(one))))];
  return `${lines.map((cells) => cells.join(',')).join('\r\n')}\r\n`;
}

const hours = (ms: number): number => Math.round(ms / 36_000) / 100;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // a spreadsheet would take it for a formula
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
