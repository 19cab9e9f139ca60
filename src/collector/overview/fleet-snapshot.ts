import type { Severity } from '../../foundation/alert-declaration.js';
import { clockOffsetMs } from '../device/clock-offset.js';
import { type Presence, type PresenceLimits, presenceOf } from '../device/presence.js';
import type { DeviceAlert, FleetDevice, FleetStore } from '../store/fleet-store.js';
import { FleetReadings, type LateReadings } from './fleet-readings.js';
import { KnownDevices } from './known-devices.js';

/** An alert that a device has. */
export interface ShownAlert {
  readonly code: string;
  readonly severity: Severity;
  /** In the device's own words. */
  readonly message: string;
  /** What to do, as well. */
  readonly action: string;
  /** Unix ms by the device's clock. */
  readonly since: number;
}

/** One device as it stands among the others. */
export interface DeviceStanding {
  readonly device: FleetDevice;
  readonly state: Presence;
  readonly clockOffsetMs: number | null;
  /** That hold, the most severe first. */
  readonly alerts: readonly ShownAlert[];
  /** Messages that will never come and that nobody told of. */
  readonly lost: number;
  /** That operators gave it. */
  readonly labels: readonly string[];
  readonly readings: LateReadings;
}

/** All devices at one moment. */
export interface FleetSnapshot {
  /** Unix ms. */
  readonly at: number;
  /** In the order of site and name. */
  readonly devices: readonly DeviceStanding[];
}

export const SEVERITY_RANKS: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** ms for which several who look are shown the same. */
const FRESH_MS = 2000;
/** ms that somebody who looks waits for what is still being read: then what is known is shown. */
const PATIENCE_MS = 150;
const MOST_ALERTS = 100_000;

interface SnapshotOptions {
  readonly store: FleetStore;
  readonly limits: PresenceLimits;
  /** By `site/device`; absent: nobody can give any. */
  readonly labels?: () => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Unix ms. */
  readonly now: () => number;
}

/** How all devices are, read again when somebody looks, and for all who look at a time together. */
export class FleetSnapshots {
  readonly #options: SnapshotOptions;
  readonly #readings: FleetReadings;
  readonly #devices: KnownDevices;
  #made: { readonly at: number; readonly snapshot: Promise<FleetSnapshot> } | null = null;

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#readings = new FleetReadings(options.store, options.now);
    this.#devices = new KnownDevices(options.store, options.now);
  }

  /** @throws as the store does */
  latest(): Promise<FleetSnapshot> {
    const at = this.#options.now();
    if (this.#made !== null && at - this.#made.at < FRESH_MS && at >= this.#made.at) return this.#made.snapshot;
    const snapshot = this.#make(at);
    this.#made = { at, snapshot };
    snapshot.catch(() => {
      this.#made = null;
    });
    return snapshot;
  }

  /** Reads what arrived, so that who looks need not wait for it. @throws as the store does */
  catchUp(): Promise<void> {
    return this.#readings.catchUp();
  }

  /** Reads no more. */
  async stop(): Promise<void> {
    await this.#readings.stop();
    await this.#made?.snapshot.catch(() => undefined);
  }

  async #make(at: number): Promise<FleetSnapshot> {
    await patiently(this.#readings.catchUp());
    return this.#readings.before(() => this.#standings(at));
  }

  async #standings(at: number): Promise<FleetSnapshot> {
    const { store, limits, labels: labelsOf } = this.#options;
    const alerts = alertsByDevice(await store.holding(MOST_ALERTS));
    const lost = await store.lostCounts();
    const labels = await labelsOf?.();
    const devices = (await this.#devices.latest()).map((device) => ({
      device,
      state: presenceOf(device, at, limits),
      clockOffsetMs: clockOffsetMs(device.clock),
      alerts: alerts.get(device.id) ?? [],
      lost: lost.get(device.id) ?? 0,
      labels: labels?.get(`${device.site}/${device.device}`) ?? [],
      readings: this.#readings.of(device.id),
    }));
    return { at, devices };
  }
}

async function patiently(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
  // what fails later is heard of by whoever asks next
  work.catch(() => undefined);
}

function alertsByDevice(all: readonly DeviceAlert[]): Map<number, ShownAlert[]> {
  const found = new Map<number, ShownAlert[]>();
  for (const { device, code, body } of all) {
    const { severity, message, action, since } = JSON.parse(body) as ShownAlert;
    const alerts = found.get(device) ?? [];
    alerts.push({ code, severity, message, action, since });
    found.set(device, alerts);
  }
  for (const alerts of found.values()) alerts.sort(byWorst);
  return found;
}

const byWorst = (a: ShownAlert, b: ShownAlert): number =>
  SEVERITY_RANKS[a.severity] - SEVERITY_RANKS[b.severity] || a.since - b.since;
