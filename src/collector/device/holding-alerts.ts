import type { FleetMessage } from '../inbound/inspection.js';
import type { SeqCheck } from '../numbers/seq-check.js';
import type { FleetAlert } from '../store/fleet-store.js';

/** Behind the first birth of a connection, and behind each that says so, a device tells every alert that holds again, before all that waited. */
interface Retelling {
  /** Of its birth. */
  readonly check: SeqCheck;
  readonly boot: string | null;
  /** Codes that were told since. */
  readonly told: Set<string>;
}

/** What may be told before the last of the alerts that hold. */
const TOLD_AGAIN = /^(alert|metrics-full|report-.*)$/;

/** Which alerts of a device hold, also where the end of one was told while nobody listened. */
export class HoldingAlerts {
  readonly #alerts: Map<string, FleetAlert>;
  readonly #changed = new Set<string>();
  #retelling: Retelling | null = null;

  constructor(alerts: readonly FleetAlert[]) {
    this.#alerts = new Map(alerts.map((alert) => [alert.code, alert]));
  }

  /** @returns false where it came before, or is older than what is known */
  take({ body, subject, text, retained }: FleetMessage, seqIsNew: boolean): boolean {
    const code = subject!;
    const known = this.#alerts.get(code);
    if (!retained) this.#retelling?.told.add(code);
    // one that somebody else cleared at the broker is told again as it was
    if (known?.ts === body.ts && (known.holds || retained || !seqIsNew)) return false;
    // a clock that was set back makes it look old
    if (known !== undefined && body.ts < known.ts && (retained || !seqIsNew)) return false;
    this.#set({ code, ts: body.ts, holds: true, clearedAt: null, body: text });
    return true;
  }

  /** It is over. @param at Unix ms */
  clear(code: string, at: number): void {
    const alert = this.#alerts.get(code);
    if (alert?.holds === true) this.#set({ ...alert, holds: false, clearedAt: at });
  }

  /** A birth came behind which all that holds is told again. */
  expectAgain(check: SeqCheck, boot: string | null): void {
    this.#retelling = { check, boot, told: new Set() };
  }

  /** A birth came behind which that may not be so, or one that came before. @param check of that birth */
  expectNoMore(check: SeqCheck): void {
    if (this.#retelling?.check !== check) this.#retelling = null;
  }

  /** What an earlier run of the program told is over: what still holds the new one tells by itself. @param at Unix ms */
  endOfEarlierRuns(boot: string, at: number): void {
    for (const { code, holds, body } of this.#alerts.values()) {
      if (!holds) continue;
      const told = (JSON.parse(body) as { boot?: unknown }).boot;
      if (told !== undefined && told !== boot) this.clear(code, at);
    }
  }

  /** A message that is no alert: where everything from the birth up to it was heard, what was not told again does not hold. */
  heard({ name, body, retained, receivedAt }: FleetMessage, under: SeqCheck | null): void {
    const retelling = this.#retelling;
    if (retelling === null || retained || TOLD_AGAIN.test(name)) return;
    const { check, boot, told } = retelling;
    if (check !== under || body.boot !== boot || check.first !== 0 || check.missing > 0) return;
    this.#retelling = null;
    for (const code of this.#alerts.keys()) if (!told.has(code)) this.clear(code, receivedAt);
  }

  /** What changed since it was asked last. */
  changes(): FleetAlert[] {
    const changed = [...this.#changed].map((code) => this.#alerts.get(code)!);
    this.#changed.clear();
    return changed;
  }

  #set(alert: FleetAlert): void {
    this.#alerts.set(alert.code, alert);
    this.#changed.add(alert.code);
  }
}
