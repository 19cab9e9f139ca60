import type { MessageNumber } from './outbox.js';
import type { PublishDropCause } from './publish-drops.js';
import type { LoneMessage } from './publish-limits.js';

/** What a packet has besides topic and payload, at most. */
const OVERHEAD_BYTES = 16;

/** Whoever a packet came from, and is told what became of it. */
export interface PacketSource {
  /** How often it was on its way, this time included. */
  readonly attempts: number;
  /** The broker has it. */
  acknowledged(): void;
  /** It will never be sent. */
  givenUp(cause: PublishDropCause): void;
}

/** A message as it goes to the broker. */
export interface Packet {
  readonly topic: string;
  readonly payload: string;
  /** Of the payload. */
  readonly bytes: number;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Whether it has a number that receivers wait for. */
  readonly mustArrive: boolean;
  readonly source: PacketSource;
}

/** A packet that the broker has not acknowledged. */
export interface SentPacket extends Packet {
  /** ms that only go forward. */
  readonly since: number;
}

/** A packet with the bytes that it has on the wire. @param bytes of the payload */
export function wholePacket({ topic, bytes }: Pick<Packet, 'topic' | 'bytes'>): LoneMessage {
  return { topic, bytes: bytes + Buffer.byteLength(topic) + OVERHEAD_BYTES };
}

/** Bytes of a payload at a topic whose packet has so many at most. */
export function payloadRoom(topic: string, packetBytes: number): number {
  return packetBytes - Buffer.byteLength(topic) - OVERHEAD_BYTES;
}

/** Puts the number that a message keeps at the front of a JSON object with at least one key. */
export function withNumber(body: string, { stream, n }: MessageNumber): string {
  return `{"stream":"${stream}","n":${n},${body.slice(1)}`;
}

/** Puts `seq` at the front of a JSON object with at least one key. */
export function withSeq(body: string, seq: number, historical = false): string {
  return `{"seq":${seq},${historical ? '"historical":true,' : ''}${body.slice(1)}`;
}
