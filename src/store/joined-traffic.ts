import type { TrafficStore } from './traffic.js';
import type { TrafficInterval } from './traffic-counts.js';
import type { TrafficQuery } from './traffic-table.js';

/** What can be asked of counts that are kept, in one file or in several. */
export type KeptTraffic = Pick<TrafficStore, 'count' | 'read' | 'totals'>;

/** The counts of one file, and whose are to be looked for there. */
export interface TrafficPart {
  readonly store: KeptTraffic;
  readonly owns: (camera: string) => boolean;
}

/** Counts that are kept in several files, as if they were in one. One that cannot be read hides none of the others. */
export class JoinedTraffic implements KeptTraffic {
  readonly #parts: readonly TrafficPart[];

  constructor(parts: readonly TrafficPart[]) {
    this.#parts = parts;
  }

  count(query: TrafficQuery): number | null {
    const counts = this.#asked(query.cameras).map(({ store }) => store.count(query));
    return isUnreadable(counts) ? null : counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  }

  read(query: TrafficQuery): readonly TrafficInterval[] | null {
    const found = this.#asked(query.cameras).map(
      ({ store, owns }) => store.read(query)?.filter(({ camera }) => owns(camera)) ?? null,
    );
    if (isUnreadable(found)) return null;
    return found
      .flatMap((intervals) => intervals ?? [])
      .sort((a, b) => a.from - b.from || (a.camera < b.camera ? -1 : 1) || a.part - b.part);
  }

  totals(cameras?: readonly string[]): ReturnType<TrafficStore['totals']> {
    return this.#asked(cameras).flatMap(({ store, owns }) =>
      store.totals(cameras).filter(({ camera }) => owns(camera)),
    );
  }

  #asked(cameras: readonly string[] | undefined): readonly TrafficPart[] {
    if (cameras === undefined) return this.#parts;
    return this.#parts.filter(({ owns }) => cameras.some(owns));
  }
}

const isUnreadable = (found: readonly unknown[]): boolean => found.length > 0 && found.every((each) => each === null);
