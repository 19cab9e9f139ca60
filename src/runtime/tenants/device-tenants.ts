import type { TenantConfig } from '../../config/config.js';
import { systemClock } from '../../foundation/clock.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import { tenantFoldersIn } from '../../store/tenant-folders.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { DevicePublisher, TenantsPublisher } from '../publishing/device-publisher.js';
import { DeviceSummary } from '../publishing/device-summary.js';
import { tenantMetrics } from './tenant-metrics.js';
import { type SharedParts, TenantParts, tenantPart } from './tenant-parts.js';

/** What the tenants of a device need of it. */
export interface DeviceTenantsParts extends SharedParts {
  /** Of what concerns a tenant. */
  readonly alertsOf: (tenant: string) => Alerts;
}

/** The tenants of the device, each with its parts; whoever has none changes nothing. */
export class DeviceTenants implements Part {
  readonly name = 'tenants';
  readonly essential = false;
  readonly metrics = tenantMetrics(() => this.all);
  readonly all: readonly TenantParts[];
  readonly #parts: DeviceTenantsParts;
  readonly #configured: ReadonlyMap<string, TenantConfig>;

  constructor(parts: DeviceTenantsParts) {
    this.#parts = parts;
    const { tenants } = parts.config;
    this.#configured = new Map(tenants.map((tenant) => [tenant.id, tenant]));
    this.all = tenants.map((tenant) => new TenantParts(tenant, parts.alertsOf(tenant.id), parts));
  }

  /** Of a tenant; undefined where it is none of them. */
  get(id: TenantId): TenantParts | undefined {
    return this.all.find((tenant) => tenant.id === id);
  }

  /** Parts of all of them, in the order in which they start. */
  get list(): readonly Part[] {
    return this.all.flatMap(({ list }) => list);
  }

  /** Tells each tenant its summaries, from what is kept for it. */
  summaries(readerOf: (tenant: string) => KeptSeries): readonly Part[] {
    return this.all.map(({ id, config, history, publisher }) => {
      const told = config.mqtt.broker === 'off' ? null : publisher;
      const parts = { file: history.file, reader: readerOf(id), publisher: told, clock: systemClock };
      return tenantPart(id, new DeviceSummary(config, parts));
    });
  }

  /** Their publishers, with what each has a value of its own for. */
  get publishers(): readonly TenantsPublisher[] {
    return this.all.map(({ id, publisher }) => {
      const own: Readonly<Record<string, unknown>> = this.#configured.get(id)!.publish;
      return { publisher, says: (key) => own[key] !== undefined };
    });
  }

  /** Who tells what is of a tenant; that of the device for its own. */
  publisherOf(tenant: TenantId, device: DevicePublisher): DevicePublisher {
    return this.get(tenant)?.publisher ?? device;
  }

  /** Says of whom there is something kept that is no tenant any more: that is for a person to remove. */
  start(): void {
    const { config, log } = this.#parts;
    for (const { tenant, folder } of tenantFoldersIn(config.store.dir)) {
      if (this.#configured.has(tenant)) continue;
      log.warn(
        { tenant, folder },
        `${tenant} is no tenant of this device any more, and what was kept for it stays in ${folder}: remove the folder, or name the tenant again`,
      );
    }
  }

  stop(): void {
    // its parts are in the list themselves
  }
}
