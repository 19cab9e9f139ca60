import type { IClientOptions, MqttClient } from 'mqtt';
import type { MqttProtocol } from './protocol-choice.js';

/** A message as the broker handed it over. */
export interface HandedMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The broker had kept it for whoever subscribes. */
  readonly retained: boolean;
}

/** Where messages go, and who says when they are kept. */
export interface MessageKeeper {
  readonly isFull: boolean;
  whenRoom(then: () => void): void;
  /** @param kept called once it is kept: only now the broker is told that it arrived */
  take(message: HandedMessage, kept: () => void): void;
}

/** A session that outlives its connections: the broker keeps what comes meanwhile, and is told of each message once it is kept. */
export interface LastingSession {
  /** Messages that the broker may send before the first of them is acknowledged, with MQTT 5. */
  readonly receiveMaximum: number;
  /** s for which a broker of MQTT 5 keeps what comes while nobody is connected. */
  readonly expiryS: number;
  readonly keeper: MessageKeeper;
}

const PUBACK = 0x40;

/** What MQTT.js must know of it. */
export function sessionOptions(
  lasting: LastingSession | undefined,
  protocol: MqttProtocol,
): { readonly clean: boolean; readonly properties?: NonNullable<IClientOptions['properties']> } {
  if (lasting === undefined) return { clean: true };
  const { receiveMaximum, expiryS } = lasting;
  return protocol === '5'
    ? { clean: false, properties: { receiveMaximum, sessionExpiryInterval: expiryS } }
    : { clean: false };
}

/**
 * Acknowledges every message at QoS 1 by hand, once it is kept. MQTT.js hands on one message after the other and acknowledges each
 * before the next; so each is taken for one of QoS 0 here, and acknowledged beside it.
 */
export function keepMessages(client: MqttClient, keeper: MessageKeeper): void {
  const acknowledge = acknowledgerOf(client);
  const taken = new WeakSet<object>();
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'publish' || packet.qos !== 1) return;
    const { messageId, topic, payload, retain } = packet;
    packet.qos = 0;
    keeper.take({ topic, payload: bytesOf(payload), retained: retain }, () => acknowledge(messageId!));
    taken.add(packet);
  });
  client.handleMessage = (packet, done) => {
    if (packet.cmd === 'publish' && !taken.has(packet)) {
      const { topic, payload, retain } = packet;
      keeper.take({ topic, payload: bytesOf(payload), retained: retain }, () => undefined);
    }
    // whoever is behind with writing reads no more: the socket fills, and the broker waits
    if (keeper.isFull) keeper.whenRoom(() => done());
    else done();
  };
}

const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

/** Acknowledgements of one turn go in one write. */
function acknowledgerOf(client: MqttClient): (messageId: number) => void {
  let ids: number[] = [];
  const send = (): void => {
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    for (const [index, id] of ids.entries()) {
      bytes.writeUInt16BE((PUBACK << 8) | 2, index * 4);
      bytes.writeUInt16BE(id, index * 4 + 2);
    }
    ids = [];
    if (!client.stream.destroyed) client.stream.write(bytes);
  };
  return (messageId) => {
    ids.push(messageId);
    if (ids.length === 1) queueMicrotask(send);
  };
}
