import type { TrafficTotal } from '../../store/traffic-counts.js';

type Kind = TrafficTotal['kind'];

interface Counted extends TrafficTotal {
  count: number;
  /** Of these, not handed to `take` yet. */
  fresh: number;
}

/** What one camera counted over all runs of the program: what earlier ones kept, and what this one adds. */
export class TrafficTotals {
  readonly #counted = new Map<string, Counted>();
  /** Unix ms since when something is counted, by kind and name; what is not in it: since the beginning of this run. */
  readonly #since = new Map<string, number>();
  readonly #begun: number;

  /** @param now Unix ms */
  constructor(now: number) {
    this.#begun = now;
  }

  add(kind: Kind, name: string, direction: string, vehicleClass: string): void {
    const counted = this.#entry(kind, name, direction, vehicleClass);
    counted.count++;
    counted.fresh++;
  }

  /** Adds what earlier runs counted, since Unix ms. */
  remember(earlier: Iterable<TrafficTotal & { readonly since: number }>): void {
    for (const { kind, name, direction, vehicleClass, count, since } of earlier) {
      if (vehicleClass !== '') this.#entry(kind, name, direction, vehicleClass).count += count;
      const key = `${kind}\n${name}`;
      this.#since.set(key, Math.min(since, this.#since.get(key) ?? since));
    }
  }

  /** Unix ms since when it is counted. */
  since(kind: Kind, name: string): number {
    return this.#since.get(`${kind}\n${name}`) ?? this.#begun;
  }

  /** How often a line was crossed in a direction, or a zone entered or exited (direction ''), by all classes. */
  sum(kind: Kind, name: string, direction = ''): number {
    let sum = 0;
    for (const counted of this.#counted.values()) {
      if (counted.kind === kind && counted.name === name && counted.direction === direction) sum += counted.count;
    }
    return sum;
  }

  /** Everything that was counted at all. */
  all(): Iterable<TrafficTotal> {
    return this.#counted.values();
  }

  /** What came since the last call that was followed by `taken`. */
  fresh(): readonly TrafficTotal[] {
    const fresh: TrafficTotal[] = [];
    for (const { kind, name, direction, vehicleClass, fresh: count } of this.#counted.values()) {
      if (count > 0) fresh.push({ kind, name, direction, vehicleClass, count });
    }
    return fresh;
  }

  /** What `fresh` gave is kept. */
  taken(totals: Iterable<TrafficTotal>): void {
    for (const { kind, name, direction, vehicleClass, count } of totals) {
      this.#entry(kind, name, direction, vehicleClass).fresh -= count;
    }
  }

  #entry(kind: Kind, name: string, direction: string, vehicleClass: string): Counted {
    const key = `${kind}\n${name}\n${direction}\n${vehicleClass}`;
    let counted = this.#counted.get(key);
    if (counted === undefined) {
      counted = { kind, name, direction, vehicleClass, count: 0, fresh: 0 };
      this.#counted.set(key, counted);
    }
    return counted;
  }
}
