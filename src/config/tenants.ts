import type { TenantId } from '../foundation/scope.js';
import type { CameraConfig, Config, MqttConfig, TenantConfig } from './config.js';

/** Whose a camera is; one that is not configured (frames handed in) is the device's own. */
export function tenantOfCamera(config: Pick<Config, 'cameras'>, camera: string): TenantId {
  return config.cameras.find(({ id }) => id === camera)?.tenant ?? null;
}

/** The cameras of one tenant, or of the device itself. */
export function camerasOf(config: Pick<Config, 'cameras'>, tenant: TenantId): CameraConfig[] {
  return config.cameras.filter((camera) => (camera.tenant ?? null) === tenant);
}

/** Weights by tenant, the device's own cameras at null; inferences are divided in their proportion when they are scarce. */
export function sharesOf(config: Pick<Config, 'schedule' | 'tenants'>): ReadonlyMap<TenantId, number> {
  return new Map<TenantId, number>([
    [null, config.schedule.share],
    ...config.tenants.map(({ id, share }): [TenantId, number] => [id, share]),
  ]);
}

/**
 * The configuration as it is for one tenant's parts: its cameras and site, and its own values wherever it says one. No other
 * tenant is in it, and neither token nor broker credentials of the device where it has its own.
 */
export function tenantConfig(config: Config, tenant: TenantConfig): Config {
  return {
    ...config,
    site: tenant.site ?? tenant.id,
    cameras: camerasOf(config, tenant.id),
    tenants: [],
    mqtt: tenantMqtt(config.mqtt, tenant.mqtt),
    outbox: overlaid(config.outbox, tenant.outbox),
    publish: overlaid(config.publish, tenant.publish),
    history: overlaid(config.history, tenant.history),
    cache: overlaid(config.cache, tenant.cache),
    http: { ...config.http, token: tenant.http.token, tokenFile: tenant.http.tokenFile },
  };
}

/** Where a tenant names a broker or a user, nothing of the device's own credentials is left; its client id is never the device's. */
function tenantMqtt(device: MqttConfig, own: TenantConfig['mqtt']): MqttConfig {
  const { clientId: _, username, password, passwordFile, certFile, keyFile, ...shared } = device;
  if (own.broker !== undefined) return overlaid<MqttConfig>({ ...shared, caFile: undefined }, own);
  if (own.username !== undefined || own.certFile !== undefined) return overlaid<MqttConfig>(shared, own);
  return overlaid<MqttConfig>({ ...shared, username, password, passwordFile, certFile, keyFile }, own);
}

/** A section with the values in place that `own` says; a key that is unset there says nothing. */
function overlaid<Section>(section: Section, own: { readonly [K in keyof Section]?: Section[K] | undefined }): Section {
  const said = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...section, ...Object.fromEntries(said) };
}
