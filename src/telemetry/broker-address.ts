import type { MqttConfig } from '../config.js';
import { ConfigError } from '../errors.js';
import { maskCredentials } from '../log.js';

const DEFAULT_PORTS = { mqtt: 1883, mqtts: 8883, ws: 80, wss: 443 } as const;

export type BrokerProtocol = keyof typeof DEFAULT_PORTS;

/** Where a broker is, checked. */
export interface BrokerAddress {
  readonly protocol: BrokerProtocol;
  readonly host: string;
  readonly port: number;
  /** Path and query of ws:// and wss://; `/` otherwise. */
  readonly path: string;
  /** From the URL, if there. */
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
  /** For people: credentials masked. */
  readonly label: string;
}

/**
 * Reads a broker's URL and checks that the other MQTT options fit it.
 *
 * @param url the configured broker unless given: that of the embedded broker, for instance
 * @throws ConfigError with every problem at once
 */
export function brokerAddress(config: MqttConfig, url: string = config.broker): BrokerAddress {
  const problems: string[] = [];
  let parsed: URL | null = null;
  try {
    parsed = new URL(url);
  } catch {}
  const protocol = parsed?.protocol.slice(0, -1) ?? '';
  if (!parsed || !isBrokerProtocol(protocol) || parsed.hostname === '') {
    throw new ConfigError('MQTT cannot be used', [
      `mqtt.broker: expected off, embedded, or mqtt://, mqtts://, ws:// or wss:// and a host, got ${maskCredentials(url)}`,
    ]);
  }

  const tls = protocol === 'mqtts' || protocol === 'wss';
  for (const key of ['caFile', 'certFile', 'keyFile'] as const) {
    if (!tls && config[key] !== undefined) {
      problems.push(`mqtt.${key}: expected only with mqtts:// or wss://, got mqtt.broker ${maskCredentials(url)}`);
    }
  }
  if ((config.certFile === undefined) !== (config.keyFile === undefined)) {
    problems.push('mqtt.certFile and mqtt.keyFile: expected both or neither');
  }
  const username = parsed.username === '' ? null : decoded(parsed.username);
  if (config.username === undefined && username === null && (config.password ?? config.passwordFile) !== undefined) {
    problems.push('mqtt.username: expected a name to go with the password, got none');
  }
  if (problems.length > 0) throw new ConfigError('MQTT cannot be used', problems);

  return {
    protocol,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? DEFAULT_PORTS[protocol] : Number(parsed.port),
    path: protocol.startsWith('ws') ? parsed.pathname + parsed.search : '/',
    username,
    password: parsed.password === '' ? null : decoded(parsed.password),
    tls,
    label: maskCredentials(url),
  };
}

function isBrokerProtocol(protocol: string): protocol is BrokerProtocol {
  return Object.hasOwn(DEFAULT_PORTS, protocol);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
