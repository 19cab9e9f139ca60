import { ProtocolError } from '../foundation/errors.js';

/*
 * The worker protocol, version 1: docs/worker-protocol.md tells it byte by byte. One duplex byte stream; each message is
 *
 *   0  u32  magic, the bytes 45 44 47 57 ("EDGW")
 *   4  u8   protocol version
 *   5  u8   message type
 *   6  u16  flags, 0
 *   8  u32  id: of the request, repeated in its answer
 *  12  u32  length of the JSON part in bytes
 *  16  u32  length of the payload in bytes
 *  20       JSON part (UTF-8), then the payload
 *
 * with every number little-endian.
 */

export const PROTOCOL_VERSION = 1;
export const HEADER_BYTES = 20;
const MAGIC = 0x57474445;

/** Longest JSON part of any message, in bytes. */
const MAX_JSON_BYTES = 1 << 20;
/** Longest payload that the host sends: the pictures of one batch. */
export const MAX_REQUEST_PAYLOAD_BYTES = 256 << 20;
/** Longest payload that a worker sends: the boxes of one batch. */
export const MAX_REPLY_PAYLOAD_BYTES = 16 << 20;
/** Most pictures in one `detect`. */
export const MAX_BATCH = 64;
/** Most boxes that a worker may answer for one picture. */
export const MAX_BOXES = 1000;

/** Bit 7 tells who speaks: clear for the host, set for the worker. */
export const MessageType = {
  load: 0x01,
  detect: 0x02,
  ping: 0x03,
  close: 0x04,
  hello: 0x81,
  loaded: 0x82,
  detections: 0x83,
  pong: 0x84,
  error: 0x85,
} as const;
export type MessageTypeCode = (typeof MessageType)[keyof typeof MessageType];

export interface Header {
  readonly type: number;
  readonly id: number;
  readonly jsonBytes: number;
  readonly payloadBytes: number;
}

/**
 * JSON part of `detect`; the payload is `count` pictures of `width * height * 3` RGB bytes, back to back, or nothing where
 * `at` says at which byte of the shared file they lie.
 */
export interface DetectHead {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly at?: number;
}

/** JSON part of `error`. After a fatal one the worker ends the stream. */
export interface ErrorHead {
  /** `E_MODEL`: this worker cannot use the model. `E_DETECTOR`: this request failed. `E_PROTOCOL`: the request made no sense. */
  readonly code: string;
  readonly message: string;
  readonly fatal: boolean;
  /** Of `E_MODEL`: false where the worker's next life may load the same model after all. */
  readonly permanent: boolean;
}

/** Writes the 20 header bytes at the start of `into`. */
export function writeHeader(into: Buffer, type: number, id: number, jsonBytes: number, payloadBytes: number): void {
  into.writeUInt32LE(MAGIC, 0);
  into.writeUInt8(PROTOCOL_VERSION, 4);
  into.writeUInt8(type, 5);
  into.writeUInt16LE(0, 6);
  into.writeUInt32LE(id, 8);
  into.writeUInt32LE(jsonBytes, 12);
  into.writeUInt32LE(payloadBytes, 16);
}

/** Header and JSON part of a message; its payload, if any, follows on the stream. */
export function encodeMessage(type: number, id: number, json: object | null = null, payloadBytes = 0): Buffer {
  const text = json === null ? '' : JSON.stringify(json);
  const jsonBytes = Buffer.byteLength(text);
  if (jsonBytes > MAX_JSON_BYTES) {
    throw new ProtocolError(`the JSON part would be ${jsonBytes} bytes long; at most ${MAX_JSON_BYTES} are allowed`);
  }
  const message = Buffer.allocUnsafe(HEADER_BYTES + jsonBytes);
  writeHeader(message, type, id, jsonBytes, payloadBytes);
  message.write(text, HEADER_BYTES);
  return message;
}

/**
 * Reads and checks a header.
 * @param maxPayloadBytes how long the payload may be in this direction
 * @throws ProtocolError on bytes that are no header, another protocol version, or a length over its limit
 */
export function readHeader(bytes: Buffer, maxPayloadBytes: number): Header {
  if (bytes.readUInt32LE(0) !== MAGIC) {
    const seen = bytes.toString('hex', 0, HEADER_BYTES).replace(/(..)(?=.)/g, '$1 ');
    throw new ProtocolError(
      `expected a message header (45 44 47 57 …), got ${seen}: is something else printing on the protocol's stream?`,
    );
  }
  const version = bytes.readUInt8(4);
  if (version !== PROTOCOL_VERSION) {
    throw new ProtocolError(
      `the other side speaks version ${version} of the worker protocol, this side version ${PROTOCOL_VERSION}: install matching versions of both`,
      { version },
    );
  }
  const flags = bytes.readUInt16LE(6);
  if (flags !== 0) throw new ProtocolError(`header flags are ${flags}; version ${PROTOCOL_VERSION} knows none`);
  const header: Header = {
    type: bytes.readUInt8(5),
    id: bytes.readUInt32LE(8),
    jsonBytes: bytes.readUInt32LE(12),
    payloadBytes: bytes.readUInt32LE(16),
  };
  requireLength('JSON part', header.jsonBytes, MAX_JSON_BYTES);
  requireLength('payload', header.payloadBytes, maxPayloadBytes);
  return header;
}

function requireLength(what: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new ProtocolError(`a message announces a ${what} of ${bytes} bytes; at most ${limit} are allowed`);
}

/** The object in a JSON part; an empty part is `{}`. @throws ProtocolError */
export function parseJson(part: Buffer): Record<string, unknown> {
  if (part.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(part.toString('utf8'));
  } catch (cause) {
    throw new ProtocolError('the JSON part of a message is not JSON', { starts: part.toString('utf8', 0, 40) }, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError('the JSON part of a message is not an object', { starts: part.toString('utf8', 0, 40) });
  }
  return value as Record<string, unknown>;
}
