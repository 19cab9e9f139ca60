import type { Optimization, ProposedChange } from '../optimization-strategy.js';
import { type Circumstances, haveChanged } from './circumstances.js';
import type { TrialRecord } from './trial.js';

interface Refusal {
  /** Under which it was rolled back, the latest last. */
  readonly circumstances: (Circumstances | null)[];
  /** Rolled back so often in a row. */
  times: number;
  /** Unix ms. */
  lastAt: number;
}

const HOUR_MS = 3_600_000;
/** ms until it may be tried again under other circumstances: doubles each time. */
const FIRST_PAUSE_MS = HOUR_MS;
const LONGEST_PAUSE_MS = 7 * 24 * HOUR_MS;
/** After so long everything may have changed: models, the weather, the road. */
export const FORGOTTEN_MS = 30 * 24 * HOUR_MS;
const MAX_CIRCUMSTANCES = 16;
const MAX_REFUSALS = 200;

/** What was rolled back, so that it is not tried again until the circumstances are other ones and some time has passed. */
export class Refusals {
  /** By strategy and where to. */
  readonly #byChange = new Map<string, Refusal>();

  /** @param records of earlier runs, oldest first */
  constructor(records: readonly TrialRecord[] = []) {
    for (const record of records) this.learn(record);
  }

  /** A trial has ended: what was rolled back is refused, what was kept is so no longer. */
  learn({ strategy, to, verdict, circumstances, endedAt, isEmergency }: TrialRecord): void {
    const key = keyOf(strategy, to);
    if (verdict === 'kept') this.#byChange.delete(key);
    if (verdict !== 'rolled-back' || endedAt === null || isEmergency) return;
    const refusal = this.#byChange.get(key) ?? { circumstances: [], times: 0, lastAt: endedAt };
    refusal.circumstances.push(circumstances);
    if (refusal.circumstances.length > MAX_CIRCUMSTANCES) refusal.circumstances.shift();
    refusal.times++;
    refusal.lastAt = endedAt;
    this.#byChange.delete(key);
    this.#byChange.set(key, refusal);
    if (this.#byChange.size > MAX_REFUSALS) this.#byChange.delete(this.#byChange.keys().next().value!);
  }

  /**
   * Why a change is not to be tried now; null where it may be. An emergency always may.
   *
   * @param now null: nothing tells the circumstances
   * @param unixNow ms
   */
  against(
    strategy: Optimization,
    { to, isEmergency }: Pick<ProposedChange, 'to' | 'isEmergency'>,
    now: Circumstances | null,
    unixNow: number,
  ): string | null {
    const key = keyOf(strategy, to);
    const refusal = this.#byChange.get(key);
    if (!refusal || isEmergency) return null;
    const since = unixNow - refusal.lastAt;
    // a clock that was set back by much says nothing about how long ago it was
    if (since >= FORGOTTEN_MS || since < -FORGOTTEN_MS) {
      this.#byChange.delete(key);
      return null;
    }
    const times = `${refusal.times} time${refusal.times === 1 ? '' : 's'}`;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (refusal.times - 1));
    if (since < pauseMs) {
      return `it was rolled back ${times}, and may be tried again in ${hours(pauseMs - since)} at the earliest`;
    }
    const isKnown = refusal.circumstances.some((then) => then === null || now === null || !haveChanged(then, now));
    // what was tried without knowing under which circumstances is bound by the pause alone
    if (!isKnown || refusal.circumstances.every((then) => then === null)) return null;
    return `it was rolled back ${times}, under the same circumstances as now`;
  }
}

const keyOf = (strategy: Optimization, to: string): string => `${strategy}\n${to}`;
const hours = (ms: number): string => (ms < HOUR_MS ? `${Math.ceil(ms / 60_000)} min` : `${Math.ceil(ms / HOUR_MS)} h`);
