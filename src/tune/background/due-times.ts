import { Cron } from 'croner';
import { backoffDelay } from '../../foundation/backoff.js';
import { explain } from '../../foundation/errors.js';

/** Longest pause of a job that fails and fails again, unless it is due less often anyway. */
const LONGEST_PAUSE_MS = 3_600_000;

/** When something is due. */
export interface DueTimesOptions {
  /** Five fields of cron, or six with seconds, by local time: `'*\/5 * * * *'`. */
  readonly schedule: string;
  /** IANA name of the zone that the schedule is meant in; default: that of the machine. */
  readonly timezone?: string;
  /** ms that chance may add, so that not all programs of a site begin at once. */
  readonly jitterMs: number;
  /** 0 ≤ random < 1. */
  readonly random: () => number;
}

/** When a job is due. Pure but for chance: times come in and go out. */
export class DueTimes {
  readonly #cron: Cron;
  readonly #options: DueTimesOptions;

  /** @throws RangeError where the schedule or the zone is none */
  constructor(options: DueTimesOptions) {
    const { schedule, timezone } = options;
    try {
      this.#cron = new Cron(schedule, { paused: true, ...(timezone !== undefined && { timezone }) });
      this.#cron.nextRun();
    } catch (error) {
      const zone = timezone === undefined ? '' : ` in ${timezone}`;
      throw new RangeError(
        `schedule: expected cron's fields, such as '*/5 * * * *', got ${JSON.stringify(schedule)}${zone}: ${explain(error)}`,
      );
    }
    this.#options = options;
  }

  /**
   * The next time after `now`, both Unix ms; null where there is none any more.
   *
   * @param failures in a row until now: each doubles the pause before the next try
   */
  after(now: number, failures: number): number | null {
    const due = this.#plain(now + this.#pause(now, failures));
    return due === null ? null : due + Math.round(this.#options.random() * this.#options.jitterMs);
  }

  /** How many times it was due from `began` to `now`, the former left out; at most 1000. */
  missed(began: number, now: number): number {
    let count = 0;
    let due = this.#plain(began);
    while (due !== null && due <= now && count < 1000) {
      count++;
      due = this.#plain(due);
    }
    return count;
  }

  #pause(now: number, failures: number): number {
    if (failures === 0) return 0;
    const first = this.#plain(now);
    const second = first === null ? null : this.#plain(first);
    if (first === null || second === null) return 0;
    const period = second - first;
    return backoffDelay(
      failures,
      { initialMs: period, maxMs: Math.max(period, LONGEST_PAUSE_MS) },
      this.#options.random(),
    );
  }

  #plain(now: number): number | null {
    return this.#cron.nextRun(new Date(now))?.getTime() ?? null;
  }
}
