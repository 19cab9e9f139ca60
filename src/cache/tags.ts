/** A tag and the time before which everything that carries it is stale. */
export type TagTime = readonly [tag: string, time: number];

/** Characters of a tag. */
export const MAX_TAG_LENGTH = 256;

/** Half a character, for which UTF-8 has no bytes: files and servers would take one such text for another. */
const BROKEN = /\p{Surrogate}/u;

/** Whether it is a text that every tier can tell from all others. @param most characters */
export function isCacheName(name: unknown, most: number): name is string {
  return typeof name === 'string' && name.length > 0 && name.length <= most && !BROKEN.test(name);
}

/** The name under which the floor is stored beside the tags; no tag is empty. */
const FLOOR = '';

/**
 * Which tags were invalidated when. Invalidating writes one time per tag; entries are compared with it when they are
 * read, so the cost does not depend on how many carry the tag.
 *
 * Times are Unix ms of a clock that never goes back and that every invalidation moves by at least 1: an entry made
 * before an invalidation in the same millisecond is stale, one made after it is not, however the system's clock steps.
 *
 * At most `maxTags` times are kept. Beyond, the older half becomes the floor: whatever carries any tag and is older than
 * the floor is stale. That forgets too much rather than too little.
 */
export class TagTimes {
  readonly #times = new Map<string, number>();
  readonly #now: () => number;
  readonly #maxTags: number;
  #clock = 0;
  #newest = 0;
  #floor = 0;

  constructor(now: () => number, maxTags = 10_000) {
    this.#now = now;
    this.#maxTags = maxTags;
  }

  get count(): number {
    return this.#times.size;
  }

  /** Time of the latest invalidation; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** The stamp for an entry whose value begins to be computed now. */
  stamp(): number {
    const now = Math.floor(this.#now());
    if (now > this.#clock) this.#clock = now;
    return this.#clock;
  }

  /** Takes note of a stamp made before a restart: the clock goes on from there. */
  observe(stamp: number): void {
    if (stamp > this.#clock) this.#clock = stamp;
  }

  /** Everything with one of these tags made until now is stale. Gives what is to be persisted. */
  invalidate(tags: Iterable<string>): TagTime[] {
    const time = this.stamp() + 1;
    this.#clock = this.#newest = time;
    const floor = this.#floor;
    const changed: TagTime[] = [];
    for (const tag of tags) {
      this.#times.set(tag, time);
      changed.push([tag, time]);
    }
    this.#bound();
    if (this.#floor > floor) changed.push([FLOOR, this.#floor]);
    return changed;
  }

  /** Merges times read from disk; the later of two holds. */
  load(times: Iterable<TagTime>): void {
    for (const [tag, time] of times) {
      this.observe(time);
      this.#newest = Math.max(this.#newest, time);
      if (tag === FLOOR) this.#floor = Math.max(this.#floor, time);
      else if (time > (this.#times.get(tag) ?? 0)) this.#times.set(tag, time);
    }
    this.#bound();
  }

  /** Everything that has to be on disk for a restart to know as much. */
  all(): TagTime[] {
    return this.#floor > 0 ? [...this.#times, [FLOOR, this.#floor]] : [...this.#times];
  }

  isStale(tags: readonly string[], stamp: number): boolean {
    // the usual case: nothing was invalidated since
    if (stamp >= this.#newest || tags.length === 0) return false;
    if (stamp < this.#floor) return true;
    for (const tag of tags) {
      const time = this.#times.get(tag);
      if (time !== undefined && stamp < time) return true;
    }
    return false;
  }

  #bound(): void {
    if (this.#times.size <= this.#maxTags) return;
    const times = [...this.#times.values()].sort((a, b) => a - b);
    this.#floor = Math.max(this.#floor, times[Math.floor(times.length / 2)]!);
    for (const [tag, time] of this.#times) if (time <= this.#floor) this.#times.delete(tag);
  }
}
