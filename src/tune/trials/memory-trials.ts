import { type StoredTrial, type TrialQuery, UNDER_WAY } from '../../store/trials.js';

/** Trials that are remembered; the oldest go first. */
const MOST = 1000;

/** The trials of a program that keeps no file, newest last: forgotten when it ends. */
export class MemoryTrials {
  readonly #trials = new Map<string, StoredTrial>();
  readonly #states = new Map<string, object>();

  put(trial: StoredTrial): boolean {
    this.#trials.set(trial.id, trial);
    if (this.#trials.size > MOST) this.#trials.delete(this.#trials.keys().next().value!);
    return true;
  }

  underWay(): StoredTrial[] {
    return [...this.#trials.values()].filter(({ verdict }) => verdict === null);
  }

  /** Newest first. */
  read({ since, until = Number.POSITIVE_INFINITY, strategy, verdict, limit, skip = 0 }: TrialQuery): StoredTrial[] {
    return [...this.#trials.values()]
      .filter(({ at }) => at >= since && at <= until)
      .filter((trial) => strategy === undefined || trial.strategy === strategy)
      .filter((trial) => verdict === undefined || (trial.verdict ?? UNDER_WAY) === verdict)
      .reverse()
      .slice(skip, skip + limit);
  }

  keep(name: string, state: object): void {
    this.#states.set(name, state);
  }

  kept(name: string): unknown {
    return this.#states.get(name) ?? null;
  }
}
