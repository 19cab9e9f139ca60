import { fstatSync, readSync } from 'node:fs';
import { EdgeError, explain, ProtocolError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import type { LoadRequest } from '../detector.js';
import {
  encodeMessage,
  HEADER_BYTES,
  type Header,
  MAX_BATCH,
  MAX_BOXES,
  MAX_REPLY_PAYLOAD_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
  MessageType,
  PROTOCOL_VERSION,
  parseJson,
  readHeader,
  writeHeader,
} from '../protocol.js';
import { BlockingStream } from './blocking-stream.js';
import { CollectionPolicy } from './collection-policy.js';
import { openSession, type Session } from './session.js';

/*
 * The built-in worker: a process whose one thread reads a request from fd 3, answers it, and reads the next. It ends
 * when the stream ends, so it never outlives its host.
 */

/** The resident size is read every so many answers: asking the system costs more than the rest of an answer. */
const RSS_EVERY = 32;
/** Room for header and JSON part of a `detections` answer. */
const HEAD_ROOM = HEADER_BYTES + 288 + (5 + 7) * MAX_BATCH;
/** JSON parts up to this long, those of every `detect`, are read into one buffer. */
const SHORT_JSON_BYTES = 1024;
/** Of the file in which the host may put pictures; null where it gave none. */
const PICTURES = picturesFd(process.env['EDGE_PICTURES_FD']);
/** There with --expose-gc, which the host passes; a worker started by hand goes without. */
const { gc } = globalThis;

class Worker {
  readonly #stream = new BlockingStream(3);
  readonly #header = Buffer.alloc(HEADER_BYTES);
  readonly #shortJson = Buffer.alloc(SHORT_JSON_BYTES);
  readonly #collection = new CollectionPolicy();
  #session: Session | null = null;
  #width = 0;
  #height = 0;
  /** The pictures of a batch; as long as the largest that was loaded. */
  #images: Uint8Array = new Uint8Array(0);
  #reply = Buffer.alloc(0);
  #answers = 0;
  #rssBytes = 0;

  /** Serves until the stream ends or the host says close. */
  async serve(): Promise<void> {
    const hello = { protocol: PROTOCOL_VERSION, name: 'built-in', pid: process.pid };
    this.#send(encodeMessage(MessageType.hello, 0, { ...hello, ...(PICTURES !== null && { pictures: 'file' }) }));
    while (this.#stream.read(this.#header, HEADER_BYTES)) {
      let header: Header;
      try {
        header = readHeader(this.#header, MAX_REQUEST_PAYLOAD_BYTES);
      } catch (error) {
        this.#sendError(0, error, true);
        process.exitCode = 1;
        return;
      }
      if (header.type === MessageType.close || !(await this.#answer(header))) return;
    }
  }

  /** @returns false where the stream ended in mid-message */
  async #answer(header: Header): Promise<boolean> {
    const { jsonBytes } = header;
    const json = jsonBytes <= SHORT_JSON_BYTES ? this.#shortJson.subarray(0, jsonBytes) : Buffer.alloc(jsonBytes);
    if (!this.#stream.read(json, json.length)) return false;
    const fits = header.type === MessageType.detect && header.payloadBytes <= this.#images.length;
    const here = fits ? this.#stream.read(this.#images, header.payloadBytes) : this.#stream.skip(header.payloadBytes);
    if (!here) return false;
    try {
      await this.#handle(header, parseJson(json));
    } catch (error) {
      this.#sendError(header.id, error, false);
    }
    return true;
  }

  async #handle(header: Header, json: Record<string, unknown>): Promise<void> {
    switch (header.type) {
      case MessageType.detect:
        return this.#detect(header, json);
      case MessageType.load:
        return this.#load(header.id, json as unknown as LoadRequest);
      case MessageType.ping:
        return this.#send(encodeMessage(MessageType.pong, header.id));
      default:
        throw new ProtocolError(`message type ${header.type} is unknown to this worker`);
    }
  }

  async #load(id: number, request: LoadRequest): Promise<void> {
    checkLoad(request);
    const session = await openSession(request, (text) => process.stderr.write(`warning: ${text}\n`));
    await this.#session?.release();
    this.#session = session;
    this.#width = request.input.width;
    this.#height = request.input.height;
    this.#images = new Uint8Array(session.largest * this.#width * this.#height * 3);
    this.#reply = Buffer.alloc(HEAD_ROOM + session.rows.byteLength);
    this.#send(encodeMessage(MessageType.loaded, id, session.info));
  }

  async #detect(header: Header, json: Record<string, unknown>): Promise<void> {
    const session = this.#session;
    if (!session) throw new ProtocolError('detect came before a model was loaded');
    const { count, width, height, at } = json;
    if (width !== this.#width || height !== this.#height) {
      throw new ProtocolError(
        `pictures are ${width}×${height}; the model was loaded for ${this.#width}×${this.#height}`,
      );
    }
    if (typeof count !== 'number' || !session.takes(count)) {
      throw new ProtocolError(`a batch of ${count} pictures was not among the batch sizes of load`);
    }
    const expected = count * this.#width * this.#height * 3;
    if (at !== undefined) this.#readPictures(at, expected);
    else if (header.payloadBytes !== expected) {
      throw new ProtocolError(`${count} picture(s) need ${expected} payload bytes, got ${header.payloadBytes}`);
    }
    this.#sendDetections(header.id, count, await session.detect(count, this.#images));
    this.#collect(session.deadBytes);
  }

  #readPictures(at: unknown, bytes: number): void {
    if (PICTURES === null) throw new ProtocolError('detect names a place in a file, and the host gave none');
    if (!Number.isSafeInteger(at) || (at as number) < 0) throw new ProtocolError(`there is no place ${at} in a file`);
    const got = readSync(PICTURES, this.#images, 0, bytes, at as number);
    if (got !== bytes) throw new ProtocolError(`the file has ${got} bytes at ${at}; the pictures have ${bytes}`);
  }

  /** One write of header, JSON part and boxes, from one buffer. */
  #sendDetections(id: number, pictures: number, boxes: number): void {
    const { rows, counts, peaks, timings } = this.#session!;
    if (this.#answers++ % RSS_EVERY === 0) this.#rssBytes = process.memoryUsage.rss();
    const { fillMs, inferMs, decodeMs } = timings;
    let peakScores = peaks[0]!.toFixed(4);
    for (let i = 1; i < pictures; i++) peakScores += `,${peaks[i]!.toFixed(4)}`;
    const json = `{"counts":[${counts.subarray(0, pictures).join()}],"peakScores":[${peakScores}],"timings":{"fillMs":${fillMs.toFixed(3)},"inferMs":${inferMs.toFixed(3)},"decodeMs":${decodeMs.toFixed(3)}},"rssBytes":${this.#rssBytes}}`;
    const reply = this.#reply;
    const payload = HEADER_BYTES + reply.write(json, HEADER_BYTES, 'latin1');
    const floats = boxes * STRIDE;
    for (let i = 0; i < floats; i++) reply.writeFloatLE(rows[i]!, payload + i * 4);
    writeHeader(reply, MessageType.detections, id, json.length, floats * 4);
    this.#write(reply, payload + floats * 4);
  }

  /** With the answer on its way, so that it takes nothing from its latency. */
  #collect(deadBytes: number): void {
    const collection = this.#collection.next(deadBytes);
    if (collection === 'young') gc?.({ type: 'minor' });
    // without options: Node 20 takes no notice of type 'major'
    else if (collection === 'full') gc?.();
  }

  #send(message: Buffer): void {
    this.#write(message, message.length);
  }

  /** Without a host there is nothing left to do. */
  #write(bytes: Buffer, length: number): void {
    if (!this.#stream.write(bytes, length)) process.exit(0);
  }

  #sendError(id: number, error: unknown, fatal: boolean): void {
    const { code, permanent } = error instanceof EdgeError ? error : { code: 'E_DETECTOR', permanent: false };
    const message = explain(error).slice(0, 10_000);
    this.#send(encodeMessage(MessageType.error, id, { code, message, fatal, permanent }));
  }
}

function picturesFd(text: string | undefined): number | null {
  try {
    const fd = Number.parseInt(text ?? '', 10);
    return fstatSync(fd).isFile() ? fd : null;
  } catch {
    return null;
  }
}

/** The few things that buffers are sized by; everything else is checked where it is used. */
function checkLoad({ input, batchSizes, maxDetections, session }: LoadRequest): void {
  const whole = (value: unknown, max: number) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= max;
  const good =
    whole(input?.width, 16_384) &&
    whole(input?.height, 16_384) &&
    Array.isArray(batchSizes) &&
    batchSizes.length > 0 &&
    batchSizes.every((size) => whole(size, MAX_BATCH)) &&
    whole(maxDetections, MAX_BOXES) &&
    Array.isArray(session?.providers);
  if (!good) throw new ProtocolError('the load request lacks input, batchSizes, maxDetections or session.providers');
  const largest = Math.max(...batchSizes);
  if (largest * input.width * input.height * 3 > MAX_REQUEST_PAYLOAD_BYTES) {
    throw new ProtocolError(`a batch of ${largest} pictures of ${input.width}×${input.height} is too large to send`);
  }
  if (largest * maxDetections * STRIDE * 4 > MAX_REPLY_PAYLOAD_BYTES) {
    throw new ProtocolError(`maxDetections ${maxDetections} for ${largest} pictures is too much to answer`);
  }
}

process.title = 'edge-detector';
await new Worker().serve();
process.exit();
