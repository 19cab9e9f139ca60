import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../config/load.js';
import { type DatabaseSample, DatabaseWatch } from '../../database/sqlite/database-watch.js';
import { databaseFile } from '../../database/sqlite/open-database.js';
import { localProgram } from '../../diagnose/local-program.js';
import { fromRoot } from '../../foundation/home.js';
import { mebibytes } from '../../foundation/mebibytes.js';
import type { AskedDatabase } from '../../runtime/device-databases.js';
import { clipped } from '../live-lines.js';
import { oneLine, print } from '../print.js';
import { isGone } from '../reader-gone.js';
import { StopSignals } from '../stop-signals.js';

/** Flags of `db watch`. */
export interface DbWatchFlags {
  readonly every?: number;
  readonly count?: number;
  readonly config?: string;
  readonly json?: boolean;
}

const EVERY_S = 2;
/** Scores of the past that are shown, and queries. */
const TREND = 30;
const QUERIES = 8;

/**
 * `edge-optimizer db watch`: how a database stands, every few seconds until Ctrl-C, or so many times.
 *
 * @throws EdgeError E_OUTPUT where the file cannot be read, or vanishes
 */
export async function dbWatch(target: string, { every = EVERY_S, count, config, json }: DbWatchFlags): Promise<number> {
  const file = databaseFile(target);
  const queriesOf = whoeverRunsIt(file, config);
  const stop = new AbortController();
  void new StopSignals().received.then(() => stop.abort());
  process.stdout.once('error', (error) => {
    if (isGone(error)) stop.abort();
  });
  const watch = new DatabaseWatch(file);
  const scores: (number | null)[] = [];
  try {
    for (let shown = 0; !stop.signal.aborted && (count === undefined || shown < count); shown++) {
      if (shown > 0) await sleep(every * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) break;
      const sample = await watch.sample();
      const asked = await queriesOf(stop.signal);
      scores.push(sample.score);
      if (scores.length > TREND) scores.shift();
      if (json)
        process.stdout.write(`${JSON.stringify({ database: file, ...sample, queries: asked?.queries ?? null })}\n`);
      else show(linesOf(file, sample, scores, asked));
    }
    return 0;
  } finally {
    watch.close();
  }
}

/** What the program says of its own database, where it runs and this is one of its store; null: nothing. */
function whoeverRunsIt(file: string, configFile: string | undefined) {
  const { config } = loadConfig({ ...(configFile !== undefined && { file: configFile }), env: process.env });
  const store = fromRoot(config.store.dir);
  if (dirname(file) !== store) return async () => null;
  return async (signal: AbortSignal): Promise<AskedDatabase | null> => {
    const program = localProgram({ http: config.http, store: { ...config.store, dir: store } });
    const said = (await program?.ask('/api/databases', signal)) as { databases?: AskedDatabase[] } | null | undefined;
    return said?.databases?.find((database) => database.file === file) ?? null;
  };
}

function linesOf(
  file: string,
  { bytes, walBytes, walBytesPerS, freeBytes, changed, fsyncMs, score, locks }: DatabaseSample,
  scores: readonly (number | null)[],
  asked: AskedDatabase | null,
): string[] {
  const growth = walBytesPerS === null ? '' : `, ${walBytesPerS < 0 ? '-' : '+'}${mebibytes(Math.abs(walBytesPerS))}/s`;
  const held =
    locks === null
      ? 'not told by this machine'
      : locks.map(({ pid, name, doing }) => `${doing} by ${name ?? 'a process'} (${pid})`).join(', ') || 'nobody';
  return [
    oneLine(`${file}: ${mebibytes(bytes)}, ${mebibytes(freeBytes)} of it free`),
    `health     ${score ?? '-'} of 100  ${scores.map(bar).join('')}`,
    `log        ${mebibytes(walBytes)}${growth}${changed === null ? '' : changed ? ', changed since the last look' : ', unchanged'}`,
    `fsync      ${fsyncMs === null ? '-' : `${fsyncMs.toFixed(1)} ms`}`,
    `locks      ${held}`,
    ...queryLines(asked),
  ];
}

function queryLines(asked: AskedDatabase | null): string[] {
  if (asked === null) return [];
  if (!asked.isCounted) return ['', 'The program counts no queries: optimization.database turns that on.'];
  return [
    '',
    '    calls      mean       p95  share  query',
    ...asked.queries
      .slice(0, QUERIES)
      .map(({ calls, meanMs, p95Ms, share, text }) =>
        oneLine(
          `${String(calls).padStart(9)} ${`${meanMs.toFixed(3)} ms`.padStart(9)} ${`${p95Ms.toFixed(3)} ms`.padStart(9)} ${`${Math.round(share * 100)} %`.padStart(6)}  ${text}`,
        ),
      ),
  ];
}

const bar = (score: number | null): string =>
  score === null ? ' ' : '▁▂▃▄▅▆▇█'[Math.min(7, Math.floor(score / 12.5))]!;

function show(lines: readonly string[]): void {
  if (process.stdout.isTTY) {
    const { rows = 24, columns = 80 } = process.stdout;
    const fitting = lines.slice(0, rows - 1).map((line) => clipped(line, columns));
    process.stdout.write(`\u001b[H\u001b[J${fitting.join('\n')}\n`);
    return;
  }
  for (const line of lines) print(line);
  print('');
}
