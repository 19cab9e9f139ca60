import { OpenBlock } from './open-block.js';
import { RESOLUTION_TABLES, stepStart } from './resolutions.js';
import type { SeriesPoint } from './series-point.js';

/** The points that no block in the file has yet, of all series, by resolution (an index of RESOLUTIONS) and block. */
export class OpenBlocks {
  readonly #levels = RESOLUTION_TABLES.map(() => new Map<number, Map<string, OpenBlock>>());

  add(level: number, name: string, point: SeriesPoint): void {
    this.block(level, stepStart(point.t, RESOLUTION_TABLES[level]!.blockMs), name).add(point);
  }

  /** That of a series, which is made where it is not there. @param start Unix ms at which the block begins */
  block(level: number, start: number, name: string): OpenBlock {
    const blocks = this.#levels[level]!;
    let series = blocks.get(start);
    if (series === undefined) blocks.set(start, (series = new Map()));
    let block = series.get(name);
    if (block === undefined) {
      block = new OpenBlock(start, RESOLUTION_TABLES[level]!.stepMs);
      series.set(name, block);
    }
    return block;
  }

  /** Where the open blocks of a resolution begin, in order of time. */
  starts(level: number): number[] {
    return [...this.#levels[level]!.keys()].sort((a, b) => a - b);
  }

  /** The series of a block, by name. */
  at(level: number, start: number): ReadonlyMap<string, OpenBlock> {
    return this.#levels[level]!.get(start) ?? new Map();
  }

  /** Forgets these series of a block. */
  delete(level: number, start: number, names: readonly string[]): void {
    const series = this.#levels[level]!.get(start);
    for (const name of names) series?.delete(name);
    if (series?.size === 0) this.#levels[level]!.delete(start);
  }

  /** Of a series, from `from` up to but without `to` (Unix ms), in order of time. */
  points(level: number, name: string, from: number, to: number): SeriesPoint[] {
    const { blockMs } = RESOLUTION_TABLES[level]!;
    const points: SeriesPoint[] = [];
    for (const start of this.starts(level)) {
      if (start >= to || start + blockMs <= from) continue;
      for (const point of this.at(level, start).get(name)?.points() ?? []) {
        if (point.t >= from && point.t < to) points.push(point);
      }
    }
    return points;
  }

  /** There is another journal, which has none of it. */
  forgetJournal(): void {
    for (const blocks of this.#levels) {
      for (const series of blocks.values()) for (const block of series.values()) block.forgetJournal();
    }
  }
}
