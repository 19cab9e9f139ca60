/**
 * Whose turn it is where several share what serves one piece of work after the other: start-time fair queueing (Goyal, Vin,
 * Cheng: "Start-time Fair Queueing", SIGCOMM 1996), with more than one piece under way as in SFQ(D) (Jin, Chase, Kaur:
 * "Interposed Proportional Sharing for a Storage Service Utility", SIGMETRICS 2004). Each party has a tag: the service it
 * had, divided by its weight. The least tag is next. A party that begins to wait is brought up to the tag served last: what
 * it did not use meanwhile was lent to the others for good, and nobody saves turns for a burst.
 */
export class FairTurns<Party> {
  readonly #weights: ReadonlyMap<Party, number>;
  readonly #tags = new Map<Party, number>();
  readonly #waiting = new Set<Party>();
  /** Tag of whoever was served last, never going back. */
  #virtual = 0;

  /** @param weights above 0; who is not in it weighs 1 */
  constructor(weights: ReadonlyMap<Party, number>) {
    this.#weights = weights;
  }

  weightOf(party: Party): number {
    return this.#weights.get(party) ?? 1;
  }

  /**
   * The least is next; of a party that does not wait, what it would have if it began to.
   * @param leeway service up to which one that had less than its share lately is before the others; see `waits`
   */
  tagOf(party: Party, leeway = 0): number {
    const tag = this.#tags.get(party) ?? 0;
    return this.#waiting.has(party) ? tag : Math.max(tag, this.#virtual - leeway / this.weightOf(party));
  }

  /**
   * It has something to be served; again and again does no harm.
   * @param leeway service that it may have kept of what it did not use: one piece, and two that come together need not wait
   *   for another's between them; 0: nothing
   */
  waits(party: Party, leeway = 0): void {
    if (this.#waiting.has(party)) return;
    this.#tags.set(party, this.tagOf(party, leeway));
    this.#waiting.add(party);
  }

  /** It has nothing to be served any more. */
  waitsNoMore(party: Party): void {
    this.#waiting.delete(party);
  }

  /** Its turn was taken, for as much service as is expected of it. */
  served(party: Party, service: number): void {
    const tag = this.tagOf(party);
    this.#virtual = Math.max(this.#virtual, tag);
    this.#tags.set(party, tag + service / this.weightOf(party));
  }

  /** It turned out to be so much more service than was expected, or less. */
  corrected(party: Party, service: number): void {
    this.#tags.set(party, (this.#tags.get(party) ?? 0) + service / this.weightOf(party));
  }

  /** Nobody waits and nothing is under way: whoever had more than the others owes nobody. */
  rested(): void {
    for (const tag of this.#tags.values()) this.#virtual = Math.max(this.#virtual, tag);
  }
}
