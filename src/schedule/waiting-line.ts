import type { TenantId } from '../foundation/scope.js';

/** A picture that waits to be inferred. Times are ms that only go forward. */
export interface Ticket {
  /** Who asks: a camera, or single pictures; they take turns. */
  readonly source: string;
  /** Whose source it is: tenants take turns before their sources do. Left out: the device's own. */
  readonly tenant?: TenantId;
  readonly askedAt: number;
  /** When the picture was here. */
  readonly arrivedAt: number;
  /** ms from `arrivedAt` within which it must be answered to be worth anything; null: it may wait. */
  readonly budgetMs: number | null;
}

interface Place {
  readonly ticket: Ticket;
  /** Its turn: lower is sooner. */
  readonly turn: number;
}

/**
 * Who is next of one tenant: its sources take turns, whatever each of them asks for, and of one source that is in a hurry only the newest
 * picture waits.
 */
export class WaitingLine {
  readonly #places: Place[] = [];
  /** Turn of the last ticket of each source that waits or was taken. */
  readonly #lastTurns = new Map<string, number>();
  #turn = 0;

  get length(): number {
    return this.#places.length;
  }

  at(index: number): Ticket {
    return this.#places[index]!.ticket;
  }

  /** @returns the ticket that it takes the place of; null: none */
  add(ticket: Ticket): Ticket | null {
    const { source, budgetMs } = ticket;
    const older =
      budgetMs === null
        ? -1
        : this.#places.findIndex((place) => place.ticket.source === source && place.ticket.budgetMs !== null);
    if (older >= 0) {
      const [place] = this.#places.splice(older, 1, { ticket, turn: this.#places[older]!.turn });
      return place!.ticket;
    }
    const turn = this.#nextTurn(source);
    this.#lastTurns.set(source, turn);
    let at = this.#places.length;
    while (at > 0 && this.#places[at - 1]!.turn > turn) at--;
    this.#places.splice(at, 0, { ticket, turn });
    return null;
  }

  /** How many would be before the next picture of this source. */
  ahead(source: string): number {
    const turn = this.#nextTurn(source);
    const behind = this.#places.findIndex((place) => place.turn > turn);
    return behind < 0 ? this.#places.length : behind;
  }

  #nextTurn(source: string): number {
    return Math.max(this.#turn, (this.#lastTurns.get(source) ?? -1) + 1);
  }

  /** Takes so many out, from there on. */
  take(from: number, count: number): Ticket[] {
    const taken = this.#places.splice(from, count);
    this.#turn = Math.max(this.#turn, this.#places[0]?.turn ?? taken.at(-1)?.turn ?? 0);
    if (this.#places.length === 0 && this.#lastTurns.size > 256) this.#lastTurns.clear();
    return taken.map(({ ticket }) => ticket);
  }

  remove(ticket: Ticket): void {
    const at = this.#places.findIndex((place) => place.ticket === ticket);
    if (at >= 0) this.#places.splice(at, 1);
  }

  clear(): Ticket[] {
    return this.#places.splice(0).map(({ ticket }) => ticket);
  }
}
