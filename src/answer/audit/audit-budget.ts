/** Share of the detector's idle time that audits may take. */
const IDLE_SHARE = 0.25;
/** Unused time that is kept for later, ms; also what a start has. */
const KEPT_MS = 1000;

/** Bounds the time that audits take from the detector, for all cameras of a tenant together: a share of the time it had nothing to do. */
export class AuditBudget {
  readonly #idleShare: number;
  readonly #keptMs: number;
  #balanceMs: number;
  #seenAt: number | null = null;
  #wasIdle = false;

  /** @param options `part`: of the detector, 0..1, where tenants share it; default all of it */
  constructor(options: { idleShare?: number; keptMs?: number; part?: number } = {}) {
    const { part = 1 } = options;
    this.#idleShare = part * (options.idleShare ?? IDLE_SHARE);
    this.#keptMs = part * (options.keptMs ?? KEPT_MS);
    this.#balanceMs = this.#keptMs;
  }

  /**
   * Whether the detector is idle at `now` (ms, any steady clock). The last word counts until the next: tell it where an
   * inference begins too.
   */
  observe(idle: boolean, now: number): void {
    if (this.#wasIdle && this.#seenAt !== null) {
      const earned = Math.max(0, now - this.#seenAt) * this.#idleShare;
      this.#balanceMs = Math.min(this.#keptMs, this.#balanceMs + earned);
    }
    this.#seenAt = now;
    this.#wasIdle = idle;
  }

  /** Whether one more audit may begin. */
  get allows(): boolean {
    return this.#balanceMs > 0;
  }

  /** An audit took so many ms of a worker. More than there was is paid back from later idle time. */
  spent(ms: number): void {
    this.#balanceMs -= ms;
  }
}
