import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { OpenBlocks } from './open-blocks.js';
import { decodePoints } from './point-codec.js';
import { inTimeOrder } from './point-order.js';
import { RESOLUTION_TABLES, RESOLUTIONS, type Resolution, stepStart } from './resolutions.js';
import type { SeriesKey } from './rollup.js';
import type { SeriesCatalog } from './series-catalog.js';
import { decodeJournal } from './series-journal.js';
import { mergedPoint, type SeriesPoint } from './series-point.js';
import type { SeriesTables } from './series-tables.js';

/** Hears of a point that belongs to a coarser step (`stepMs`) that still goes on. */
export type ResumeListener = (key: SeriesKey, stepMs: Resolution, point: SeriesPoint) => void;

export interface Recovery {
  readonly tables: SeriesTables;
  /** With the series of the file. */
  readonly catalog: SeriesCatalog;
  /** Gets what the journal has. */
  readonly blocks: OpenBlocks;
  /** Unix ms. */
  readonly now: number;
  readonly onResume: ResumeListener;
  readonly log: Log;
}

/** By series, those of one resolution. */
type Recovered = Map<string, SeriesPoint[]>;

/**
 * Takes over what an earlier run left in the journal. A run that was ended in the middle of a minute or hour left only the finer
 * points of it: where that minute or hour is over they are made one point, where it goes on they are told to `onResume`.
 */
export function recoverJournal(recovery: Recovery): void {
  const { catalog, blocks, now, onResume } = recovery;
  const levels = journaled(recovery);
  for (const [level, stepMs] of RESOLUTIONS.entries()) {
    const finer = levels[level - 1];
    if (finer === undefined) continue;
    for (const [name, points] of finer) {
      const { key } = catalog.entries.get(name)!;
      const coarse = levels[level]!.get(name) ?? [];
      const known = new Map(coarse.map((point) => [point.t, point]));
      for (const [t, parts] of grouped(points, stepMs)) {
        // a clock that jumped may have ended the step before
        const before = known.get(t);
        const missing = before === undefined ? mergedPoint(t, parts) : without(mergedPoint(t, parts), before);
        if (missing === null) continue;
        if (t === stepStart(now, stepMs)) {
          for (const part of before === undefined ? parts : [missing]) onResume(key, stepMs, part);
        } else {
          blocks.add(level, name, missing);
          coarse.push(missing);
        }
      }
      levels[level]!.set(name, inTimeOrder(coarse));
    }
  }
}

function journaled({ tables, catalog, blocks, log }: Recovery): Recovered[] {
  const names = new Map([...catalog.entries].map(([name, { id }]) => [id, name]));
  const levels: Recovered[] = RESOLUTIONS.map(() => new Map());
  for (const { blockMs, start, entries } of tables.journal()) {
    try {
      for (const { series, level, chunks } of decodeJournal(entries)) {
        const name = names.get(series);
        const table = RESOLUTION_TABLES[level];
        if (name === undefined || table?.blockMs !== blockMs) continue;
        const { stepMs } = table;
        if (chunks.length === 0) {
          blocks.block(level, start, name).forgetRecovered();
          const others = levels[level]!.get(name)?.filter(({ t }) => t < start || t >= start + blockMs) ?? [];
          levels[level]!.set(name, others);
          continue;
        }
        const points = decodePoints(chunks, start, stepMs);
        blocks.block(level, start, name).recover(chunks);
        levels[level]!.set(name, inTimeOrder([...(levels[level]!.get(name) ?? []), ...points]));
        for (const { t } of points.slice(-1)) catalog.note(catalog.entries.get(name)!.key, t);
      }
    } catch (error) {
      log.warn({ reason: explain(error) }, 'a minute of the history of metrics cannot be read, it is left out');
    }
  }
  return levels;
}

/** What a step has beyond what is known of it; null of nothing. */
function without(whole: SeriesPoint, known: SeriesPoint): SeriesPoint | null {
  const count = whole.count - known.count;
  if (count <= 0) return null;
  const mean = (whole.mean * whole.count - known.mean * known.count) / count;
  return { ...whole, mean: Math.min(whole.max, Math.max(whole.min, mean)), count };
}

/** The points by the step of `stepMs` that they lie in. */
function grouped(points: readonly SeriesPoint[], stepMs: number): Map<number, SeriesPoint[]> {
  const steps = new Map<number, SeriesPoint[]>();
  for (const point of points) {
    const t = stepStart(point.t, stepMs);
    const step = steps.get(t);
    if (step) step.push(point);
    else steps.set(t, [point]);
  }
  return steps;
}
