/*
 * What a broker says when it refuses something: return codes 1 to 5 of MQTT 3.1.1 and reason codes from 128 of MQTT 5, each in
 * words for people, with what to do. Both are numbers in the same field and never overlap.
 */

export type RefusalKind =
  | 'version-refused'
  | 'credentials-refused'
  | 'client-id-refused'
  | 'session-taken-over'
  | 'busy'
  | 'moved'
  | 'too-large'
  | 'refused';

export interface BrokerReason {
  readonly kind: RefusalKind;
  /** As MQTT has it. */
  readonly code: number;
  /** What is wrong, to follow "because": no capital, no full stop. */
  readonly words: string;
  /** What to do; empty where nobody need do anything. */
  readonly advice: string;
}

const CREDENTIALS = 'check mqtt.username and EDGE_MQTT_PASSWORD or mqtt.passwordFile';
const RIGHTS = "check mqtt.username, and what the broker's access rules let it do";
const CLIENT_ID =
  'set mqtt.clientId to one that the broker takes: letters and digits, at most 23 for old brokers, the registered one for clouds';
const VERSION = 'mqtt.protocol chooses another version';
const LATER = 'it is tried again; look at the load of the broker';
const SIZE = "raise the broker's limit (max_packet_size, message_size_limit), or watch fewer cameras with one device";
const BUG = 'that is a fault of this program or of the broker: report it with the versions of both';
const RATE =
  "raise the broker's limit for this client, or lower publish.maxEventsPerSecond and raise publish.metricsIntervalMs";

const REASONS: Readonly<Record<number, readonly [RefusalKind, words: string, advice: string]>> = {
  1: ['version-refused', 'it does not speak this version of MQTT', VERSION],
  2: ['client-id-refused', 'it does not accept the client id', CLIENT_ID],
  3: ['busy', 'its service is not available', LATER],
  4: ['credentials-refused', 'user name or password is wrong', CREDENTIALS],
  5: ['credentials-refused', 'not authorised', CREDENTIALS],
  128: ['refused', 'it gives no reason', "look at the broker's log"],
  129: ['refused', 'it calls a packet malformed', BUG],
  130: ['refused', 'it sees the protocol broken', BUG],
  131: ['refused', 'it has reasons of its own', "look at the broker's log"],
  132: ['version-refused', 'it does not speak this version of MQTT', VERSION],
  133: ['client-id-refused', 'it does not accept the client id', CLIENT_ID],
  134: ['credentials-refused', 'user name or password is wrong', CREDENTIALS],
  135: ['credentials-refused', 'not authorised', RIGHTS],
  136: ['busy', 'its service is not available', LATER],
  137: ['busy', 'it is busy', LATER],
  138: [
    'refused',
    'this client is banned',
    'remove the ban at the broker: by client id, user or address, often after many connections at once',
  ],
  139: ['busy', 'it is shutting down', LATER],
  140: [
    'credentials-refused',
    'it wants another way to authenticate',
    'this program knows user name and password, and certificates (mqtt.certFile)',
  ],
  141: ['busy', 'it heard nothing of this device for too long', 'check the network, or lower mqtt.keepaliveS'],
  142: [
    'session-taken-over',
    'another client connected with the same client id',
    'give each device its own `device`, or mqtt.clientId where that is set',
  ],
  143: ['refused', 'it does not accept a subscription', RIGHTS],
  144: [
    'refused',
    'it does not accept the topic',
    "check the broker's rules for topics: this device's begin with edge/v1/<site>/<device>/",
  ],
  147: ['refused', 'too many messages were on their way', BUG],
  148: ['refused', 'it does not know a topic alias', BUG],
  149: ['too-large', 'a message is larger than it takes', SIZE],
  150: ['busy', 'messages come too fast', RATE],
  151: [
    'busy',
    "this client's quota is used up",
    'raise the quota at the broker, or lower publish.maxEventsPerSecond and raise publish.metricsIntervalMs',
  ],
  152: ['refused', 'an administrator ended the connection', "look at the broker's log"],
  153: [
    'refused',
    'it does not accept the payload',
    'this device sends JSON: a rule at the broker expects something else',
  ],
  154: ['refused', 'it retains no messages', 'they are sent without being retained'],
  155: ['refused', 'it does not support QoS 1', 'messages are sent with QoS 0'],
  156: ['moved', 'another server is to be used for now', 'set mqtt.broker to it'],
  157: ['moved', 'it has moved to another server', 'set mqtt.broker to it'],
  158: ['refused', 'it has no shared subscriptions', BUG],
  159: [
    'busy',
    'connections come too fast',
    'raise mqtt.reconnectMinMs, and see whether another device has the same client id',
  ],
  160: ['busy', 'connections may last only so long', 'nothing: it connects again'],
  161: ['refused', 'it has no subscription identifiers', BUG],
  162: [
    'refused',
    'it has no subscriptions with wildcards',
    'this device subscribes to cmd/+ to hear commands: it goes on without them',
  ],
};

/** A code of MQTT that says no, in words; one that nobody knows is named by its number. */
export function brokerReason(code: number): BrokerReason {
  const [kind, words, advice] = REASONS[code] ?? ['refused', 'it gives an unknown reason', "look at the broker's log"];
  return { kind, code, words: `${words} (code ${code})`, advice };
}
