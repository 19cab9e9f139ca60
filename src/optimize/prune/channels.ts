/** The channels of a value along its axis 1, each by its id; two values that share a channel lose it together. */
export type Lanes = Int32Array;

/** The channels of a graph: which are one and the same, and which must stay. */
export class Channels {
  /** A channel's parent in its tree; a root is its own. */
  readonly #parents: number[] = [];
  /** By root: why it must stay. */
  readonly #reasons = new Map<number, string>();

  /** Channels that nothing else has yet. */
  fresh(count: number): Lanes {
    const first = this.#parents.length;
    for (let i = 0; i < count; i++) this.#parents.push(first + i);
    return Int32Array.from({ length: count }, (_, i) => first + i);
  }

  /** The id that stands for a channel and all that are tied to it. */
  idOf(channel: number): number {
    let root = channel;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    for (let at = channel; at !== root; ) {
      const next = this.#parents[at]!;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  /** Makes the channels of two values one and the same, place by place. @param b as long as `a` */
  tie(a: Lanes, b: Lanes): void {
    for (let i = 0; i < a.length; i++) this.#join(this.idOf(a[i]!), this.idOf(b[i]!));
  }

  /** Says that channels must stay; the first reason given counts. */
  lock(lanes: Lanes, reason: string): void {
    for (const channel of lanes) {
      const root = this.idOf(channel);
      if (!this.#reasons.has(root)) this.#reasons.set(root, reason);
    }
  }

  /** Why a channel must stay; null where it may go. */
  reasonToStay(channel: number): string | null {
    return this.#reasons.get(this.idOf(channel)) ?? null;
  }

  #join(a: number, b: number): void {
    if (a === b) return;
    const [root, other] = a < b ? [a, b] : [b, a];
    this.#parents[other] = root;
    const reason = this.#reasons.get(other);
    if (reason !== undefined && !this.#reasons.has(root)) this.#reasons.set(root, reason);
  }
}
