import type { MqttConfig } from '../../config/config.js';
import { ConfigError } from '../../foundation/errors.js';
import { maskCredentials } from '../../foundation/log.js';

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
 * Reads a broker's URL.
 *
 * @param url the configured broker unless given: that of the embedded broker, for instance
 * @throws ConfigError where it is none
 */
export function brokerAddress(config: Pick<MqttConfig, 'broker'>, url: string = config.broker): BrokerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const protocol = parsed?.protocol.slice(0, -1) ?? '';
  if (!parsed || !isBrokerProtocol(protocol) || parsed.hostname === '') {
    throw new ConfigError('MQTT cannot be used', [
      `mqtt.broker: expected off, embedded, or mqtt://, mqtts://, ws:// or wss:// and a host, got ${maskCredentials(url)}`,
    ]);
  }
  return {
    protocol,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? DEFAULT_PORTS[protocol] : Number(parsed.port),
    path: protocol.startsWith('ws') ? parsed.pathname + parsed.search : '/',
    username: parsed.username === '' ? null : decoded(parsed.username),
    password: parsed.password === '' ? null : decoded(parsed.password),
    tls: protocol === 'mqtts' || protocol === 'wss',
    label: maskCredentials(url),
  };
}

/**
 * Where the configured broker is for another process of this machine or another one.
 *
 * @throws ConfigError where none is configured
 */
export function visitedBroker(mqtt: Pick<MqttConfig, 'broker' | 'embeddedPort'>): BrokerAddress {
  const { broker, embeddedPort } = mqtt;
  if (broker === 'embedded') return brokerAddress(mqtt, `mqtt://127.0.0.1:${embeddedPort}`);
  if (broker !== 'off') return brokerAddress(mqtt);
  throw new ConfigError('there is no broker to visit', [
    'mqtt.broker: expected the address of a broker, got off: name it with --broker, or the file that has it with --config',
  ]);
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
