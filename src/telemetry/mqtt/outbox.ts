import type { PublishDropCause } from './publish-drops.js';

/** What must arrive: numbered when it is accepted, kept until the broker has it or it is given up, which is told. */
export const DURABLE_KINDS = ['event', 'traffic', 'summary', 'alert', 'report', 'trial', 'evidence'] as const;
export type DurableKind = (typeof DURABLE_KINDS)[number];

/** What is worth something only now: results of commands, what devices of a site tell each other, live metrics. */
export type LiveKind = 'result' | 'site' | 'metrics';

export type OutboxKind = DurableKind | LiveKind;

/** What leaves a full outbox: the lowest rank first, and of a rank the oldest. */
export const DROP_RANK: Readonly<Record<DurableKind, 0 | 1 | 2>> = {
  event: 0,
  traffic: 1,
  summary: 1,
  trial: 1,
  evidence: 1,
  alert: 2,
  report: 2,
};

export const isDurable = (kind: OutboxKind): kind is DurableKind => kind in DROP_RANK;

export interface OutboxMessage<K extends OutboxKind = DurableKind> {
  readonly kind: K;
  readonly topic: string;
  /** JSON object that lacks its numbers. */
  readonly body: string;
  /** Of the body in UTF-8, counted once by who makes the message. */
  readonly bytes: number;
  /** The connection during which it was made; 0: while there was none, or in an earlier run. */
  readonly connection: number;
}

/** The number of a message, the same however often it is sent; `n` is +1 per accepted message of its stream, from 1. */
export interface MessageNumber {
  readonly stream: string;
  readonly n: number;
}

/** A message on its way to the broker: one of those that `next` gave. */
export interface TakenMessage extends OutboxMessage, MessageNumber {
  /** How often it was taken in this run of the program, this time included. */
  readonly attempts: number;
}

/** Bounds on what waits. */
export interface OutboxBounds {
  readonly maxMessages: number;
  /** Bytes of all waiting bodies. */
  readonly maxBytes: number;
}

/** Messages that were given up: so many (`count`) of a kind, all of them among `from` to `to`. */
export interface GivenUp {
  readonly stream: string;
  /** `unknown` where the file that had them is lost. */
  readonly kind: DurableKind | 'unknown';
  readonly cause: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How far a stream is. */
export interface StreamState {
  readonly stream: string;
  /** Every message below this number was delivered or is told as given up. */
  readonly low: number;
  /** The next message will have this number; no higher one was ever used. */
  readonly next: number;
  /** Why nothing is numbered in it any more; absent while something is. */
  readonly ended?: string;
}

/** What a receiver must know to prove that nothing is missing. */
export interface DeliveryState {
  readonly streams: readonly StreamState[];
  /** Given up and not yet told. */
  readonly dropped: readonly GivenUp[];
}

export interface OutboxListener {
  /** A message is given up. */
  dropped(message: Pick<TakenMessage, 'kind'>, cause: PublishDropCause): void;
  /** Something waits that `next` gives. */
  ready(): void;
}

/**
 * `live` holds what was accepted during the connection of now, `backlog` everything before it. Each leaves in the order of
 * acceptance.
 */
export type Lane = 'live' | 'backlog';

/**
 * What stands between the program and the broker for messages that must arrive. A message that was accepted is the outbox's,
 * as safe as its medium, until the broker has it (`acknowledge`) or it is given up (`drop`, or for want of room), which is
 * always told. No call throws or waits.
 *
 * When it is full, the oldest events go first (`queue-full`), then traffic counts and minute summaries, alerts and reports
 * last.
 */
export interface Outbox {
  /** Messages that wait; those taken are not among them. */
  readonly length: number;
  /** Bytes of the bodies that wait. */
  readonly bytes: number;
  /** Whether what waits outlives the program. */
  readonly isPersistent: boolean;
  /** Who is told of drops and of what can be sent; one at a time. */
  listen(listener: OutboxListener): void;
  accept(message: OutboxMessage): void;
  /**
   * Accepts what tells receivers how far it is, made of that; what it tells counts as told from then on, unless the message
   * itself is given up.
   */
  tell(make: (state: DeliveryState) => OutboxMessage): void;
  /** Whether something was given up that no message tells yet. */
  readonly hasUntold: boolean;
  /** The highest number of a connection that was kept; null where there is none. */
  readonly lastBdSeq: number | null;
  /** Keeps the number of a connection, so that those of later runs are higher whatever the clock says. */
  keepBdSeq(bdSeq: number): void;
  /** Takes the next message; null where none waits that can be sent now. */
  next(lane: Lane): TakenMessage | null;
  /** Whether no later message of its topic was accepted. */
  isNewest(message: TakenMessage): boolean;
  /** The broker has it. */
  acknowledge(message: TakenMessage): void;
  /** It is given up. */
  drop(message: TakenMessage, cause: PublishDropCause): void;
  /** The connection is gone: what was taken and neither acknowledged nor dropped waits again, in its old place, and all is backlog. */
  putBack(): void;
  /** The program ends: what a restart would not find again is dropped as `stopped`. */
  close(): void;
}
