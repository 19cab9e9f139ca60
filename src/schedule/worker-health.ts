/** Whether a worker is given pictures, and how many. Times are ms that only go forward. */
export type HealthState =
  /** Just started: as many pictures at a time as it has answered well, doubled each time. */
  | { readonly kind: 'slow-start'; readonly allowed: number }
  | { readonly kind: 'serving' }
  /** Nothing is given to it until it is probed. */
  | { readonly kind: 'ejected'; readonly until: number; readonly pauseMs: number; readonly why: string }
  /** One picture that nobody waits for is on its way, to see how it does. */
  | { readonly kind: 'probing'; readonly pauseMs: number; readonly why: string };

/** Errors in a row, and slow answers in a row, after which a worker is set aside. */
const ERRORS = 3;
const SLOW_ANSWERS = 5;
/** Slow: so many times as long as usual, and at least so many ms more. */
const SLOW = 4;
const SLOW_MS = 20;
/** A probe this many times as long as usual is as good as well. */
const WELL = 2;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 120_000;
/** Pictures at a time from which a worker is no longer held back. */
const FULL = 64;

/**
 * Whether one of several workers is sick: errors, or answers that take several times as long as usual. It is set aside,
 * probed after a while with a picture that nobody waits for, and taken back slowly, or set aside for twice as long.
 */
export class WorkerHealth {
  #state: HealthState = { kind: 'slow-start', allowed: 1 };
  #errors = 0;
  #slow = 0;

  get state(): HealthState {
    return this.#state;
  }

  /** Pictures that it may have on their way; 0 where it is set aside. */
  get allowed(): number {
    if (this.#state.kind === 'serving') return Number.POSITIVE_INFINITY;
    return this.#state.kind === 'slow-start' ? this.#state.allowed : 0;
  }

  /** It was started again. */
  restarted(): void {
    this.#state = { kind: 'slow-start', allowed: 1 };
    this.#errors = 0;
    this.#slow = 0;
  }

  /** @param usualMs what such a batch usually takes; null where nobody knows */
  answered(ms: number, usualMs: number | null, now: number): void {
    this.#errors = 0;
    const isSlow = usualMs !== null && ms > SLOW * usualMs && ms > usualMs + SLOW_MS;
    this.#slow = isSlow ? this.#slow + 1 : 0;
    if (this.#slow >= SLOW_ANSWERS) {
      this.#eject(now, `its last ${SLOW_ANSWERS} answers took more than ${SLOW} times as long as usual`);
    } else if (this.#state.kind === 'slow-start') this.#grow(this.#state.allowed);
  }

  /** It lived on, but this batch it did not answer. */
  failed(now: number): void {
    if (++this.#errors >= ERRORS) this.#eject(now, `it failed ${ERRORS} times in a row`);
  }

  /** Whether it is time to see how it does. */
  probeDue(now: number): boolean {
    return this.#state.kind === 'ejected' && now >= this.#state.until;
  }

  probe(): void {
    if (this.#state.kind !== 'ejected') return;
    const { pauseMs, why } = this.#state;
    this.#state = { kind: 'probing', pauseMs, why };
  }

  /** @param ms what the probe took; null where it failed. @returns whether it is taken back */
  probed(ms: number | null, usualMs: number | null, now: number): boolean {
    if (this.#state.kind !== 'probing') return false;
    const { pauseMs, why } = this.#state;
    const isWell = ms !== null && (usualMs === null || ms <= WELL * usualMs || ms <= usualMs + SLOW_MS);
    if (isWell) this.restarted();
    else {
      const longer = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      this.#state = { kind: 'ejected', until: now + longer, pauseMs: longer, why };
    }
    return isWell;
  }

  #eject(now: number, why: string): void {
    if (this.#state.kind === 'ejected' || this.#state.kind === 'probing') return;
    this.#state = { kind: 'ejected', until: now + FIRST_PAUSE_MS, pauseMs: FIRST_PAUSE_MS, why };
    this.#errors = 0;
    this.#slow = 0;
  }

  #grow(allowed: number): void {
    this.#state = allowed * 2 > FULL ? { kind: 'serving' } : { kind: 'slow-start', allowed: allowed * 2 };
  }
}
