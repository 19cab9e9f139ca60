import { randomBytes } from 'node:crypto';
import { FirstInFirstOut } from './first-in-first-out.js';
import { GivenUpLedger, toldIn } from './given-up.js';
import {
  type DeliveryState,
  DROP_RANK,
  DURABLE_KINDS,
  type DurableKind,
  type Lane,
  type Outbox,
  type OutboxBounds,
  type OutboxListener,
  type OutboxMessage,
  type TakenMessage,
} from './outbox.js';
import type { PublishDropCause } from './publish-drops.js';

interface Held extends TakenMessage {
  attempts: number;
}

type Lanes = Readonly<Record<DurableKind, FirstInFirstOut<Held>>>;

/** A stream that ends with the program is called so. */
export const memoryStream = (): string => `mem-${randomBytes(4).toString('hex')}`;

/** An outbox in memory: as safe as the process. Its stream ends with it. */
export class MemoryOutbox implements Outbox {
  readonly isPersistent = false;
  readonly lastBdSeq = null;
  readonly #bounds: OutboxBounds;
  readonly #stream = memoryStream();
  readonly #lanes: Readonly<Record<Lane, Lanes>> = { live: emptyLanes(), backlog: emptyLanes() };
  /** By number. */
  readonly #taken = new Map<number, Held>();
  readonly #newest = new Map<string, number>();
  readonly #givenUp = new GivenUpLedger();
  #listener: OutboxListener | null = null;
  #length = 0;
  #bytes = 0;
  #next = 1;

  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasUntold(): boolean {
    return !this.#givenUp.isEmpty;
  }

  listen(listener: OutboxListener): void {
    this.#listener = listener;
  }

  accept({ kind, topic, body, bytes, connection }: OutboxMessage): void {
    const n = this.#next++;
    const lane = connection === 0 ? 'backlog' : 'live';
    this.#lanes[lane][kind].push({ kind, topic, body, bytes, connection, stream: this.#stream, n, attempts: 0 });
    this.#newest.set(topic, n);
    this.#length++;
    this.#bytes += bytes;
    this.#trim();
    this.#listener?.ready();
  }

  tell(make: (state: DeliveryState) => OutboxMessage): void {
    const streams = [{ stream: this.#stream, low: this.#low(), next: this.#next }];
    const message = make({ streams, dropped: this.#givenUp.rows });
    this.#givenUp.clear();
    this.accept(message);
  }

  /** Keeps nothing: the clock is all there is. */
  keepBdSeq(): void {}

  next(lane: Lane): TakenMessage | null {
    const message = this.#shift(oldestOf(this.#lanes[lane], DURABLE_KINDS));
    if (message === null) return null;
    message.attempts++;
    this.#taken.set(message.n, message);
    return message;
  }

  isNewest({ topic, n }: TakenMessage): boolean {
    return this.#newest.get(topic) === n;
  }

  acknowledge({ n }: TakenMessage): void {
    this.#taken.delete(n);
  }

  drop({ n }: TakenMessage, cause: PublishDropCause): void {
    const message = this.#taken.get(n);
    if (message === undefined) return;
    this.#taken.delete(n);
    this.#giveUp(message, cause);
  }

  putBack(): void {
    const all = [...this.#taken.values()];
    this.#taken.clear();
    for (const message of all) {
      this.#length++;
      this.#bytes += message.bytes;
    }
    for (const lanes of [this.#lanes.backlog, this.#lanes.live]) {
      for (const kind of DURABLE_KINDS) all.push(...lanes[kind].takeAll());
    }
    for (const message of all.sort((a, b) => a.n - b.n)) this.#lanes.backlog[message.kind].push(message);
    this.#trim();
  }

  close(): void {
    this.putBack();
    for (let message = this.next('backlog'); message !== null; message = this.next('backlog')) {
      this.drop(message, 'stopped');
    }
  }

  #low(): number {
    let low = this.#next;
    for (const n of this.#taken.keys()) low = Math.min(low, n);
    for (const lanes of [this.#lanes.backlog, this.#lanes.live]) {
      const oldest = oldestOf(lanes, DURABLE_KINDS)?.first;
      if (oldest) low = Math.min(low, oldest.n);
    }
    return low;
  }

  #trim(): void {
    const { maxMessages, maxBytes } = this.#bounds;
    while (this.#length > maxMessages || this.#bytes > maxBytes) {
      const message = this.#shift(this.#leastWanted());
      if (message === null) return;
      this.#giveUp(message, 'queue-full');
    }
  }

  #leastWanted(): FirstInFirstOut<Held> | null {
    for (const rank of [0, 1, 2]) {
      const kinds = DURABLE_KINDS.filter((kind) => DROP_RANK[kind] === rank);
      const lane = oldestOf(this.#lanes.backlog, kinds) ?? oldestOf(this.#lanes.live, kinds);
      if (lane !== null) return lane;
    }
    return null;
  }

  #giveUp(message: Held, cause: PublishDropCause): void {
    for (const row of toldIn(message)) this.#givenUp.merge(row);
    this.#givenUp.add(message, cause);
    this.#listener?.dropped(message, cause);
  }

  #shift(lane: FirstInFirstOut<Held> | null): Held | null {
    const message = lane?.shift() ?? null;
    if (message === null) return null;
    this.#length--;
    this.#bytes -= message.bytes;
    return message;
  }
}

function emptyLanes(): Lanes {
  const lanes = DURABLE_KINDS.map((kind) => [kind, new FirstInFirstOut<Held>()] as const);
  return Object.fromEntries(lanes) as unknown as Lanes;
}

/** The lane of some kinds whose first message came first; null where all are empty. */
function oldestOf(lanes: Lanes, kinds: readonly DurableKind[]): FirstInFirstOut<Held> | null {
  let oldest: FirstInFirstOut<Held> | null = null;
  for (const kind of kinds) {
    const { first } = lanes[kind];
    if (first !== null && (oldest === null || first.n < oldest.first!.n)) oldest = lanes[kind];
  }
  return oldest;
}
