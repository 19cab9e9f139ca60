import { HEADER_BYTES, type Header, readHeader } from '../protocol.js';

export interface Message {
  readonly type: number;
  readonly id: number;
  readonly json: Buffer;
  /** Its own buffer, so that it can be viewed as float32 without a copy. */
  readonly payload: Uint8Array;
}

const NOTHING = Buffer.alloc(0);
const EMPTY = new Uint8Array(0);

/** Puts messages together from a byte stream that comes in pieces of any size. Holds at most one message. */
export class MessageReader {
  readonly #maxPayloadBytes: number;
  readonly #onMessage: (message: Message) => void;
  readonly #headerBytes = Buffer.alloc(HEADER_BYTES);
  #header: Header | null = null;
  #json: Buffer = NOTHING;
  #payload: Uint8Array = EMPTY;
  /** Bytes of the present message that are here. */
  #have = 0;

  constructor(maxPayloadBytes: number, onMessage: (message: Message) => void) {
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#onMessage = onMessage;
  }

  /** Whether the stream stands between two messages: it may end here. */
  get idle(): boolean {
    return this.#have === 0;
  }

  /** @throws ProtocolError on a bad header; the stream cannot be used further. */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; )
      at += this.#header === null ? this.#takeHeader(chunk, at) : this.#takeBody(chunk, at);
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#headerBytes, this.#have, at);
    this.#have += taken;
    if (this.#have < HEADER_BYTES) return taken;
    const header = readHeader(this.#headerBytes, this.#maxPayloadBytes);
    this.#header = header;
    this.#json = header.jsonBytes === 0 ? NOTHING : Buffer.alloc(header.jsonBytes);
    this.#payload = header.payloadBytes === 0 ? EMPTY : new Uint8Array(header.payloadBytes);
    this.#deliverIfWhole(header);
    return taken;
  }

  #takeBody(chunk: Buffer, at: number): number {
    const header = this.#header!;
    const inBody = this.#have - HEADER_BYTES;
    let taken: number;
    if (inBody < header.jsonBytes) {
      taken = chunk.copy(this.#json, inBody, at);
    } else {
      const offset = inBody - header.jsonBytes;
      taken = Math.min(chunk.length - at, header.payloadBytes - offset);
      this.#payload.set(chunk.subarray(at, at + taken), offset);
    }
    this.#have += taken;
    this.#deliverIfWhole(header);
    return taken;
  }

  #deliverIfWhole(header: Header): void {
    if (this.#have < HEADER_BYTES + header.jsonBytes + header.payloadBytes) return;
    const message = { type: header.type, id: header.id, json: this.#json, payload: this.#payload };
    this.#header = null;
    this.#json = NOTHING;
    this.#payload = EMPTY;
    this.#have = 0;
    this.#onMessage(message);
  }
}
