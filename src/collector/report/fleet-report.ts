import type { Severity } from '../../foundation/alert-declaration.js';
import { sum as total } from '../../foundation/statistics.js';
import type { Stretch } from './availability.js';

/** What a report has of one device. */
export interface ReportedDevice {
  readonly site: string;
  readonly device: string;
  readonly tenant: string | null;
  readonly version: string | null;
  /** ms of the time of the report in which it was known. */
  readonly knownMs: number;
  readonly onlineMs: number;
  /** The longest first. */
  readonly away: readonly Stretch[];
  /** Vehicles that crossed lines, by class; empty where nothing was counted. */
  readonly crossings: Readonly<Record<string, number>>;
  /** By day of the report. */
  readonly days: readonly ReportedDay[];
  /** Alerts that began, by code. */
  readonly alerts: Readonly<Record<string, { readonly severity: Severity; readonly times: number }>>;
}

/** A day of one device, or of all of them. */
export interface ReportedDay {
  /** Unix ms. */
  readonly from: number;
  readonly knownMs: number;
  readonly onlineMs: number;
  readonly crossings: number;
}

/** What a fleet did in some days. */
export interface FleetReport {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  readonly devices: readonly ReportedDevice[];
  readonly days: readonly ReportedDay[];
  /** Share of the time; null: no device was known. */
  readonly onlineShare: number | null;
  readonly crossings: Readonly<Record<string, number>>;
  /** The most severe first, then the most frequent. */
  readonly alerts: readonly {
    readonly code: string;
    readonly severity: Severity;
    readonly times: number;
    readonly devices: number;
  }[];
  /** The longest first, at most 50. */
  readonly away: readonly (Stretch & { readonly site: string; readonly device: string })[];
  /** By tenant; empty string: the devices' own. */
  readonly tenants: readonly { readonly tenant: string; readonly devices: number; readonly crossings: number }[];
}

const MOST_AWAY = 50;
const RANKS: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** Puts devices together. */
export function fleetReport({ from, to }: Stretch, devices: readonly ReportedDevice[]): FleetReport {
  const known = total(devices.map(({ knownMs }) => knownMs));
  return {
    from,
    to,
    devices,
    days: (devices[0]?.days ?? []).map((day, index) => ({
      from: day.from,
      knownMs: total(devices.map(({ days }) => days[index]!.knownMs)),
      onlineMs: total(devices.map(({ days }) => days[index]!.onlineMs)),
      crossings: total(devices.map(({ days }) => days[index]!.crossings)),
    })),
    onlineShare: known === 0 ? null : total(devices.map(({ onlineMs }) => onlineMs)) / known,
    crossings: summed(devices.map(({ crossings }) => crossings)),
    alerts: alertsOf(devices),
    away: devices
      .flatMap(({ site, device, away }) => away.map((stretch) => ({ site, device, ...stretch })))
      .sort((a, b) => b.to - b.from - (a.to - a.from))
      .slice(0, MOST_AWAY),
    tenants: tenantsOf(devices),
  };
}

function alertsOf(devices: readonly ReportedDevice[]): FleetReport['alerts'] {
  const found = new Map<string, { code: string; severity: Severity; times: number; devices: number }>();
  for (const { alerts } of devices)
    for (const [code, { severity, times }] of Object.entries(alerts)) {
      const one = found.get(code) ?? { code, severity, times: 0, devices: 0 };
      if (RANKS[severity] < RANKS[one.severity]) one.severity = severity;
      one.times += times;
      one.devices++;
      found.set(code, one);
    }
  return [...found.values()].sort((a, b) => RANKS[a.severity] - RANKS[b.severity] || b.times - a.times);
}

function tenantsOf(devices: readonly ReportedDevice[]): FleetReport['tenants'] {
  const names = [...new Set(devices.map(({ tenant }) => tenant ?? ''))].sort();
  return names.map((tenant) => {
    const own = devices.filter((one) => (one.tenant ?? '') === tenant);
    return { tenant, devices: own.length, crossings: total(own.flatMap(({ crossings }) => Object.values(crossings))) };
  });
}

/** Counts by name, of all of them together. */
export function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const one of all) for (const [name, count] of Object.entries(one)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
