import { DetectorError, explain, ModelError, ProtocolError } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import type { LossCause } from '../../frame/loss-cause.js';
import type { Detector, DetectorImage, DetectReply, LoadRequest, ModelInfo } from '../detector.js';
import { saysOutOfMemory } from '../out-of-memory.js';
import {
  type DetectHead,
  encodeMessage,
  MAX_BATCH,
  MAX_REPLY_PAYLOAD_BYTES,
  MAX_REQUEST_PAYLOAD_BYTES,
  MessageType,
  type MessageTypeCode,
} from '../protocol.js';
import { type Message, MessageReader } from './message-reader.js';
import { type Hello, readDetections, readError, readHello, readLoaded } from './replies.js';
import { type WorkerEnd, type WorkerOptions, WorkerProcess } from './worker-process.js';

export function detectorError(cause: LossCause, message: string, context: WorkerEnd | null = null): DetectorError {
  const { exitCode = null, signal = null } = context ?? {};
  return new DetectorError(message, { cause, exitCode, signal });
}

export interface WorkerDetectorOptions extends WorkerOptions {
  /** Milliseconds for one batch or ping; after that the worker is stuck and is killed. */
  readonly deadlineMs: number;
  /** Milliseconds for start and load. */
  readonly loadDeadlineMs: number;
  readonly log?: Log;
}

interface Pending {
  readonly id: number;
  readonly answer: MessageTypeCode;
  readonly deadlineMs: number;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that may wait for answers at a time. */
const MAX_IN_FLIGHT = 64;
const HELLO_ID = 0;
const MAX_ID = 0xffff_ffff;

/** One worker, child process or socket, for one life: it is not restarted. */
export class WorkerDetector implements Detector {
  /** Called once, when the worker is gone, for whatever reason, after every waiting request was rejected. */
  onEnd: (error: DetectorError) => void = () => undefined;
  readonly #options: WorkerDetectorOptions;
  readonly #process: WorkerProcess;
  readonly #reader = new MessageReader(MAX_REPLY_PAYLOAD_BYTES, (message) => this.#receive(message));
  /** Oldest first: answers come in the order of the requests. */
  readonly #pending: Pending[] = [];
  #starting: Promise<Hello> | null = null;
  #info: ModelInfo | null = null;
  /** Whether the worker reads pictures from the file that it shares with this process. */
  #readsFile = false;
  #rssBytes: number | null = null;
  #lastId = HELLO_ID;
  #deadline: NodeJS.Timeout | null = null;
  /** Why the worker is being ended, once that is decided. */
  #doom: { cause: LossCause; why: string } | null = null;
  #end: DetectorError | null = null;
  #whenEnded: (() => void)[] = [];

  constructor(options: WorkerDetectorOptions) {
    this.#options = options;
    this.#process = new WorkerProcess(options, options.log ?? silentLog);
    this.#process.onData = (chunk) => this.#take(chunk);
    this.#process.onEnd = (end) => this.#ended(end);
  }

  /** Of the child process; null for a worker behind a socket. */
  get pid(): number | null {
    return this.#process.pid;
  }

  /** False from the moment that it is to end or has ended: nothing more can be asked of it. */
  get usable(): boolean {
    return this.#doom === null && this.#end === null;
  }

  /** Resident memory as the worker last told, null where it never did. */
  get rssBytes(): number | null {
    return this.#rssBytes;
  }

  /** Starts the worker and waits for its hello. @throws DetectorError where it dies or says nothing */
  start(): Promise<Hello> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async load(request: LoadRequest): Promise<ModelInfo> {
    await this.start();
    const reply = await this.#ask(MessageType.load, MessageType.loaded, request, [], this.#options.loadDeadlineMs);
    const loaded = this.#orKill(() => readLoaded(reply));
    this.#info = { ...loaded, batchSizes: loaded.batchSizes ?? request.batchSizes };
    return this.#info;
  }

  /** The pixels must stay as they are until the promise settles: they may be written without a copy. */
  async detect(images: readonly DetectorImage[], onSent?: () => void): Promise<DetectReply> {
    const info = this.#info;
    if (!info) throw detectorError('unavailable', 'detect was called before a model was loaded');
    const { width, height } = checkBatch(images);
    const pixels = images.map((image) => image.data);
    const place = this.#readsFile && this.usable ? (this.#process.pictures?.put(pixels) ?? null) : null;
    const head: DetectHead = { count: images.length, width, height, ...(place && { at: place.at }) };
    const { deadlineMs } = this.#options;
    const payload = place ? [] : pixels;
    const asked = this.#ask(MessageType.detect, MessageType.detections, head, payload, deadlineMs, onSent);
    const reply = await asked.finally(() => place?.free());
    const found = this.#orKill(() => readDetections(reply, images.length, info.classes.length));
    this.#rssBytes = found.rssBytes;
    return found;
  }

  /** Asks for a sign of life. */
  async ping(): Promise<void> {
    await this.start();
    await this.#ask(MessageType.ping, MessageType.pong, null, [], this.#options.deadlineMs);
  }

  /** Waits for the answers under way, then ends the worker. No request is taken from now on. */
  async close(): Promise<void> {
    this.#doom ??= { cause: 'closed', why: 'the detector was closed' };
    if (this.#starting === null || this.#end) return;
    const gone = new Promise<void>((resolve) => this.#whenEnded.push(resolve));
    if (this.#pending.length === 0) this.#sayClose();
    await gone;
  }

  /** Ends the worker now; waiting requests are rejected. */
  kill(cause: LossCause, why: string): void {
    this.#doom ??= { cause, why };
    this.#process.kill();
  }

  #start(): Promise<Hello> {
    const greeting = new Promise<Message>((resolve, reject) => {
      this.#expect({
        id: HELLO_ID,
        answer: MessageType.hello,
        deadlineMs: this.#options.loadDeadlineMs,
        resolve,
        reject,
      });
    });
    this.#process.start();
    return greeting.then((message) => {
      const hello = this.#orKill(() => readHello(message));
      this.#readsFile = hello.pictures === 'file';
      return hello;
    });
  }

  #ask(
    type: MessageTypeCode,
    answer: MessageTypeCode,
    json: object | null,
    pieces: readonly Uint8Array[],
    deadlineMs: number,
    onSent?: () => void,
  ): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (this.#end) throw this.#end;
      if (this.#doom) throw detectorError(this.#doom.cause, this.#doom.why);
      if (this.#pending.length >= MAX_IN_FLIGHT) {
        throw detectorError('refused', `${MAX_IN_FLIGHT} requests are waiting for the worker already`);
      }
      this.#lastId = this.#lastId === MAX_ID ? 1 : this.#lastId + 1;
      const payloadBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
      const head = encodeMessage(type, this.#lastId, json, payloadBytes);
      this.#expect({ id: this.#lastId, answer, deadlineMs, resolve, reject });
      this.#process.write(head, pieces, onSent);
    });
  }

  #expect(pending: Pending): void {
    this.#pending.push(pending);
    if (this.#pending.length === 1) this.#armDeadline();
  }

  /** The clock runs for the oldest request only: the ones behind it wait for their turn. */
  #armDeadline(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    this.#deadline = null;
    const head = this.#pending[0];
    if (!head) return;
    // where this process itself was held up, the answer may lie in the stream: it is read before the worker is judged
    this.#deadline = setTimeout(() => setImmediate(() => this.#judge(head)), head.deadlineMs);
  }

  #judge(late: Pending): void {
    if (this.#pending[0] !== late) return;
    this.kill('stuck', `${this.#process.label} did not answer within ${late.deadlineMs} ms`);
  }

  #take(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.kill('protocol', explain(error));
    }
  }

  #receive(message: Message): void {
    const head = this.#pending[0];
    if (message.type === MessageType.error) {
      this.#receiveError(message, head);
      return;
    }
    if (!head || head.id !== message.id || head.answer !== message.type) {
      const expected = head ? `type ${head.answer} with id ${head.id}` : 'nothing';
      throw new ProtocolError(`the worker sent type ${message.type} with id ${message.id}; expected ${expected}`);
    }
    this.#next().resolve(message);
  }

  #receiveError(message: Message, head: Pending | undefined): void {
    const { code, message: text, fatal, permanent } = readError(message);
    const mine = head?.id === message.id;
    if (!mine && !fatal) throw new ProtocolError(`the worker reports an error nobody asked for: ${text}`);
    // of a picture, it says that the model answered nonsense; of a load, that it cannot be used
    const isModel = code === 'E_MODEL' && head?.answer !== MessageType.detections;
    // what lacks memory now may have it later, whatever the worker makes of it
    const lacksMemory = saysOutOfMemory(text);
    const refusal = isModel
      ? new ModelError(text, undefined, undefined, permanent && !lacksMemory)
      : detectorError(lacksMemory ? 'memory' : 'refused', text);
    if (mine) this.#next().reject(refusal);
    if (fatal) this.kill('protocol', `the worker gave up: ${text}`);
  }

  #next(): Pending {
    const head = this.#pending.shift()!;
    this.#armDeadline();
    if (this.#doom?.cause === 'closed' && this.#pending.length === 0) this.#sayClose();
    return head;
  }

  #sayClose(): void {
    this.#process.write(encodeMessage(MessageType.close, 0), []);
    this.#process.close();
  }

  /**
   * An answer that breaks the protocol means that the worker cannot be trusted any more; one that follows it with numbers
   * that mean nothing is the model's doing, and costs its pictures only.
   */
  #orKill<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.kill('protocol', explain(error));
      throw detectorError('protocol', explain(error));
    }
  }

  #ended(end: WorkerEnd): void {
    const { cause, why } = this.#doom ?? { cause: end.outOfMemory ? 'memory' : 'crashed', why: null };
    const cut = this.#reader.idle ? '' : ' (in the middle of a message)';
    const error = detectorError(cause, why === null ? `${end.reason}${cut}` : `${why}; ${end.reason}`, end);
    this.#end = error;
    for (const pending of this.#pending.splice(0)) pending.reject(error);
    this.#armDeadline();
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    this.onEnd(error);
  }
}

function checkBatch(images: readonly DetectorImage[]): DetectorImage {
  const first = images[0];
  if (!first || images.length > MAX_BATCH) {
    throw detectorError('refused', `a batch has 1 to ${MAX_BATCH} pictures, got ${images.length}`);
  }
  const { width, height } = first;
  for (const image of images) {
    if (image.width === width && image.height === height && image.data.length === width * height * 3) continue;
    throw detectorError('refused', `every picture of a batch must be ${width}×${height}×3 bytes`);
  }
  if (images.length * first.data.length > MAX_REQUEST_PAYLOAD_BYTES) {
    throw detectorError('refused', `a batch of ${images.length} pictures of ${width}×${height} is too large to send`);
  }
  return first;
}
