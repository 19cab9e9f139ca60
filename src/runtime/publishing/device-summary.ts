import type { Config } from '../../config/config.js';
import type { Clock } from '../../foundation/clock.js';
import type { Part } from '../../foundation/part.js';
import { Cursor } from '../../store/cursor.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { StoreFile } from '../../store/store-file.js';
import type { SummaryPayload } from '../../telemetry/mqtt/messages/summary.js';
import { summaryOf } from '../../telemetry/mqtt/summary-columns.js';

export interface DeviceSummaryParts {
  readonly file: StoreFile;
  readonly reader: KeptSeries;
  /** null where nothing is published. */
  readonly publisher: { summary(payload: SummaryPayload): void } | null;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;
const TICK_MS = 5000;
/** A minute is written so long after its end at the latest, ms. */
const GRACE_MS = 3000;
/** What is made up for after a time in which the program did not run, or had no broker configured: the last week. */
const LONGEST_BACK_MS = 7 * 86_400_000;
/** Summaries made at a time, so that a week is not read at once. */
const MOST_AT_ONCE = 8;
/** Times that are looked at for that: of most of a week there may be nothing. */
const MOST_LOOKS = 48;

/** Tells some metrics minute by minute, several minutes at a time; after a restart it goes on where the last one was told. */
export class DeviceSummary implements Part {
  readonly name = 'summary';
  readonly essential = false;
  readonly settings = [
    { path: 'publish.summaryMetrics', requiresRestart: true },
    { path: 'publish.summaryColumns', requiresRestart: true },
    { path: 'publish.summaryMinutes', requiresRestart: true },
  ];
  readonly #config: Config['publish'];
  readonly #parts: DeviceSummaryParts;
  readonly #cursor: Cursor;
  /**
   * How far it was told, Unix ms; null before the first time. The cursor follows a turn later, when the outbox has what was told: a
   * kill in between tells it again, and loses nothing.
   */
  #toldTo: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor({ publish }: Pick<Config, 'publish'>, parts: DeviceSummaryParts) {
    this.#config = publish;
    this.#parts = parts;
    this.#cursor = new Cursor(parts.file, 'summary');
  }

  start(): void {
    if (this.#parts.publisher === null || this.#config.summaryMetrics.length === 0) return;
    this.#timer ??= setInterval(() => this.tell(), TICK_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#keep();
  }

  /** Tells what is due, some of it at a time. */
  tell(): void {
    this.#keep();
    const { summaryMinutes: steps } = this.#config;
    const now = this.#parts.clock.unixNow();
    const lengthMs = steps * MINUTE_MS;
    const current = Math.floor(now / lengthMs) * lengthMs;
    let from = this.#toldTo ?? this.#cursor.at ?? current;
    // after a clock that was set back, or another length, it begins anew
    if (from > current || from % lengthMs !== 0) from = Math.min(current, Math.floor(from / lengthMs) * lengthMs);
    from = Math.max(from, Math.floor((now - LONGEST_BACK_MS) / lengthMs) * lengthMs);
    let told = 0;
    for (let looks = 0; looks < MOST_LOOKS && told < MOST_AT_ONCE; looks++) {
      if (from + lengthMs + GRACE_MS > now) break;
      if (this.#tellFrom(from, steps)) told++;
      from += lengthMs;
    }
    this.#toldTo = from;
  }

  #keep(): void {
    if (this.#toldTo !== null) this.#cursor.moveTo(this.#toldTo);
  }

  /** @returns whether there was anything to tell of that time */
  #tellFrom(from: number, steps: number): boolean {
    const { summaryMetrics, summaryColumns } = this.#config;
    const time = { from, to: from + steps * MINUTE_MS, stepMs: MINUTE_MS };
    const answers = summaryMetrics.flatMap((metric) => this.#parts.reader.query({ metric, ...time }));
    const summary = summaryOf(answers, { from, stepS: MINUTE_MS / 1000, steps }, summaryColumns);
    if (summary === null) return false;
    this.#parts.publisher?.summary(summary);
    return true;
  }
}
