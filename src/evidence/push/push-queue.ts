import { type Backoff, backoffDelay } from '../../foundation/backoff.js';
import { explain } from '../../foundation/errors.js';
import type { SignedFile } from '../chain/chain-files.js';
import type { EvidenceRecord } from '../chain/record.js';
import { MOST_AHEAD, type PushState, readPushState, withGone, withTaken, writePushState } from './push-state.js';
import type { UploadOutcome } from './upload.js';

/** A chain as far as it is sent. */
export interface PushedChain {
  readonly folder: string;
  readonly id: string;
  /** Oldest first; of what kind their events are, as far as is known. */
  readonly records: readonly { readonly n: number; readonly bytes: number; readonly kind: string | null }[];
  read(n: number): Promise<SignedFile<EvidenceRecord> | null>;
}

/** Sends one record with its pictures; never rejects. */
export type SendRecord = (record: SignedFile<EvidenceRecord>, signal: AbortSignal) => Promise<UploadOutcome>;

export interface PushQueueOptions {
  readonly chain: PushedChain;
  /** Names the place, without secrets: another one begins anew. */
  readonly to: string;
  readonly send: SendRecord;
  readonly backoff: Backoff;
  /** ms that only go forward. */
  readonly now: () => number;
  /** 0 ≤ x < 1 */
  readonly random?: () => number;
}

/** How the sending goes. */
export interface PushHealth {
  /** Records that are on the device and not there yet. */
  readonly waiting: number;
  /** Of these, on the disk. */
  readonly waitingBytes: number;
  /** Taken since the program started. */
  readonly sent: number;
  /** Refused for good since the program started. */
  readonly refused: number;
  /** Removed by retention before they were taken, since the program started. */
  readonly lost: number;
  /** Why the last try failed; null where it did not. */
  readonly problem: string | null;
  /** ms since sending has failed without a break; null where it does not. */
  readonly failingForMs: number | null;
}

/** How two of them go together. */
export function addedPush(one: PushHealth, other: PushHealth): PushHealth {
  const worse = (other.failingForMs ?? -1) > (one.failingForMs ?? -1) ? other : one;
  return {
    waiting: one.waiting + other.waiting,
    waitingBytes: one.waitingBytes + other.waitingBytes,
    sent: one.sent + other.sent,
    refused: one.refused + other.refused,
    lost: one.lost + other.lost,
    problem: worse.problem ?? one.problem ?? other.problem,
    failingForMs: worse.failingForMs,
  };
}

/**
 * Sends the records of a chain one after the other, infractions first and the others in their order. How far it is stands on the disk: after
 * an outage, a kill or a restart it goes on with the first record that was not acknowledged. What is waiting is the chain itself, so that nothing is held twice;
 * retention bounds it.
 */
export class PushQueue {
  readonly #options: PushQueueOptions;
  readonly #stopping = new AbortController();
  #state: PushState | null = null;
  #sent = 0;
  #refused = 0;
  #lost = 0;
  #attempt = 0;
  #problem: string | null = null;
  #failingSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;

  constructor(options: PushQueueOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { chain, to } = this.#options;
    this.#state = await readPushState(chain.folder, chain.id, to);
    this.wake();
  }

  /** What is on its way is given up, and sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#running;
  }

  /** There may be something to send. */
  wake(): void {
    if (this.#running !== null || this.#timer !== null || this.#state === null || this.#stopping.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  health(): PushHealth {
    const { chain, now } = this.#options;
    const { n = 0, ahead = [] } = this.#state ?? {};
    const sent = new Set(ahead);
    const waiting = chain.records.filter((one) => one.n > n && !sent.has(one.n));
    return {
      waiting: waiting.length,
      waitingBytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
      sent: this.#sent,
      refused: this.#refused,
      lost: this.#lost,
      problem: this.#problem,
      failingForMs: this.#failingSince === null ? null : now() - this.#failingSince,
    };
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== null && !this.#stopping.signal.aborted; next = this.#next()) {
      const outcome = await this.#sendOne(next);
      if (this.#stopping.signal.aborted && outcome.kind === 'later') return;
      if (outcome.kind === 'later') {
        this.#pause(outcome.reason);
        return;
      }
      if (outcome.kind === 'refused') {
        this.#refused++;
        this.#problem = `record ${next}: ${outcome.reason}`;
      } else {
        this.#sent++;
        this.#problem = null;
      }
      this.#attempt = 0;
      this.#failingSince = null;
      const refused = this.#state!.refused + (outcome.kind === 'refused' ? 1 : 0);
      this.#state = { ...withTaken(this.#state!, next), refused };
      try {
        await writePushState(this.#options.chain.folder, this.#state);
      } catch (error) {
        // it is sent again after a restart, which does no harm
        this.#problem = `how far it is cannot be kept: ${explain(error)}`;
      }
    }
  }

  /** The number of the next record to send; what retention took before is counted. */
  #next(): number | null {
    const { records } = this.#options.chain;
    const oldest = records.find(({ n }) => n > this.#state!.n);
    if (oldest === undefined) return null;
    const { state, lost } = withGone(this.#state!, oldest.n - 1);
    this.#state = state;
    this.#lost += lost;
    const sent = new Set(state.ahead);
    const waiting = records.filter(({ n }) => n > state.n && !sent.has(n));
    const urgent = sent.size < MOST_AHEAD ? waiting.find(({ kind }) => kind === 'infraction') : undefined;
    return (urgent ?? waiting[0])?.n ?? null;
  }

  async #sendOne(n: number): Promise<UploadOutcome> {
    try {
      const record = await this.#options.chain.read(n);
      if (record === null) return { kind: 'refused', reason: 'it cannot be read on this device' };
      return await this.#options.send(record, this.#stopping.signal);
    } catch (error) {
      return { kind: 'later', reason: explain(error) };
    }
  }

  #pause(reason: string): void {
    const { backoff, now, random = Math.random } = this.#options;
    this.#problem = reason;
    this.#failingSince ??= now();
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.wake();
      },
      backoffDelay(this.#attempt++, backoff, random()),
    );
    this.#timer.unref();
  }
}
