import type { LinkHealth } from '../../store/link.js';
import type { DurableKind } from './outbox.js';

/** How an outbox on disk is. */
export interface OutboxHealth extends LinkHealth {
  /** Bytes that the file takes, without its log; null before it was opened. */
  readonly fileBytes: number | null;
  readonly messages: Readonly<Record<DurableKind, number>>;
  /** How long the oldest message has been waiting, of the time that the program ran; null where none waits. */
  readonly oldestMs: number | null;
  /** Messages that wait in memory for a disk that takes them. */
  readonly held: number;
  /** Messages given up so far in this run, by kind; why is counted by the publisher. */
  readonly dropped: Readonly<Record<DurableKind, number>>;
  /** Of these, for want of room or for their age. */
  readonly trimmed: number;
  /** ms since the last of these; null where there was none. */
  readonly trimmedAgoMs: number | null;
}

/** Messages by kind, none of any. */
export function noMessages(): Record<DurableKind, number> {
  return { event: 0, traffic: 0, summary: 0, alert: 0, report: 0, trial: 0, evidence: 0 };
}
