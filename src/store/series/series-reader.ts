import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { OpenBlocks } from './open-blocks.js';
import { decodePoints } from './point-codec.js';
import { inTimeOrder, resampled } from './point-order.js';
import { RESOLUTION_TABLES, RESOLUTIONS, stepStart } from './resolutions.js';
import type { SeriesKey } from './rollup.js';
import type { CatalogEntry, SeriesCatalog, SeriesChoice } from './series-catalog.js';
import { mergedPoint, type SeriesPoint } from './series-point.js';
import type { SeriesTables } from './series-tables.js';

export interface SeriesQuery extends SeriesChoice {
  /** Unix ms; the first step begins at it or before it. */
  readonly from: number;
  /** Unix ms: no step begins at it or later. */
  readonly to: number;
  /** A step is so long at least; default: such that there are about 500. */
  readonly stepMs?: number;
  /** false: nobody looks at the p95 of the points, which is what takes most of the time; it may be NaN then. */
  readonly withP95?: boolean;
}

/** One series over a time. */
export interface SeriesAnswer {
  readonly key: SeriesKey;
  /** The step of the points: that of the query, or the next that can be made of what is kept of that time. */
  readonly stepMs: number;
  /** In order of time. Where nothing was read there is no point. */
  readonly points: readonly SeriesPoint[];
}

/** A series and the time from which on, and up to which, there are points of it, Unix ms. */
export interface SeriesSpan {
  readonly key: SeriesKey;
  readonly from: number;
  readonly to: number;
}

export interface SeriesReaderOptions {
  /** What `work` gives; null where the file cannot be read. */
  readonly read: <T>(work: (tables: SeriesTables) => T) => T | null;
  readonly catalog: SeriesCatalog;
  readonly blocks: OpenBlocks;
  /** Unix ms. */
  readonly now: () => number;
  readonly log: Log;
}

/** Steps that people think in, ms. */
const USUAL_STEPS = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400].map(
  (s) => s * 1000,
);
const USUAL_POINTS = 500;

/** The shortest of the usual steps with which a time has at most `most` of them. */
export function usualStep(ms: number, most = USUAL_POINTS): number {
  return (
    USUAL_STEPS.find((stepMs) => ms / stepMs <= most) ?? stepStart(ms / most, USUAL_STEPS.at(-1)!) + USUAL_STEPS.at(-1)!
  );
}

/** Reads series: what the file has and what it does not have yet. Nothing here throws. */
export class SeriesReader {
  readonly #options: SeriesReaderOptions;

  constructor(options: SeriesReaderOptions) {
    this.#options = options;
  }

  /** Every series, in no order. */
  known(): CatalogEntry[] {
    return [...this.#options.catalog.entries.values()];
  }

  /** Those of a metric or name with these labels, in order of the names. */
  find(choice: SeriesChoice): CatalogEntry[] {
    return this.#options.catalog.find(choice);
  }

  /** Every series that there is something of, in order of the names. */
  list(): SeriesSpan[] {
    const { catalog, read } = this.#options;
    const oldest = read((tables) => Math.min(...RESOLUTIONS.map((_, level) => tables.oldest(level) ?? Number.NaN)));
    return [...catalog.entries.values()]
      .map(({ key, firstAt, lastAt }) => ({ key, from: Math.max(firstAt, oldest || firstAt), to: lastAt }))
      .sort((a, b) => (a.key.name < b.key.name ? -1 : 1));
  }

  /**
   * The series of a query, each with its points; none where there are no such series.
   *
   * @throws RangeError where the time or the step cannot be
   */
  query(query: SeriesQuery): SeriesAnswer[] {
    const { from, to, stepMs = usualStep(to - from), withP95 = true } = query;
    if (!(from < to)) throw new RangeError(`a time that begins before it ends is expected, got ${from} to ${to}`);
    if (!(stepMs > 0)) throw new RangeError(`a step above 0 is expected, got ${stepMs}`);
    const { read, catalog } = this.#options;
    const level = read((tables) => levelFor(tables, from, stepMs)) ?? finestFor(stepMs);
    const finest = RESOLUTIONS[level]!;
    const step = Math.ceil(stepMs / finest) * finest;
    return catalog.find(query).map((entry) => {
      const points = this.#points(entry, level, stepStart(from, step), to);
      return { key: entry.key, stepMs: step, points: step === finest ? points : resampled(points, step, withP95) };
    });
  }

  /** At a resolution, with what there is already of its step that goes on. */
  #points({ key: { name }, id }: CatalogEntry, level: number, from: number, to: number): SeriesPoint[] {
    const { blocks, read, now } = this.#options;
    const stored = id === null ? [] : (read((tables) => this.#stored(tables, level, id, from, to)) ?? []);
    const points = inTimeOrder([...stored, ...blocks.points(level, name, from, to)]);
    const last = points.at(-1)?.t ?? Number.NEGATIVE_INFINITY;
    return [...points, ...this.#goingOn(level, name, now()).filter(({ t }) => t > last && t >= from && t < to)];
  }

  #stored(tables: SeriesTables, level: number, id: number, from: number, to: number): SeriesPoint[] {
    const { blockMs, stepMs } = RESOLUTION_TABLES[level]!;
    const points: SeriesPoint[] = [];
    const oldest = tables.oldest(level) ?? to;
    const newest = tables.newest(level) ?? from;
    for (let start = stepStart(Math.max(from, oldest), blockMs); start < to && start <= newest; start += blockMs) {
      const bytes = tables.block(level, start, id);
      if (bytes === null) continue;
      const isWhole = start >= from && start + blockMs <= to;
      for (const point of this.#decoded(bytes, start, stepMs)) {
        if (isWhole || (point.t >= from && point.t < to)) points.push(point);
      }
    }
    return points;
  }

  #decoded(bytes: Uint8Array, start: number, stepMs: number): SeriesPoint[] {
    try {
      return decodePoints(bytes, start, stepMs);
    } catch (error) {
      this.#options.log.warn({ reason: explain(error) }, 'an hour of the history of a metric cannot be read: a gap');
      return [];
    }
  }

  /** The step of a resolution that goes on at `now`, as far as finer points tell; none where they tell nothing. */
  #goingOn(level: number, name: string, now: number): SeriesPoint[] {
    if (level === 0) return [];
    const stepMs = RESOLUTIONS[level]!;
    const t = stepStart(now, stepMs);
    const finer = this.#options.blocks.points(level - 1, name, t, t + stepMs);
    const parts = inTimeOrder([...finer, ...this.#goingOn(level - 1, name, now)]);
    return parts.length === 0 ? [] : [mergedPoint(t, parts)];
  }
}

/** The coarsest resolution that a step is a multiple of, else the finest. */
function finestFor(stepMs: number): number {
  return Math.max(
    0,
    RESOLUTIONS.findLastIndex((resolution) => stepMs % resolution === 0),
  );
}

/** That, or a coarser one where only that reaches as far back. */
function levelFor(tables: SeriesTables, from: number, stepMs: number): number {
  let level = finestFor(stepMs);
  for (let coarser = level + 1; coarser < RESOLUTIONS.length; coarser++) {
    const [oldest, older] = [tables.oldest(level), tables.oldest(coarser)];
    if (older === null) continue;
    // a longer block begins earlier, which says nothing
    const reaches = older + RESOLUTION_TABLES[coarser]!.blockMs;
    if (from < (oldest ?? Number.POSITIVE_INFINITY) && reaches <= (oldest ?? Number.POSITIVE_INFINITY)) level = coarser;
  }
  return level;
}
