import type { SignalState } from '../../frame/signal-state.js';
import type { SignalSeen } from './infraction.js';

/** A stretch of time in which a signal showed one thing, Unix ms. */
interface Phase {
  readonly state: SignalState;
  readonly since: number;
  /** When that was said last. */
  heard: number;
}

/** Cycles of a signal that are remembered: pictures are minutes behind at most. */
const MOST_PHASES = 32;

/** What traffic signals showed lately, as far as they said. */
export class SignalStates {
  readonly #phases = new Map<string, Phase[]>();

  /** @param ids signals that are listened to; others are unknown for ever */
  constructor(ids: Iterable<string>) {
    for (const id of ids) this.#phases.set(id, []);
  }

  get ids(): Iterable<string> {
    return this.#phases.keys();
  }

  knows(id: string): boolean {
    return this.#phases.has(id);
  }

  /**
   * A signal said what it shows.
   *
   * @param at Unix ms at which it showed that
   * @param since when it began to; absent: not before it was said
   * @returns false where something newer was said before, or nobody listens to it
   */
  say(id: string, state: SignalState, at: number, since?: number): boolean {
    const phases = this.#phases.get(id);
    const last = phases?.at(-1);
    if (phases === undefined || (last !== undefined && at < last.heard)) return false;
    if (last?.state === state && (since ?? 0) <= last.heard) last.heard = at;
    else phases.push({ state, since: Math.max(Math.min(since ?? at, at), last?.heard ?? 0), heard: at });
    if (phases.length > MOST_PHASES) phases.shift();
    return true;
  }

  /**
   * What a signal showed.
   *
   * @param at Unix ms
   * @param maxAgeMs when the latest word of it was older then, nobody knows
   * @returns null where nobody knows
   */
  shown(id: string, at: number, maxAgeMs: number): SignalSeen | null {
    const phases = this.#phases.get(id) ?? [];
    const phase = phases.findLast(({ since }) => since <= at);
    if (phase === undefined) return null;
    const ageMs = Math.max(0, at - phase.heard);
    return ageMs > maxAgeMs ? null : { id, state: phase.state, sinceMs: at - phase.since, ageMs };
  }

  /** ms since a signal was heard of; null: never. */
  ageMs(id: string, now: number): number | null {
    const last = this.#phases.get(id)?.at(-1);
    return last === undefined ? null : Math.max(0, now - last.heard);
  }
}
