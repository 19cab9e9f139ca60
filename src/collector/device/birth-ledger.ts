import { SeqCheck } from '../numbers/seq-check.js';
import { BIRTHS_AT_HAND, type BirthKey, type FleetBirth } from '../store/fleet-store.js';

/** A birth, and which numbers came after it. */
export interface KeptBirth {
  birth: FleetBirth;
  readonly check: SeqCheck;
}

const keyOf = ({ bdSeq, ts }: BirthKey): string => `${bdSeq} ${ts}`;

/** The births of a device that are at hand: the newest, and those that its messages came after of late. */
export class BirthLedger {
  /** The one that was used last comes last. */
  readonly #births = new Map<string, KeptBirth>();
  readonly #changed = new Set<KeptBirth>();
  /** Runs of the program of which a birth was heard. */
  readonly #boots = new Set<string>();
  /** The one that was asked for last: that of most messages. */
  #recent: KeptBirth | null = null;
  #hasForgotten = false;

  /** Whether one that was at hand is not any more. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /** null: it is not at hand. */
  get(key: BirthKey): KeptBirth | null {
    const recent = this.#recent;
    if (recent !== null && recent.birth.bdSeq === key.bdSeq && recent.birth.ts === key.ts) return recent;
    const found = this.#births.get(keyOf(key)) ?? null;
    if (found !== null) this.#recent = found;
    return found;
  }

  /** The store has it. */
  know(birth: FleetBirth): void {
    if (birth.boot !== null) this.#boots.add(birth.boot);
    const key = keyOf(birth);
    if (!this.#births.has(key)) this.#births.set(key, { birth, check: new SeqCheck(birth.seqs) });
  }

  /** The store has a birth of this run of the program. */
  knowBoot(boot: string): void {
    this.#boots.add(boot);
  }

  isKnownBoot(boot: string): boolean {
    return this.#boots.has(boot);
  }

  /** A new one. */
  add(birth: FleetBirth, check: SeqCheck): void {
    const kept = { birth, check };
    if (birth.boot !== null) this.#boots.add(birth.boot);
    this.#births.set(keyOf(birth), kept);
    this.#changed.add(kept);
  }

  /** It came again. */
  touch(kept: KeptBirth): void {
    const key = keyOf(kept.birth);
    this.#births.delete(key);
    this.#births.set(key, kept);
  }

  /** It is to be written. */
  changed(kept: KeptBirth): void {
    this.#changed.add(kept);
  }

  /**
   * The birth that an overtaken message came after: of its run of the program the latest that is no younger than itself; where it waited
   * in the device, which makes it older than its birth, the first that misses its number. null: none is at hand.
   *
   * @param ts Unix ms by the device's clock; null: it waited
   */
  before(boot: string | null, ts: number | null, seq: number): KeptBirth | null {
    const own = [...this.#births.values()]
      .filter(({ birth }) => boot === null || birth.boot === null || birth.boot === boot)
      .sort((a, b) => a.birth.bdSeq - b.birth.bdSeq || a.birth.ts - b.birth.ts);
    const found =
      ts === null ? own.find(({ check }) => check.misses(seq)) : own.findLast(({ birth }) => birth.ts <= ts);
    return found ?? own.at(-1) ?? null;
  }

  /** It is over. @returns false where that was known @param at Unix ms @param by the reason, or `lost` */
  end(bdSeq: number, at: number, by: string): boolean {
    const ended = [...this.#births.values()].filter(({ birth }) => birth.bdSeq === bdSeq).at(-1);
    if (ended === undefined) return true;
    if (ended.birth.endedAt !== null) return false;
    ended.birth = { ...ended.birth, endedAt: at, endedBy: by };
    this.#changed.add(ended);
    return true;
  }

  /** What is to be written since it was asked last. */
  changes(device: number): (FleetBirth & { readonly device: number })[] {
    const changes: (FleetBirth & { readonly device: number })[] = [];
    for (const kept of this.#changed) {
      const { bdSeq, ts, boot, body, receivedAt, endedAt, endedBy } = kept.birth;
      const { check } = kept;
      const numbers = { seqs: check.kept(), missing: check.missing };
      changes.push({ device, bdSeq, ts, boot, body, receivedAt, endedAt, endedBy, ...numbers });
      // the store has its body then; where it fails, this account is not used again
      if (body !== null) kept.birth = { ...kept.birth, body: null };
    }
    this.#changed.clear();
    this.#trim();
    return changes;
  }

  /** Those that were not used for longest go. */
  #trim(): void {
    for (const key of this.#births.keys()) {
      if (this.#births.size <= BIRTHS_AT_HAND) break;
      this.#births.delete(key);
      this.#recent = null;
      this.#hasForgotten = true;
    }
    if (this.#boots.size <= BIRTHS_AT_HAND) return;
    this.#boots.clear();
    this.#hasForgotten = true;
  }
}
