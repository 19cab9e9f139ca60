import { type Backoff, backoffDelay } from '../../foundation/backoff.js';
import type { Undo } from '../optimization-strategy.js';
import type { EndedTrial } from '../trials/trial.js';

/** An undo that failed, and is tried again. */
interface PendingUndo {
  readonly trial: EndedTrial;
  readonly undo: Undo;
  attempt: number;
  /** ms that only go forward. */
  nextAt: number;
  isTrying: boolean;
}

const PACE: Backoff = { initialMs: 5000, maxMs: 300_000 };

/** What could not be taken back: tried again until it is, with growing pauses. */
export class PendingUndos {
  readonly #pending = new Map<string, PendingUndo>();

  get trials(): readonly EndedTrial[] {
    return [...this.#pending.values()].map(({ trial }) => trial);
  }

  /** @param now ms that only go forward */
  add(trial: EndedTrial, undo: Undo, now: number): void {
    this.#pending.set(trial.id, { trial, undo, attempt: 1, nextAt: now + pauseAfter(0), isTrying: false });
  }

  /** Nothing needs to be taken back any more: something else stands there now. */
  drop(id: string): void {
    this.#pending.delete(id);
  }

  /** Tries what is due, by `attempt`. @returns what was taken back */
  async retry(now: number, attempt: (trial: EndedTrial, undo: Undo) => Promise<void>): Promise<readonly EndedTrial[]> {
    const undone: EndedTrial[] = [];
    for (const [id, pending] of [...this.#pending]) {
      if (pending.isTrying || now < pending.nextAt) continue;
      pending.isTrying = true;
      try {
        await attempt(pending.trial, pending.undo);
        if (this.#pending.delete(id)) undone.push(pending.trial);
      } catch {
        pending.nextAt = now + pauseAfter(pending.attempt++);
        pending.isTrying = false;
      }
    }
    return undone;
  }
}

const pauseAfter = (attempt: number): number => backoffDelay(attempt, PACE, 1);
