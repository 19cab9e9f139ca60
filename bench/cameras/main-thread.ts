import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { mean } from '../../src/foundation/statistics.js';
import type { Command } from '../harness/program.js';
import type { Stretch } from './punctuality.js';

/** What the program's main thread did in a stretch. */
export interface MainThread {
  /** Share of the time, 0..1: at work, and collecting garbage; null where nothing was written down. */
  readonly busy: number | null;
  readonly gcShare: number | null;
  /** Full collections in ten seconds. */
  readonly fullPer10S: number | null;
}

interface Line {
  readonly at: number;
  readonly gcMs?: number;
  readonly kind?: number;
  readonly busy?: number;
}

/** The program with its main thread watched. @param file what is written down goes there */
export function watchedCommand([node, ...rest]: Command, file: string): Command {
  const watch = pathToFileURL(join(PROJECT_ROOT, 'bench/cameras/main-thread.mjs'));
  watch.searchParams.set('to', file);
  return [node, `--import=${watch.href}`, ...rest];
}

export function mainThread(file: string, { from, to }: Stretch): MainThread {
  const all = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const lines = all.map((line) => JSON.parse(line) as Line).filter(({ at }) => at >= from && at <= to);
  const busy = lines.flatMap((line) => line.busy ?? []);
  if (busy.length === 0) return { busy: null, gcShare: null, fullPer10S: null };
  const collections = lines.filter(({ gcMs }) => gcMs !== undefined);
  const full = collections.filter(({ kind }) => kind === constants.NODE_PERFORMANCE_GC_MAJOR).length;
  return {
    busy: mean(busy),
    gcShare: collections.reduce((sum, { gcMs }) => sum + gcMs!, 0) / (to - from),
    fullPer10S: (full * 10_000) / (to - from),
  };
}
