import type { SeriesKey } from './rollup.js';
import type { StoredSeries } from './series-tables.js';

/** One series that is kept. */
export interface CatalogEntry {
  readonly key: SeriesKey;
  /** In the file; null while it is not there. */
  id: number | null;
  /** Unix ms of the first and of the latest point. */
  firstAt: number;
  lastAt: number;
}

/** What a query is about: a metric, or one series by its whole name, and those of its labels that must be so. */
export interface SeriesChoice {
  /** `fps_inferred`, or `fps_inferred.north`. */
  readonly metric: string;
  /** By label its value: `{ camera: 'north' }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only those that it takes; default all. */
  readonly sees?: (key: SeriesKey) => boolean;
}

/** Labels whose values come from outside could make any number of series. */
const MOST_SERIES = 5000;

/** Every series that is kept, in the file or only in memory yet. */
export class SeriesCatalog {
  readonly #entries = new Map<string, CatalogEntry>();

  get entries(): ReadonlyMap<string, CatalogEntry> {
    return this.#entries;
  }

  /** A series has a point at `t`. @returns false where there are too many series for another one */
  note(key: SeriesKey, t: number): boolean {
    const entry = this.#entries.get(key.name);
    if (entry !== undefined) {
      entry.firstAt = Math.min(entry.firstAt, t);
      entry.lastAt = Math.max(entry.lastAt, t);
      return true;
    }
    if (this.#entries.size >= MOST_SERIES) return false;
    this.#entries.set(key.name, { key, id: null, firstAt: t, lastAt: t });
    return true;
  }

  /** Takes the numbers of a file just opened; what is not in it has none. */
  adopt(stored: readonly StoredSeries[]): void {
    for (const entry of this.#entries.values()) entry.id = null;
    for (const { id, key, firstAt, lastAt } of stored) {
      const entry = this.#entries.get(key.name);
      if (entry === undefined) this.#entries.set(key.name, { key, id, firstAt, lastAt });
      else {
        entry.id = id;
        entry.firstAt = Math.min(entry.firstAt, firstAt);
        entry.lastAt = Math.max(entry.lastAt, lastAt);
      }
    }
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  /** Those of a metric or name, in order of their names. */
  find({ metric, labels = {}, sees = () => true }: SeriesChoice): CatalogEntry[] {
    const wanted = Object.entries(labels);
    return [...this.#entries.values()]
      .filter(({ key }) => key.metric === metric || key.name === metric)
      .filter(({ key }) => sees(key))
      .filter(({ key }) => wanted.every(([label, value]) => key.labels[label] === value))
      .sort((a, b) => (a.key.name < b.key.name ? -1 : 1));
  }
}
