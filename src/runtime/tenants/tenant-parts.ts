import type { Config, TenantConfig } from '../../config/config.js';
import { tenantConfig } from '../../config/tenants.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { type Scope, scopeFolder } from '../../foundation/scope.js';
import { tenantViewer } from '../../foundation/viewer.js';
import type { Checkpointer } from '../../store/checkpointer.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import { ToldMetrics, toldToTenant } from '../../telemetry/metrics/told-metrics.js';
import type { ModelInUse } from '../detector/model-generation.js';
import { tenantScope } from '../device-scope.js';
import { DeviceHistory } from '../history/device-history.js';
import type { DeviceBroker } from '../publishing/device-broker.js';
import { DeviceOutbox } from '../publishing/device-outbox.js';
import { DevicePublisher } from '../publishing/device-publisher.js';
import { tenantBroker } from './tenant-broker.js';

/** What the device has once, and every tenant's parts work with. */
export interface SharedParts {
  /** With absolute paths. */
  readonly config: Config;
  /** Of the device itself. */
  readonly scope: Scope;
  readonly broker: DeviceBroker;
  readonly metrics: Metrics;
  readonly checkpointer: Checkpointer;
  readonly model: () => ModelInUse | null;
  /** An event of a camera was not published, because the bytes of the day were used up. */
  readonly onLeftOut: (camera: string) => void;
  readonly log: Log;
}

/**
 * What one tenant has for itself alone, made of the same parts as the device's own: a folder with a history, an outbox with a room of its own in it, a
 * connection to a broker with a last will, numbers and a day's bytes. It is told of its own cameras only, and hears no commands: those
 * come from whoever runs the device.
 */
export class TenantParts {
  readonly id: string;
  readonly scope: Scope;
  /** As it is for this tenant, its folder as `store.dir`. */
  readonly config: Config;
  readonly history: DeviceHistory;
  readonly outbox: DeviceOutbox;
  readonly publisher: DevicePublisher;
  /** In the order in which they start; none of them brings anything into the program. */
  readonly list: readonly Part[];

  /** @param alerts of what concerns this tenant */
  constructor(tenant: TenantConfig, alerts: Alerts, shared: SharedParts) {
    const { metrics, checkpointer, model, onLeftOut } = shared;
    const log = shared.log.child({ tenant: tenant.id });
    this.id = tenant.id;
    this.scope = tenantScope(shared.scope, tenant);
    this.config = {
      ...tenantConfig(shared.config, tenant),
      // whoever called the device so was told of it already
      device: this.scope.device,
      store: { dir: scopeFolder(this.scope, shared.config.store.dir) },
    };
    const { mqtt, cameras } = this.config;
    const viewer = tenantViewer(
      tenant.id,
      cameras.map(({ id }) => id),
    );
    this.history = new DeviceHistory(this.config, { alerts, checkpointer, log });
    this.outbox = new DeviceOutbox(this.config, { alerts, checkpointer, log });
    this.publisher = new DevicePublisher({
      config: this.config,
      scope: this.scope,
      broker: tenantBroker(tenant.mqtt, mqtt, shared.broker),
      outbox: this.outbox,
      commands: null,
      alerts,
      metrics: new ToldMetrics(metrics, toldToTenant(viewer)),
      model,
      onLeftOut,
      log,
    });
    const parts = [this.history, this.outbox, this.publisher];
    for (const part of parts) alerts.declare(part.alerts);
    this.list = parts.map((part) => tenantPart(tenant.id, part));
  }
}

/** A part as the list of all has it: what it brings is the device's own part's to bring, and the device goes on without it. */
export function tenantPart(tenant: string, part: Part): Part {
  return {
    name: `${part.name} of tenant ${tenant}`,
    essential: false,
    start: (signal) => part.start(signal),
    stop: (reason) => part.stop(reason),
  };
}
