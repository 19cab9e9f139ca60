import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import { type CertificateValidity, daysLeft } from './certificate-validity.js';
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

export const CERTIFICATE_EXPIRES: AlertDeclaration = {
  code: 'certificate-expires',
  severities: ['warning'],
  help: "The broker's certificate, or that of this device, expires within two weeks.",
  action: 'Renew it: the broker reads its own at a reload, and this device reads mqtt.certFile at the next connection.',
};

export const CLOCK_WRONG: AlertDeclaration = {
  code: 'clock-wrong',
  severities: ['warning'],
  help: 'The clock says a time before this program was built: times in messages are wrong, and certificates look as if they were not valid yet.',
  action: 'Set the clock (timedatectl set-ntp true), and see that a time server can be reached.',
};

/** A clock that was never set; null where it can be right. @param now Unix ms @param builtAt Unix ms */
export function clockIsWrong(now: number, builtAt: number): Alert | null {
  if (now >= builtAt) return null;
  const [says, built] = [now, builtAt].map((time) => new Date(time).toISOString().slice(0, 10));
  return { severity: 'warning', message: `the clock says ${says}, and this program was built on ${built}` };
}

const EXPIRES_DAYS = 14;

/** Certificates that expire soon; null where none does. @param now Unix ms */
export function certificatesExpire({ certificates }: Pick<PublisherState, 'certificates'>, now: number): Alert | null {
  const said = [
    expiry("the broker's certificate", certificates.broker, now),
    expiry('mqtt.certFile', certificates.own, now),
  ];
  const message = said.filter((words) => words !== null).join('; ');
  return message === '' ? null : { severity: 'warning', message };
}

function expiry(whose: string, validity: CertificateValidity | null, now: number): string | null {
  if (validity === null) return null;
  const days = daysLeft(validity, now);
  if (days >= EXPIRES_DAYS) return null;
  const date = new Date(validity.to).toISOString().slice(0, 10);
  return days < 0
    ? `${whose} expired on ${date}`
    : `${whose} (${validity.subject}) expires on ${date}, in ${days} days`;
}

/** What the broker does not take; null where it takes everything. */
export function brokerRefuses({ refusals }: Pick<PublisherState, 'refusals'>): Alert | null {
  if (refusals.length === 0) return null;
  return { severity: 'warning', message: refusals.join('; ') };
}

/** Another client has the same id; null where nothing looks like it. */
export function clientIdIsShared({ clientIdShared }: Pick<PublisherState, 'clientIdShared'>): Alert | null {
  return clientIdShared === null ? null : { severity: 'warning', message: clientIdShared };
}
