import type { Config } from '../../config/config.js';
import { tenantOfCamera } from '../../config/tenants.js';
import type { AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { TenantId } from '../../foundation/scope.js';
import type { Viewer } from '../../foundation/viewer.js';
import { type ActiveAlert, Alerts } from '../../telemetry/alerts/alerts.js';

/** An alert that holds, with whose it is where it is not the device's own. */
export interface OwnedAlert extends ActiveAlert {
  /** Id of the tenant. */
  readonly tenant?: string;
}

/** @param tenant null: the device itself */
export const ownedBy = (tenant: TenantId, alert: ActiveAlert): OwnedAlert =>
  tenant === null ? alert : { ...alert, tenant };

/** What is said of cameras: whoever's they are hears of their own only. The device itself hears of those that are no tenant's. */
export class CameraAlerts {
  /** Of the device itself at null, where all other alerts are as well; and of each tenant. */
  readonly owners: ReadonlyMap<TenantId, Alerts>;
  readonly #config: Pick<Config, 'cameras' | 'tenants'>;

  /**
   * @param device alerts of the device itself
   * @param now Unix ms
   */
  constructor(config: Pick<Config, 'cameras' | 'tenants'>, device: Alerts, now = Date.now) {
    this.#config = config;
    const tenants = config.tenants.map(({ id }): [TenantId, Alerts] => [id, new Alerts(now)]);
    this.owners = new Map<TenantId, Alerts>([[null, device], ...tenants]);
  }

  /** Those of the tenants. */
  get tenants(): readonly (readonly [tenant: string, alerts: Alerts])[] {
    return [...this.owners].flatMap(([tenant, alerts]) => (tenant === null ? [] : [[tenant, alerts] as const]));
  }

  /** These codes may be raised for a tenant too; the device itself is told of them by its parts. */
  declare(declarations: readonly AlertDeclaration[]): void {
    for (const [, alerts] of this.tenants) alerts.declare(declarations);
  }

  /** Those that hold and may be shown, in the order in which they began for each: the operator is shown all, with whose they are. */
  active(viewer: Viewer): readonly OwnedAlert[] {
    if (viewer.kind === 'tenant') return this.owners.get(viewer.tenant)?.active() ?? [];
    return [...this.owners].flatMap(([tenant, alerts]) => alerts.active().map((alert) => ownedBy(tenant, alert)));
  }

  /** Whose a camera is. */
  ownerOf(camera: string): TenantId {
    return tenantOfCamera(this.#config, camera);
  }

  /** What there is of several cameras, apart by whose they are; an owner who has none of them too. */
  apart<Named extends { readonly id: string }>(
    cameras: readonly Named[],
  ): readonly { readonly tenant: TenantId; readonly alerts: Alerts; readonly own: readonly Named[] }[] {
    return [...this.owners].map(([tenant, alerts]) => ({
      tenant,
      alerts,
      own: cameras.filter(({ id }) => this.ownerOf(id) === tenant),
    }));
  }
}
