import type { HttpReply } from '../foundation/http-route.js';

/** Streams of a server at most; each holds a connection. */
const MOST_STREAMS = 32;
/** Proxies and browsers end what is silent for longer. */
const COMMENT_EVERY_MS = 15_000;

const HEADERS = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };

interface Listener<Topic> {
  readonly topic: Topic;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
}

/**
 * Server-sent events for several who listen. Each event is the whole state, so that whoever reads too slowly is left out of some and has
 * missed nothing after the next.
 */
export class EventStreams<Topic> {
  readonly #listeners = new Set<Listener<Topic>>();
  readonly #encoder = new TextEncoder();
  #commenting: NodeJS.Timeout | null = null;
  /** Events that somebody was left out of, since the start. */
  skipped = 0;

  get size(): number {
    return this.#listeners.size;
  }

  /** What is listened to now, each once. */
  get topics(): ReadonlySet<Topic> {
    return new Set([...this.#listeners].map(({ topic }) => topic));
  }

  /** @returns null where there are too many already */
  open(topic: Topic, signal: AbortSignal): HttpReply | null {
    if (this.#listeners.size >= MOST_STREAMS) return null;
    let leave = (): void => undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const listener = { topic, controller };
          this.#listeners.add(listener);
          leave = () => this.#leave(listener);
          // a browser hands nothing on before the first bytes
          controller.enqueue(this.#encoder.encode('retry: 2000\n\n'));
        },
        cancel: () => leave(),
      },
      { highWaterMark: 2 },
    );
    if (signal.aborted) leave();
    else signal.addEventListener('abort', () => leave(), { once: true });
    this.#commenting ??= setInterval(() => this.#comment(), COMMENT_EVERY_MS).unref();
    return { contentType: 'text/event-stream', headers: HEADERS, body };
  }

  /** Sends an event to all who listen to a topic. @param data of one line: JSON */
  send(topic: Topic, event: string, data: string): void {
    const listeners = [...this.#listeners].filter((one) => one.topic === topic);
    if (listeners.length === 0) return;
    const bytes = this.#encoder.encode(`event: ${event}\ndata: ${data}\n\n`);
    for (const { controller } of listeners) {
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(bytes);
      else this.skipped += 1;
    }
  }

  /** Ends all streams. */
  close(): void {
    for (const { controller } of this.#listeners) controller.close();
    this.#listeners.clear();
    this.#rest();
  }

  #comment(): void {
    for (const { controller } of this.#listeners) {
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(this.#encoder.encode(':\n\n'));
    }
  }

  #leave(listener: Listener<Topic>): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#rest();
  }

  #rest(): void {
    if (this.#commenting !== null) clearInterval(this.#commenting);
    this.#commenting = null;
  }
}
