import type { RuntimeStatus } from '../runtime/status.js';

const STATUS_MS = 1000;

/** `run --json`: one JSON object per line on stdout for a script to read: `status` every second, `event` as they come. */
export class JsonLines {
  readonly #status: () => RuntimeStatus;
  readonly #out: NodeJS.WritableStream;
  #timer: NodeJS.Timeout | null = null;

  constructor(status: () => RuntimeStatus, out: NodeJS.WritableStream) {
    this.#status = status;
    this.#out = out;
  }

  start(): void {
    this.#timer = setInterval(() => this.#line({ type: 'status', ...this.#status() }), STATUS_MS);
  }

  event(event: object): void {
    this.#line({ type: 'event', ...event });
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #line(value: object): void {
    this.#out.write(`${JSON.stringify(value)}\n`);
  }
}
