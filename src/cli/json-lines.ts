import type { RuntimeStatus } from '../runtime/status.js';

const STATUS_MS = 1000;

/** `run --json`: one JSON object per line on stdout for a script to read: `status` every second, `event` as they come. */
export class JsonLines {
  readonly #out: NodeJS.WritableStream;
  #timer: NodeJS.Timeout | null = null;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  start(status: () => RuntimeStatus): void {
    this.#timer = setInterval(() => this.#line({ type: 'status', ...status() }), STATUS_MS);
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
