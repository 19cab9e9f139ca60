import { BUILT_AT } from '../../foundation/build-time.js';
import { maskCredentials } from '../../foundation/log.js';
import type { BrokerAddress } from './broker-address.js';
import { brokerReason, type RefusalKind } from './broker-reasons.js';
import type { BrokerSecrets } from './broker-secrets.js';
import { type CertificateValidity, validityOf } from './certificate-validity.js';
import type { MqttProtocol, ProtocolOutcome } from './protocol-choice.js';
import { opensslCode, tlsAdvice } from './tls-advice.js';

/*
 * How a connection to a broker ended, in words with what to do.
 */

/** Of what a broker says in its own words. */
const MAX_BROKER_WORDS = 200;

/** What kind of end it was: a refusal of the broker, or what came in its way. */
export type EndKind =
  | RefusalKind
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'closed-without-answer'
  | 'closed'
  | 'half-open'
  | 'unacknowledged';

/** What the end of a connection says of the MQTT version */
export const outcomeOfEnd = (kind: EndKind): ProtocolOutcome =>
  kind === 'version-refused' || kind === 'closed-without-answer' ? kind : 'other';

/** How a connection ended. */
export interface ConnectionEnd {
  readonly kind: EndKind;
  /** For people; no secrets. */
  readonly message: string;
  /** Whether the broker may have taken the CONNECT, and with it the last will. */
  readonly willMayBeKnown: boolean;
  /** What the broker gave as its reason; null where it gave none. */
  readonly code: number | null;
  /** The word that OpenSSL or the system has for it: `CERT_HAS_EXPIRED`, `ECONNREFUSED`; null where neither said one. */
  readonly systemCode: string | null;
  /** The broker ended it, not this side or a network that went away. */
  readonly byBroker: boolean;
}

/** What a connection was made with, as far as its end is told by it. */
export interface ConnectedAs {
  readonly address: BrokerAddress;
  readonly secrets: BrokerSecrets;
  readonly protocol: MqttProtocol;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly keepaliveS: number;
}

/** What the stream or MQTT.js fails with; `code` is the broker's where it is a number. */
export type ConnectionError = Error & { code?: number | string; syscall?: string };

/** What was heard of a connection by its end. */
export interface Heard {
  readonly error: ConnectionError | null;
  /** The broker's reason, at the beginning or at the end. */
  readonly code: number | null;
  /** In the broker's own words, with another server where it named one; empty where it said nothing. */
  readonly words: string;
  readonly isOpen: boolean;
  readonly byBroker: boolean;
  /** ms since the last packet came. */
  readonly silentMs: number;
  /** The broker's certificate and those above it; empty without TLS. */
  readonly brokersChain: readonly CertificateValidity[];
}

/** How a stream ends that the other side closed while something was still being sent. */
const BROKEN_OFF = ['ECONNRESET', 'EPIPE'];
/** Mosquitto 2.0.11 says of a message that it is too large by a code that MQTT does not have there, at which MQTT.js gives up. */
const UNKNOWN_REFUSAL = 'Invalid puback reason code';

/** Whether it was the broker that ended the connection, and not this side or the network. */
export const isByBroker = ({ code, message }: ConnectionError): boolean =>
  BROKEN_OFF.includes(String(code)) || message === UNKNOWN_REFUSAL;

/** What the broker says in its own words, and another server where it names one; empty where it says nothing. */
export function wordsOf(properties: { reasonString?: string; serverReference?: string } | undefined): string {
  const { reasonString, serverReference } = properties ?? {};
  const server = serverReference === undefined ? '' : `the server is ${serverReference}`;
  return maskCredentials([reasonString, server].filter(Boolean).join(', ').slice(0, MAX_BROKER_WORDS));
}

const NETWORK_CALLS = ['connect', 'getaddrinfo'];
/** What MQTT.js says of bytes that are no MQTT, and of a web server that knows no WebSocket there. */
const NO_MQTT = /invalid header flag|malformed|unsupported|unknown packet|not supported|protocol error|cannot parse/i;
const NO_WEBSOCKET = /unexpected server response: (\d+)/i;

/** What MQTT.js says where no answer came to a ping. */
const KEEPALIVE_TIMEOUT = 'Keepalive timeout';
/** What this side ends a connection with whose messages are not acknowledged. */
export const NO_ACKNOWLEDGEMENT = 'it acknowledges no messages';

const halfOpen = (silentS: number): string =>
  `nothing came for ${silentS} s though the connection stood: something between dropped it without a word (half-open), a mobile network or a firewall that forgets idle connections; lower mqtt.keepaliveS below its idle time where that happens often`;

const unacknowledged = (keepaliveS: number): string =>
  `it answers, and has acknowledged no message for ${keepaliveS} s: look at its load and its disk, and at what stands between (a bridge, a proxy)`;

/** What became of a connection. */
export function endOf(heard: Heard, options: ConnectedAs): ConnectionEnd {
  const { address, connectTimeoutMs, keepaliveS, secrets } = options;
  const { error, code, isOpen, byBroker, silentMs, brokersChain } = heard;
  const where = `broker ${address.label}`;
  const why = error ? maskCredentials(error.message) : 'it closed the connection';
  const systemCode = (error && opensslCode(error)) || null;
  const end = (kind: EndKind, message: string, willMayBeKnown = false): ConnectionEnd => {
    return { kind, message, willMayBeKnown, code, systemCode, byBroker };
  };
  if (code !== null && code > 0) return end(brokerReason(code).kind, refusalOf(code, heard, options), isOpen);
  if (isOpen && why === UNKNOWN_REFUSAL) {
    return end('closed', `${where} refuses a message by a code that MQTT does not have, usually as too large`, true);
  }
  if (isOpen && (error?.message === KEEPALIVE_TIMEOUT || error?.message === NO_ACKNOWLEDGEMENT)) {
    const isDead = error.message === KEEPALIVE_TIMEOUT || silentMs >= keepaliveS * 1000;
    const message = isDead ? halfOpen(Math.round(silentMs / 1000)) : unacknowledged(keepaliveS);
    return end(isDead ? 'half-open' : 'unacknowledged', `${where}: ${message}`, true);
  }
  if (isOpen) return end('closed', `${where}: connection lost (${why})`, true);
  if (!error || (byBroker && !address.tls)) {
    const isWeb = address.protocol.startsWith('ws');
    const doubt = isWeb ? 'its port and its path, which is often /mqtt' : 'its port';
    const tls = address.tls ? '' : `, and does it want TLS (${isWeb ? 'wss' : 'mqtts'}://)`;
    return end(
      'closed-without-answer',
      `${where} closed the connection without an answer: is this ${doubt}${tls}?`,
      true,
    );
  }
  if (error.message === 'connack timeout') {
    return end('timeout', `${where} gave no answer within ${connectTimeoutMs} ms; check address and port`, true);
  }
  if (NETWORK_CALLS.includes(error.syscall ?? '') || error instanceof AggregateError) {
    return end(
      'unreachable',
      `${where} cannot be reached (${why || (error as ConnectionError).code}); ${networkAdvice(error, address)}`,
    );
  }
  const status = NO_WEBSOCKET.exec(error.message)?.[1];
  if (status !== undefined) {
    const advice = 'check its path, which is often /mqtt, and whether it serves WebSockets on this port';
    return end('closed-without-answer', `${where} is a web server that answers with ${status}: ${advice}`);
  }
  if (NO_MQTT.test(error.message)) {
    return end('closed-without-answer', `${where} does not speak MQTT on this port (${why}); check mqtt.broker`, true);
  }
  if (address.tls) {
    const clock = { now: Date.now(), builtAt: BUILT_AT };
    const advice = tlsAdvice(error, clock, { broker: brokersChain, own: validityOf(secrets.cert) });
    return end('tls', `${where}: no TLS connection (${why}): ${advice}`, true);
  }
  return end('closed-without-answer', `${where} ended the connection (${why})`, true);
}

/** What the broker refuses, at the beginning or in the middle, in words. */
function refusalOf(
  code: number,
  { words, isOpen }: Heard,
  { address, protocol, clientId, secrets }: ConnectedAs,
): string {
  const reason = brokerReason(code);
  const who = secrets.username === undefined ? 'clients without a user name' : `user ${secrets.username}`;
  const what = {
    'version-refused': `does not speak MQTT ${protocol}`,
    'credentials-refused': `refuses ${who}`,
    'client-id-refused': `refuses the client id ${clientId}`,
    'session-taken-over': `gave the connection of the client id ${clientId} to another client`,
  } as const;
  const did = what[reason.kind as keyof typeof what] ?? (isOpen ? 'ended the connection' : 'refuses the connection');
  const said = words === '' ? '' : `, in its words: ${words}`;
  return `broker ${address.label} ${did} (${reason.words}${said})${reason.advice === '' ? '' : `; ${reason.advice}`}`;
}

function networkAdvice({ code }: ConnectionError, { host }: BrokerAddress): string {
  const isName = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  if (isName && host.endsWith('.local')) {
    return 'names in .local are found by mDNS only (packages avahi-daemon and libnss-mdns): use its IP address, or check the network';
  }
  if (code === 'EAI_AGAIN') {
    return 'no DNS server answers, so its name cannot be looked up: check the network and the DNS of this device, or use its IP address';
  }
  if (isName) return 'its name is not found: check mqtt.broker and the DNS of this device';
  if (code === 'ECONNREFUSED') {
    return 'nobody listens there: check address and port, and whether the broker listens on more than its own machine (Mosquitto wants a `listener` for that)';
  }
  if (code === 'ENETUNREACH') return 'this device has no route to it: is the uplink there (ip route)?';
  if (code === 'EHOSTUNREACH') return 'no machine has that address, or a firewall says so: check address and network';
  if (code === 'ETIMEDOUT') return 'nobody answers there: check address and port, and firewalls in between';
  return 'check address, port and network';
}
