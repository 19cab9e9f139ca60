import { nameOfPoint, type OperatingPoint } from '../operating-point.js';
import { type Circumstances, haveChanged } from '../trials/circumstances.js';
import { detectorKind } from './kinds.js';

const FIRST_MS = 600_000;
const LONGEST_MS = 12 * 3_600_000;
/** Remembered at most; the one avoided longest ago goes first. */
const MOST = 64;

export interface Avoidance {
  /** For people. */
  readonly why: string;
  /** Whether it is about what runs, whatever its workers, threads and batches. */
  readonly isOfKind: boolean;
  /** Where they change, the pause is over; null: it lasts whatever changes. */
  readonly under: Circumstances | null;
  readonly leastMs?: number;
  /** Whether a restart may have mended it: then it is tried after the first pause at the latest. */
  readonly mayBeMended?: boolean;
}

interface Avoided {
  until: number;
  pauseMs: number;
  readonly why: string;
  readonly under: Circumstances | null;
  readonly mayBeMended: boolean;
}

/** One that outlasts a restart: `leftMs` of its pause were left. */
export interface SavedAvoidance extends Omit<Avoided, 'until'> {
  readonly name: string;
  readonly leftMs: number;
}

/** Points that did harm or could not be had: not again for a while, twice as long with each time. */
export class AvoidedPoints {
  readonly #avoided = new Map<string, Avoided>();

  avoid(
    point: OperatingPoint,
    { why, isOfKind, under, leastMs = FIRST_MS, mayBeMended = false }: Avoidance,
    now: number,
  ): void {
    const name = isOfKind ? detectorKind(point) : nameOfPoint(point);
    const before = this.#avoided.get(name);
    const pauseMs = Math.min(LONGEST_MS, Math.max(leastMs, (before?.pauseMs ?? 0) * 2));
    this.#avoided.delete(name);
    this.#avoided.set(name, { until: now + pauseMs, pauseMs, why, under, mayBeMended });
    this.#forgetOldest();
  }

  /** What is avoided now, or was: the next pause of the same is longer. */
  save(now: number): SavedAvoidance[] {
    return [...this.#avoided].map(([name, { until, ...avoided }]) => ({
      name,
      leftMs: Math.max(0, until - now),
      ...avoided,
    }));
  }

  /** What `save` gave before a restart, `agoMs` ago; what was learnt since is newer. */
  restore(saved: readonly SavedAvoidance[], agoMs: number, now: number): void {
    const newer = [...this.#avoided];
    this.#avoided.clear();
    for (const { name, leftMs, ...avoided } of saved) {
      const left = Math.min(leftMs - agoMs, avoided.mayBeMended ? FIRST_MS : LONGEST_MS);
      this.#avoided.set(name, { ...avoided, until: now + left });
    }
    for (const [name, avoided] of newer) {
      this.#avoided.delete(name);
      this.#avoided.set(name, avoided);
    }
    while (this.#avoided.size > MOST) this.#forgetOldest();
  }

  #forgetOldest(): void {
    if (this.#avoided.size > MOST) this.#avoided.delete(this.#avoided.keys().next().value!);
  }

  /** Ends the pauses of those that were avoided under other circumstances. */
  see(circumstances: Circumstances, now: number): void {
    for (const avoided of this.#avoided.values()) {
      if (avoided.under !== null && now < avoided.until && haveChanged(avoided.under, circumstances))
        avoided.until = now;
    }
  }

  /** Why a point is avoided; null: it is not. */
  why(point: OperatingPoint, now: number): string | null {
    if (this.#avoided.size === 0) return null;
    for (const name of [nameOfPoint(point), detectorKind(point)]) {
      const avoided = this.#avoided.get(name);
      if (avoided !== undefined && now < avoided.until) return avoided.why;
    }
    return null;
  }
}
