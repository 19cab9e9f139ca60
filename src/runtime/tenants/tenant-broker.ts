import type { MqttConfig, TenantConfig } from '../../config/config.js';
import type { DeviceBroker } from '../publishing/device-broker.js';

/** Where messages go, and how that is spoken to. */
export type PublishedTo = Pick<DeviceBroker, 'url' | 'mqtt'>;

/**
 * Where a tenant's messages go: to a broker of its own, else to the device's. There too it has a connection of its own, since the broker
 * keeps one last will for each, and the tenant's status must say when the device is gone.
 *
 * @param mqtt as it is for the tenant (`tenantConfig`)
 */
export function tenantBroker(own: TenantConfig['mqtt'], mqtt: MqttConfig, device: DeviceBroker): PublishedTo {
  if (own.broker !== undefined) return { mqtt, url: own.broker === 'off' ? null : own.broker };
  const isOther = own.username !== undefined || own.certFile !== undefined;
  return {
    mqtt: { ...mqtt, protocol: device.mqtt.protocol },
    // known once the device's broker has started
    get url() {
      return device.url !== null && isOther ? withoutLogin(device.url) : device.url;
    },
  };
}

/** An address without the name and password that may stand in it: those are the device's. */
function withoutLogin(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
