import { deviceScope } from '../../../runtime/device-scope.js';
import { type BrokerAddress, visitedBroker } from '../../../telemetry/mqtt/broker-address.js';
import { BrokerVisit, VisitEnded, type VisitListener } from '../../../telemetry/mqtt/broker-visit.js';
import { clientIdOf } from '../../../telemetry/mqtt/client-id.js';
import type { Patient } from '../../check.js';

/** ms that the broker has to answer a CONNECT, for each version of MQTT that is tried. */
export const ANSWER_MS = 2500;

const REFUSES_CLIENT_ID = 'client-id-refused';

/** Where the broker is; null where there is none: none is configured, or it is a part of a program that does not run. */
export function brokerTarget({ config: { mqtt }, running }: Patient): BrokerAddress | null {
  if (mqtt.broker === 'off') return null;
  // port 0 is a free one, which only the program knows
  if (mqtt.broker === 'embedded' && (running === null || mqtt.embeddedPort === 0)) return null;
  return visitedBroker(mqtt);
}

/** `host:port`, for people. */
export const brokerPlace = ({ host, port }: BrokerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The client id of the device itself. */
export const ownClientId = ({ config }: Patient): string => clientIdOf(config.mqtt, deviceScope(config));

/** The user name that the device proves itself with; null: none. */
export const userOf = ({ config }: Patient, address: BrokerAddress): string | null =>
  config.mqtt.username ?? address.username;

/**
 * Connects with the login of the device, and with an id beside its own: with its own one the broker would throw the running
 * program out. Only where the broker takes no other, and no program runs here, its own one is used.
 *
 * @throws VisitEnded where the broker cannot be reached or refuses
 * @throws EdgeError E_PUBLISH where the password or a certificate cannot be read
 */
export async function visitBroker(
  patient: Patient,
  address: BrokerAddress,
  listener: VisitListener,
  signal: AbortSignal,
): Promise<BrokerVisit> {
  const { mqtt } = patient.config;
  const id = ownClientId(patient);
  const connectTimeoutMs = Math.min(mqtt.connectTimeoutMs, ANSWER_MS);
  const open = (clientId: string) => BrokerVisit.open(mqtt, address, listener, { clientId, connectTimeoutMs, signal });
  try {
    return await open(`${id}-diag${Math.floor(Math.random() * 0x10000).toString(16)}`);
  } catch (error) {
    const refusesId = error instanceof VisitEnded && error.end.kind === REFUSES_CLIENT_ID;
    if (!refusesId || patient.running !== null) throw error;
    return open(id);
  }
}
