/** One alert topic as it should stand at the broker; `body` null: cleared. */
export interface RetainedAlert {
  readonly code: string;
  readonly body: string | null;
  readonly version: number;
}

/** Alerts that a device may have known at one time; more codes are refused. */
export const MAX_ALERTS = 256;

/**
 * The latest state of every alert: what is not yet told, and what must be told again to a new connection (its broker
 * may have lost what it retained). Only the latest state counts, so there is nothing to queue.
 */
export class RetainedAlerts {
  readonly #alerts = new Map<string, RetainedAlert & { told: boolean }>();
  #version = 0;

  /** @returns false where there are MAX_ALERTS others already */
  set(code: string, body: string | null): boolean {
    if (!this.#alerts.has(code) && this.#alerts.size >= MAX_ALERTS) return false;
    this.#alerts.set(code, { code, body, version: this.#version++, told: false });
    return true;
  }

  /** The next one to send; it counts as told until `reborn()`. */
  next(): RetainedAlert | null {
    for (const alert of this.#alerts.values()) {
      if (alert.told) continue;
      alert.told = true;
      return alert;
    }
    return null;
  }

  /** The broker has it: a cleared alert need not be remembered. */
  acknowledged(alert: RetainedAlert): void {
    if (alert.body === null && this.#alerts.get(alert.code)?.version === alert.version) this.#alerts.delete(alert.code);
  }

  /** A new connection: everything is to be told again. */
  reborn(): void {
    for (const alert of this.#alerts.values()) alert.told = false;
  }
}
