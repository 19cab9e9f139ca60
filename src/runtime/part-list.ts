import { type Backoff, backoffDelay } from '../foundation/backoff.js';
import { ConfigError, explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';

/** ms until a part that could not start is tried again. */
const RETRY = { initialMs: 10_000, maxMs: 300_000 };

/**
 * Starts parts in order and stops them in reverse. An essential part that cannot start, and any whose configuration cannot
 * be used, ends the start; any other is named, left out, and tried again while the program runs.
 */
export class PartList {
  readonly #parts: readonly Part[];
  readonly #log: Log;
  readonly #stopping = new AbortController();
  /** Those whose `start` was called, in that order. */
  readonly #begun: Part[] = [];
  readonly #retries = new Map<Part, NodeJS.Timeout>();
  /** Retries under way. */
  readonly #retrying = new Map<Part, Promise<void>>();
  readonly #retryPace: Backoff;
  #starting: Promise<void> | null = null;

  /** @param retryPace ms until a part that could not start is tried again */
  constructor(parts: readonly Part[], log: Log, retryPace: Backoff = RETRY) {
    this.#retryPace = retryPace;
    this.#parts = parts;
    this.#log = log;
  }

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Names of the parts that are left out for now. */
  get leftOut(): readonly string[] {
    return [...this.#retries.keys()].map(({ name }) => name);
  }

  /**
   * Starts them once, however often it is called.
   *
   * @returns once all parts have started, or when a stop came before that
   * @throws what the part threw that ended the start; those before it still run, until `stop`
   */
  start(): Promise<void> {
    this.#starting ??= this.#startAll();
    return this.#starting;
  }

  /** Stops all that was begun, also in the middle of the start; a part that fails to stop keeps no other from it. */
  async stop(reason: string): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#retries.values()) clearTimeout(timer);
    this.#retries.clear();
    const last = this.#begun.at(-1);
    for (let part = this.#begun.pop(); part !== undefined; part = this.#begun.pop()) await this.#stopOne(part, reason);
    // whoever called start hears of its failure
    await this.#starting?.catch(() => undefined);
    // one that was in the middle of its start may have taken something after it was stopped
    if (last) await this.#stopOne(last, reason);
    for (const [part, trying] of [...this.#retrying]) {
      await trying;
      await this.#stopOne(part, reason);
    }
  }

  async #stopOne(part: Part, reason: string): Promise<void> {
    try {
      await part.stop(reason);
    } catch (error) {
      this.#log.error({ part: part.name }, `${part.name} did not stop in order: ${explain(error)}`);
    }
  }

  async #startAll(): Promise<void> {
    for (const part of this.#parts) {
      if (this.isStopping) return;
      this.#begun.push(part);
      try {
        await part.start(this.#stopping.signal);
      } catch (error) {
        // it was told to end, and how it did says nothing about it
        if (this.isStopping) return;
        if (part.essential || error instanceof ConfigError) throw error;
        this.#tryLater(part, error, 0);
      }
    }
  }

  #tryLater(part: Part, error: unknown, attempt: number): void {
    const delayMs = backoffDelay(attempt, this.#retryPace, Math.random());
    const seconds = Math.round(delayMs / 1000);
    this.#log.warn({ part: part.name }, `${explain(error)}; it goes on without, and tries again in ${seconds} s`);
    const retry = async (): Promise<void> => {
      this.#retries.delete(part);
      try {
        await part.start(this.#stopping.signal);
        if (!this.isStopping) this.#log.info({ part: part.name }, `${part.name} works now`);
      } catch (again) {
        if (!this.isStopping) this.#tryLater(part, again, attempt + 1);
      }
    };
    this.#retries.set(
      part,
      setTimeout(
        () =>
          this.#retrying.set(
            part,
            retry().finally(() => this.#retrying.delete(part)),
          ),
        delayMs,
      ),
    );
  }
}
