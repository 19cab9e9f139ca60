import type { SeriesKey } from './rollup.js';
import type { CatalogEntry, SeriesChoice } from './series-catalog.js';
import type { SeriesAnswer, SeriesQuery, SeriesReader, SeriesSpan } from './series-reader.js';

/** What can be asked of series that are kept, in one file or in several. */
export type KeptSeries = Pick<SeriesReader, 'known' | 'find' | 'list' | 'query'>;

/** The series of one file, and which of them are to be looked for there. */
export interface SeriesPart {
  readonly reader: KeptSeries;
  readonly owns: (key: SeriesKey) => boolean;
}

/** Series that are kept in several files, as if they were in one. What a file has of series that are looked for elsewhere is not shown. */
export class JoinedSeries implements KeptSeries {
  readonly #parts: readonly SeriesPart[];

  constructor(parts: readonly SeriesPart[]) {
    this.#parts = parts;
  }

  known(): CatalogEntry[] {
    return this.#parts.flatMap(({ reader, owns }) => reader.known().filter(({ key }) => owns(key)));
  }

  find(choice: SeriesChoice): CatalogEntry[] {
    return byName(this.#parts.flatMap(({ reader, owns }) => reader.find({ ...choice, sees: both(owns, choice) })));
  }

  list(): SeriesSpan[] {
    return byName(this.#parts.flatMap(({ reader, owns }) => reader.list().filter(({ key }) => owns(key))));
  }

  /** @throws RangeError as `SeriesReader.query` */
  query(query: SeriesQuery): SeriesAnswer[] {
    return byName(this.#parts.flatMap(({ reader, owns }) => reader.query({ ...query, sees: both(owns, query) })));
  }
}

function both(owns: SeriesPart['owns'], { sees }: SeriesChoice): (key: SeriesKey) => boolean {
  return (key) => owns(key) && sees?.(key) !== false;
}

function byName<Found extends { readonly key: SeriesKey }>(found: Found[]): Found[] {
  return found.sort((a, b) => (a.key.name < b.key.name ? -1 : 1));
}
