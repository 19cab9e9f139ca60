import type { DrainPace } from './drain-pace.js';
import type { LiveQueue, TakenLive } from './live-queue.js';
import {
  isDurable,
  type Lane,
  type MessageNumber,
  type Outbox,
  type OutboxKind,
  type OutboxMessage,
  type TakenMessage,
} from './outbox.js';
import type { PacketSource } from './packet.js';
import type { PublishDropCause } from './publish-drops.js';

/** The next message to send. */
export interface NextMessage extends PacketSource {
  readonly kind: OutboxKind;
  readonly topic: string;
  readonly body: string;
  readonly bytes: number;
  readonly connection: number;
  /** What it keeps however often it is sent; null for what is worth something only now. */
  readonly number: MessageNumber | null;
  /** Whether it is a report than which there is none newer. */
  readonly isLatestReport: boolean;
}

export interface WaitingOptions {
  readonly outbox: Outbox;
  readonly live: LiveQueue;
  readonly pace: DrainPace;
  /** ms that only go forward. */
  readonly clock: () => number;
}

/**
 * Everything that waits for the broker, in the order of leaving: results of commands, then what happens now, then, at its own
 * pace, the backlog of an outage. Neither of the last two keeps the other waiting: the backlog takes at most half of what may be
 * on its way, and gets a turn where live traffic left it none for a second.
 */
export class WaitingMessages {
  readonly #outbox: Outbox;
  readonly #live: LiveQueue;
  readonly #pace: DrainPace;
  readonly #clock: () => number;
  #backlogOnItsWay = 0;
  #durableTurn = true;
  #hurries = false;
  #drainsBacklog = false;
  /** Whether there was none when the backlog was last asked for a message. */
  #isBacklogEmpty = false;

  constructor({ outbox, live, pace, clock }: WaitingOptions) {
    this.#outbox = outbox;
    this.#live = live;
    this.#pace = pace;
    this.#clock = clock;
  }

  get length(): number {
    return this.#outbox.length + this.#live.length;
  }

  /** Whether nothing waits that would be lost with the program. */
  get mayStop(): boolean {
    return this.#live.length === 0 && (this.#outbox.isPersistent || this.#outbox.length === 0);
  }

  /** ms until the pace lets a message of the backlog go; null where there is none, or it waits for an acknowledgement. */
  backlogWaitMs(window: number): number | null {
    if (this.#outbox.length === 0 || this.#backlogOnItsWay >= shareOf(window)) return null;
    return this.#pace.waitMs(this.#clock());
  }

  accept({ kind, ...rest }: OutboxMessage<OutboxKind>): void {
    if (isDurable(kind)) this.#outbox.accept({ kind, ...rest });
    else this.#live.accept({ kind, ...rest });
  }

  /** A new connection. */
  opened(): void {
    this.#pace.reset(this.#clock());
  }

  /** The connection is gone. */
  putBack(): void {
    this.#backlogOnItsWay = 0;
    this.#isBacklogEmpty = false;
    this.#live.putBack();
    this.#outbox.putBack();
  }

  /** The program ends: what would be lost with it goes as fast as the broker takes it. */
  hurry(): void {
    this.#hurries = !this.#outbox.isPersistent;
  }

  close(): void {
    this.#live.close();
    this.#outbox.close();
  }

  /** Whether the backlog has just come to its end; says so once. */
  takeDrained(): boolean {
    if (!this.#drainsBacklog || this.#backlogOnItsWay > 0) return false;
    // where much happens, live messages always wait
    if (this.#outbox.length > 0 && !this.#isBacklogEmpty) return false;
    this.#drainsBacklog = false;
    return true;
  }

  /** Takes the next message; null where none may go now. @param window messages that may be on their way at a time */
  next(window: number): NextMessage | null {
    if (this.#pace.isStarved(this.#clock())) {
      const starved = this.#nextOfBacklog(window);
      if (starved) return starved;
    }
    this.#durableTurn = !this.#durableTurn;
    const first = this.#durableTurn ? this.#nextDurable('live') : this.#nextLive();
    return first ?? (this.#durableTurn ? this.#nextLive() : this.#nextDurable('live')) ?? this.#nextOfBacklog(window);
  }

  #nextOfBacklog(window: number): NextMessage | null {
    const now = this.#clock();
    if (!this.#hurries) {
      if (this.#backlogOnItsWay >= shareOf(window) || this.#pace.waitMs(now) > 0) return null;
    }
    const message = this.#nextDurable('backlog');
    this.#isBacklogEmpty = message === null;
    if (message === null) {
      // it waited for nobody
      this.#pace.reset(now);
      return null;
    }
    this.#pace.took(now);
    this.#drainsBacklog = true;
    return message;
  }

  #nextDurable(lane: Lane): NextMessage | null {
    const taken = this.#outbox.next(lane);
    return taken && this.#durable(taken, lane);
  }

  #durable(taken: TakenMessage, lane: Lane): NextMessage {
    const { kind, topic, body, bytes, connection, attempts, stream, n } = taken;
    const share = lane === 'backlog' ? 1 : 0;
    this.#backlogOnItsWay += share;
    return {
      kind,
      topic,
      body,
      bytes,
      connection,
      attempts,
      number: { stream, n },
      isLatestReport: kind === 'report' && this.#outbox.isNewest(taken),
      acknowledged: () => {
        this.#backlogOnItsWay -= share;
        this.#outbox.acknowledge(taken);
      },
      givenUp: (cause) => {
        this.#backlogOnItsWay -= share;
        this.#outbox.drop(taken, cause);
      },
    };
  }

  #nextLive(): NextMessage | null {
    const taken = this.#live.next();
    return taken && liveSource(this.#live, taken);
  }
}

/** Messages of the backlog that may be on their way at a time. */
const shareOf = (window: number): number => Math.max(1, Math.floor(window / 2));

function liveSource(live: LiveQueue, taken: TakenLive): NextMessage {
  const { kind, topic, body, bytes, connection, attempts } = taken;
  return {
    kind,
    topic,
    body,
    bytes,
    connection,
    attempts,
    number: null,
    isLatestReport: false,
    acknowledged: () => live.acknowledge(taken),
    givenUp: (cause: PublishDropCause) => live.drop(taken, cause),
  };
}
