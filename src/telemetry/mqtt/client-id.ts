import type { MqttConfig } from '../../config/config.js';
import type { Scope } from '../../foundation/scope.js';

/** The client id of a device: the configured one, else one that its site and its name make. */
export function clientIdOf({ clientId }: Pick<MqttConfig, 'clientId'>, { site, device }: Scope): string {
  return clientId ?? `edge-${site}-${device}`;
}
