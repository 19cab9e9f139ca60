import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import type { PublisherState } from './publisher.js';

export const BROKER_REFUSES: AlertDeclaration = {
  code: 'broker-refuses',
  severities: ['warning'],
  help: 'The broker does not take all of what this device has to say; what is missing may be why this alert is not heard there, so it stands in status and log too.',
  action: 'Give this device the rights and the packet size at the broker that the message names.',
};

export const CLIENT_ID_SHARED: AlertDeclaration = {
  code: 'client-id-shared',
  severities: ['warning'],
  help: 'Another client has the same MQTT client id, and the broker throws out each for the other; or another device has the same name, and each writes over the status of the other.',
  action: 'Give one of the two devices a name (device) or an mqtt.clientId of its own.',
};

/** What the broker does not take; null where it takes everything. */
export function brokerRefuses({ refusals }: Pick<PublisherState, 'refusals'>): Alert | null {
  if (refusals.length === 0) return null;
  return { severity: 'warning', message: refusals.join('; ') };
}

/** Another client has the same id; null where nothing looks like it. */
export function clientIdIsShared({ clientIdShared }: Pick<PublisherState, 'clientIdShared'>): Alert | null {
  return clientIdShared === null ? null : { severity: 'warning', message: clientIdShared };
}
