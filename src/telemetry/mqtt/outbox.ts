import type { PublishDropCause } from './publish-drops.js';

/** Results of commands have a small lane of their own; metrics and events share the rest. */
export type OutboxKind = 'result' | 'event' | 'metrics';

/** Results that may wait; whoever sends commands faster than they are answered loses the oldest answers. */
export const RESULT_LANE = 64;

export interface OutboxMessage {
  readonly kind: OutboxKind;
  readonly topic: string;
  /** JSON object that lacks its `seq`. */
  readonly body: string;
  /** Of the body in UTF-8, counted once by who makes the message. */
  readonly bytes: number;
  /** The connection during which it was made; 0: while there was none, or in an earlier run. */
  readonly connection: number;
}

/** A message on its way to the broker: one of those that `next` gave. */
export interface TakenMessage extends OutboxMessage {
  /** How often it was taken, this time included. */
  readonly attempts: number;
}

/** Bounds on the metrics and events that wait. */
export interface OutboxBounds {
  readonly maxMessages: number;
  /** Bytes of all waiting bodies, those of results included. */
  readonly maxBytes: number;
}

/** Told of every message that is given up, with why. */
export type DropListener = (message: OutboxMessage, cause: PublishDropCause) => void;

/**
 * What stands between the program and the broker. A message that was accepted is the outbox's, as safe as its medium, until
 * the broker has it (`acknowledge`) or it is given up (`drop`, or for want of room), which is always told. No call throws
 * or waits.
 *
 * Order of leaving: results, then metrics and events as they came. When it is full, the oldest metrics message goes first
 * (`queue-full`), and only if there is none the oldest event: metrics repeat themselves, events do not.
 */
export interface Outbox {
  /** Messages that wait; those taken are not among them. */
  readonly length: number;
  /** Bytes of the bodies that wait. */
  readonly bytes: number;
  accept(message: OutboxMessage): void;
  /** Takes the next message; null where none waits. */
  next(): TakenMessage | null;
  /** The broker has it. */
  acknowledge(message: TakenMessage): void;
  /** It is given up. */
  drop(message: TakenMessage, cause: PublishDropCause): void;
  /** The connection is gone: what was taken and neither acknowledged nor dropped waits again, in its old place. */
  putBack(): void;
  /** The program ends: what a restart would not find again is dropped as `stopped`. */
  close(): void;
}
