import { type Entry, type Freshness, freshness } from './entry.js';
import type { TagTimes } from './tags.js';

/** How an entry stands: by its times, or by a tag that was invalidated since it was made. */
export type Standing = Freshness | 'invalidated';

/** @param now Unix ms */
export function entryStanding(entry: Entry, tags: TagTimes, now: number): Standing {
  return tags.isStale(entry.tags, entry.stamp) ? 'invalidated' : freshness(entry, now);
}

/** Why an entry that stands so is removed; null where it may still be served. */
export function reasonToRemove(standing: Standing | undefined): 'expired' | 'invalidated' | null {
  return standing === 'expired' || standing === 'invalidated' ? standing : null;
}
