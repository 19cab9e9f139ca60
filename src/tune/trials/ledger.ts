import type { StoredTrial, TrialStore } from '../../store/trials.js';
import { FORGOTTEN_MS } from './refusals.js';
import { type EndedTrial, parseTrials, type TrialRecord } from './trial.js';

/** Of what earlier runs rolled back: more than that are never refused at once. */
const MOST_REMEMBERED = 1000;

/** The trials as the store keeps them. */
export class TrialLedger {
  readonly #store: Pick<TrialStore, 'put' | 'read' | 'underWay'>;

  constructor(store: Pick<TrialStore, 'put' | 'read' | 'underWay'>) {
    this.#store = store;
  }

  /** On the medium when it returns, where there is one: to be called before what it says is done. */
  put(record: TrialRecord): void {
    this.#store.put(storedTrial(record));
  }

  /**
   * Closes what an earlier run was in the middle of when it ended: what was before stands again, because only what was kept
   * outlives a run.
   *
   * @returns what was closed
   */
  closeInterrupted(unixNow: number): readonly EndedTrial[] {
    const closed = parseTrials(this.#store.underWay().map(({ record }) => record)).map((record): EndedTrial => {
      const endedAt = Math.max(unixNow, record.startedAt);
      return { ...record, endedAt, verdict: 'rolled-back', why: 'the program ended during it', undone: true };
    });
    for (const record of closed) this.put(record);
    return closed;
  }

  /** What ended lately, oldest first: what must not be tried again is among it. */
  recent(unixNow: number): readonly TrialRecord[] {
    const stored = this.#store.read({ since: unixNow - FORGOTTEN_MS, limit: MOST_REMEMBERED }) ?? [];
    return parseTrials(stored.map(({ record }) => record)).reverse();
  }
}

function storedTrial(record: TrialRecord): StoredTrial {
  return { id: record.id, at: record.startedAt, strategy: record.strategy, verdict: record.verdict, record };
}
