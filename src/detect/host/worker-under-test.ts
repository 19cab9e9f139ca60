import { ProtocolError } from '../../foundation/errors.js';
import { silentLog } from '../../foundation/log.js';
import type { LoadRequest, ModelInfo } from '../detector.js';
import { encodeMessage, MAX_REPLY_PAYLOAD_BYTES, MessageType } from '../protocol.js';
import { type Message, MessageReader } from './message-reader.js';
import type { FileSlot } from './picture-file.js';
import { readError, readHello, readLoaded } from './replies.js';
import { type WorkerEnd, type WorkerOptions, WorkerProcess } from './worker-process.js';

const EXIT_MS = 2000;

/** A worker nothing is known about yet: bytes to it, messages from it, each waited for with a limit. */
export class WorkerUnderTest {
  readonly #process: WorkerProcess;
  readonly #answerMs: number;
  readonly #messages: Message[] = [];
  readonly #reader = new MessageReader(MAX_REPLY_PAYLOAD_BYTES, (message) => this.#messages.push(message));
  #readsFile = false;
  #garbage: unknown = null;
  #end: WorkerEnd | null = null;
  #wake: () => void = () => undefined;

  constructor(options: WorkerOptions, answerMs: number) {
    this.#answerMs = answerMs;
    this.#process = new WorkerProcess(options, silentLog);
    this.#process.onData = (chunk) => this.#take(chunk);
    this.#process.onEnd = (end) => {
      this.#end = end;
      this.#wake();
    };
    this.#process.start();
  }

  send(bytes: Buffer, payload?: Uint8Array): void {
    this.#process.write(bytes, payload ? [payload] : []);
  }

  async hello(): Promise<void> {
    this.#readsFile = readHello(await this.next(MessageType.hello)).pictures === 'file';
  }

  /** Puts pictures into the file that is shared with it. @returns null where it has not said that it reads them there */
  put(pictures: Uint8Array): FileSlot | null {
    return this.#readsFile ? (this.#process.pictures?.put([pictures]) ?? null) : null;
  }

  async load(request: LoadRequest): Promise<ModelInfo> {
    await this.hello();
    this.send(encodeMessage(MessageType.load, 1, request));
    return readLoaded(await this.next(MessageType.loaded, 1, this.#answerMs * 10));
  }

  async alive(): Promise<void> {
    this.send(encodeMessage(MessageType.ping, 99));
    await this.next(MessageType.pong, 99);
  }

  /** The next message, which must have this type and id. */
  async next(type: number, id = 0, limitMs = this.#answerMs): Promise<Message> {
    await this.#until(() => this.#messages.length > 0, `no answer within ${limitMs} ms`, limitMs);
    const message = this.#messages.shift()!;
    if (message.type === type && message.id === id) return message;
    const told = message.type === MessageType.error ? `: ${readError(message).message}` : '';
    throw new ProtocolError(
      `expected type ${type} with id ${id}, got type ${message.type} with id ${message.id}${told}`,
    );
  }

  /** A fatal error, or the end of the stream, or both. */
  async refusal(): Promise<void> {
    const limit = this.#answerMs;
    await this.#until(
      () => this.#messages.length > 0 || this.#end !== null,
      `it went on waiting for ${limit} ms`,
      limit,
      true,
    );
    const message = this.#messages.shift();
    if (!message) return;
    expect(
      message.type === MessageType.error && readError(message).fatal,
      `it answered with type ${message.type} instead of a fatal error`,
    );
  }

  hangUp(): void {
    this.#process.hangUp();
  }

  async gone(): Promise<void> {
    await this.#until(() => this.#end !== null, `it was still there after ${EXIT_MS} ms`, EXIT_MS, true);
  }

  /** Ends it for certain. */
  async stop(): Promise<void> {
    this.#garbage = null;
    if (this.#end === null) this.#process.kill();
    await this.#until(() => this.#end !== null, 'it cannot be killed', EXIT_MS, true);
  }

  #take(chunk: Buffer): void {
    try {
      if (this.#garbage === null) this.#reader.push(chunk);
    } catch (error) {
      this.#garbage = error;
    }
    this.#wake();
  }

  async #until(condition: () => boolean, otherwise: string, limitMs: number, mayEnd = false): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!condition()) {
      if (this.#garbage) throw this.#garbage;
      if (this.#end && !mayEnd) throw new ProtocolError(this.#end.reason);
      const left = deadline - performance.now();
      if (left <= 0) throw new ProtocolError(otherwise);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** @throws ProtocolError with the reason where the condition does not hold */
export function expect(condition: boolean, reason: string): void {
  if (!condition) throw new ProtocolError(reason);
}
