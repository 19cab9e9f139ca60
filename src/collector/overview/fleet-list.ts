import type { Severity } from '../../foundation/alert-declaration.js';
import { median, sum } from '../../foundation/statistics.js';
import { PRESENCES, type Presence } from '../device/presence.js';
import { type DeviceStanding, type FleetSnapshot, SEVERITY_RANKS } from './fleet-snapshot.js';

/** Which devices are wanted, and in which order. */
export interface ListQuery {
  readonly state?: Presence | undefined;
  readonly site?: string | undefined;
  /** A code that holds. */
  readonly alert?: string | undefined;
  readonly version?: string | undefined;
  /** `MODEL/VARIANT` in use. */
  readonly variant?: string | undefined;
  readonly label?: string | undefined;
  /** In site, device, tenant, version, model, variant, provider, board, a label or an alert's code. */
  readonly text?: string | undefined;
  readonly sort: ListOrder;
  readonly descending: boolean;
}

type Key = (one: DeviceStanding) => number | string | null;

const STATE_RANKS: Readonly<Record<Presence, number>> = { gone: 0, offline: 1, stale: 2, unknown: 3, online: 4 };

const ORDERS = {
  name: ({ device }) => `${device.site}/${device.device}`,
  /** Worst first: what is wrong, then who is not there. */
  worst: (one) => worstRank(one),
  heard: ({ device }) => device.heardAt,
  version: ({ device }) => device.version,
  variant: ({ device }) => device.variant,
  accuracy: ({ readings }) => readings.measured.accuracy,
  latency: ({ readings }) => readings.measured.latencyMs,
  temperature: ({ readings }) => readings.measured.temperature,
  cpu: ({ readings }) => readings.measured.cpu,
  power: ({ readings }) => readings.measured.power,
  crossings: ({ readings }) => readings.crossings,
  clock: ({ clockOffsetMs }) => (clockOffsetMs === null ? null : Math.abs(clockOffsetMs)),
  lost: ({ lost }) => lost,
} as const satisfies Readonly<Record<string, Key>>;

export type ListOrder = keyof typeof ORDERS;
export const LIST_ORDERS: readonly [ListOrder, ...ListOrder[]] = Object.keys(ORDERS) as [ListOrder, ...ListOrder[]];

/** Those that are wanted, in order; who has no reading comes last either way. */
export function listed({ devices }: FleetSnapshot, query: ListQuery): DeviceStanding[] {
  const text = query.text?.trim().toLowerCase() ?? '';
  const found = devices.filter((one) => isWanted(one, query) && (text === '' || wordsOf(one).includes(text)));
  const key: Key = ORDERS[query.sort];
  const keyed = found.map((one) => ({ one, key: key(one) }));
  const direction = query.descending ? -1 : 1;
  // stable: among equals the order of site and name stays
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (typeof a.key === 'string' || typeof b.key === 'string')
      return direction * COLLATOR.compare(`${a.key}`, `${b.key}`);
    return direction * (a.key - b.key);
  });
  return keyed.map(({ one }) => one);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

function isWanted({ device, state, alerts, labels }: DeviceStanding, query: ListQuery): boolean {
  if (query.state !== undefined && query.state !== state) return false;
  if (query.site !== undefined && query.site !== device.site) return false;
  if (query.version !== undefined && query.version !== (device.version ?? '')) return false;
  if (query.variant !== undefined && query.variant !== modelVariantOf(device)) return false;
  if (query.label !== undefined && !labels.includes(query.label)) return false;
  return query.alert === undefined || alerts.some(({ code }) => code === query.alert);
}

const wordsOf = ({ device, alerts, labels }: DeviceStanding): string => {
  const { site, device: name, tenant, version, model, variant, provider, board } = device;
  return [
    `${site}/${name}`,
    tenant,
    version,
    model,
    variant,
    provider,
    board,
    ...labels,
    ...alerts.map(({ code }) => code),
  ]
    .join(' ')
    .toLowerCase();
};

/** `MODEL/VARIANT`; empty where nothing is loaded. */
export const modelVariantOf = ({
  model,
  variant,
}: {
  readonly model: string | null;
  readonly variant: string | null;
}): string => (model === null ? '' : `${model}/${variant ?? ''}`);

function worstRank({ alerts, state }: DeviceStanding): number {
  const worst = alerts[0] === undefined ? 3 : SEVERITY_RANKS[alerts[0].severity];
  return worst * 1e6 + STATE_RANKS[state] * 1e4 - Math.min(alerts.length, 99);
}

/** How many devices are so. */
export interface FleetCounts {
  readonly states: Readonly<Record<Presence, number>>;
  /** The most severe first, then those of the most devices. */
  readonly alerts: readonly {
    readonly code: string;
    readonly severity: Severity;
    readonly devices: number;
    /** Unix ms since when the first of them has it. */
    readonly since: number;
  }[];
  /** Those of the most devices first. */
  readonly versions: readonly { readonly version: string; readonly devices: number }[];
  readonly variants: readonly {
    readonly variant: string;
    readonly providers: readonly string[];
    readonly devices: number;
    /** Median of the accuracy of its devices; null: none has a reading. */
    readonly accuracy: number | null;
  }[];
  /** In the order of their names. */
  readonly labels: readonly { readonly label: string; readonly devices: number }[];
  readonly sites: readonly {
    readonly site: string;
    readonly devices: number;
    readonly online: number;
    /** Devices with an alert that somebody should care for. */
    readonly troubled: number;
    readonly crossings: number | null;
  }[];
  readonly totals: {
    /** Of all that tell, W; null: none does. */
    readonly power: number | null;
    readonly powerOf: number;
    /** Of the last hour. */
    readonly crossings: number | null;
    readonly crossingsOf: number;
    readonly accuracy: number | null;
    readonly accuracyLeast: number | null;
    readonly accuracyOf: number;
    readonly lost: number;
  };
}

const counted = new WeakMap<FleetSnapshot, FleetCounts>();

/** Of one snapshot it is counted once, however many look. */
export function countsOf(snapshot: FleetSnapshot): FleetCounts {
  const known = counted.get(snapshot);
  if (known !== undefined) return known;
  const counts = countedOf(snapshot);
  counted.set(snapshot, counts);
  return counts;
}

function countedOf({ devices }: FleetSnapshot): FleetCounts {
  const states = Object.fromEntries(PRESENCES.map((state) => [state, 0])) as Record<Presence, number>;
  for (const { state } of devices) states[state]++;
  const read = (of: (one: DeviceStanding) => number | null): number[] => devices.flatMap((one) => of(one) ?? []);
  const power = read(({ readings }) => readings.measured.power);
  const crossings = read(({ readings }) => readings.crossings);
  const accuracy = read(({ readings }) => readings.measured.accuracy);
  return {
    states,
    alerts: alertCounts(devices),
    versions: grouped(devices, ({ device }) => device.version ?? '').map(([version, of]) => ({
      version,
      devices: of.length,
    })),
    variants: grouped(devices, ({ device }) => modelVariantOf(device)).map(([variant, of]) => ({
      variant,
      providers: [...new Set(of.flatMap(({ device }) => device.provider ?? []))].sort(),
      devices: of.length,
      accuracy: median(of.flatMap(({ readings }) => readings.measured.accuracy ?? [])),
    })),
    labels: grouped(
      devices.flatMap(({ labels }) => labels),
      (label) => label,
    )
      .map(([label, of]) => ({ label, devices: of.length }))
      .sort((a, b) => COLLATOR.compare(a.label, b.label)),
    sites: grouped(devices, ({ device }) => device.site)
      .map(([site, of]) => siteOf(site, of))
      .sort((a, b) => COLLATOR.compare(a.site, b.site)),
    totals: {
      power: power.length === 0 ? null : sum(power),
      powerOf: power.length,
      crossings: crossings.length === 0 ? null : sum(crossings),
      crossingsOf: crossings.length,
      accuracy: median(accuracy),
      accuracyLeast: accuracy.length === 0 ? null : Math.min(...accuracy),
      accuracyOf: accuracy.length,
      lost: sum(devices.map(({ lost }) => lost)),
    },
  };
}

function siteOf(site: string, of: readonly DeviceStanding[]): FleetCounts['sites'][number] {
  const crossings = of.flatMap(({ readings }) => readings.crossings ?? []);
  return {
    site,
    devices: of.length,
    online: of.filter(({ state }) => state === 'online').length,
    troubled: of.filter(({ alerts }) => alerts.some(({ severity }) => severity !== 'info')).length,
    crossings: crossings.length === 0 ? null : sum(crossings),
  };
}

function alertCounts(devices: readonly DeviceStanding[]): FleetCounts['alerts'] {
  const all = devices.flatMap(({ alerts }) => alerts);
  return grouped(all, ({ code }) => code)
    .map(([code, of]) => ({
      code,
      severity: of.map(({ severity }) => severity).sort((a, b) => SEVERITY_RANKS[a] - SEVERITY_RANKS[b])[0]!,
      devices: of.length,
      since: of.reduce((least, { since }) => Math.min(least, since), Number.POSITIVE_INFINITY),
    }))
    .sort((a, b) => SEVERITY_RANKS[a.severity] - SEVERITY_RANKS[b.severity] || b.devices - a.devices);
}

/** By what they have in common, the largest group first. */
function grouped<One>(all: readonly One[], by: (one: One) => string): [string, One[]][] {
  const groups = new Map<string, One[]>();
  for (const one of all) {
    const group = groups.get(by(one));
    if (group === undefined) groups.set(by(one), [one]);
    else group.push(one);
  }
  return [...groups].sort(([a, of], [b, other]) => other.length - of.length || COLLATOR.compare(a, b));
}
