import { existsSync, statSync } from 'node:fs';
import type { Log } from '../../foundation/log.js';
import { type AlertLogEntry, alertStatements, alertSteps, hasAlerts } from '../../store/alert-history.js';
import { CommandLog, type LoggedCommand } from '../../store/command-log.js';
import type { DatabasePort } from '../../store/database-port.js';
import { readDatabase } from '../../store/read-database.js';
import type { CatalogEntry } from '../../store/series/series-catalog.js';
import type { SeriesAnswer, SeriesReader } from '../../store/series/series-reader.js';
import { openStoredHistory } from '../../store/series/stored-history.js';
import type { TrafficInterval } from '../../store/traffic-counts.js';
import { trafficInSteps } from '../../store/traffic-json.js';
import { readTraffic, type TrafficStatements, trafficStatements } from '../../store/traffic-table.js';
import { hasTrials, trialStatements, trialsAsked } from '../../store/trials.js';
import { type TrialPayload, trialFacts } from '../../telemetry/mqtt/messages/trial.js';
import type { MeasuredSeries } from './measured.js';

/** A time, Unix ms: up to but without `to`. */
export interface HistorySpan {
  readonly from: number;
  readonly to: number;
}

/** Far more than a device has in the time that a report looks back. */
const MOST_STEPS = 20_000;
const DAY_MS = 86_400_000;
/** Days begin at half hours of UTC in some places. */
const STEP_MS = 1_800_000;
const MOST_TRIALS = 5000;
const MOST_COMMANDS = 5000;

/** A `history.db` as it is now, read beside the program that writes it. */
export class KeptHistory {
  readonly file: string;
  readonly #database: DatabasePort;
  readonly #series: { readonly reader: SeriesReader | null; close(): void };
  readonly #traffic: TrafficStatements | null;

  /**
   * @param now Unix ms
   * @throws EdgeError E_OUTPUT where the file cannot be read
   */
  constructor(file: string, { now, log }: { readonly now: number; readonly log: Log }) {
    this.file = file;
    this.#database = readDatabase(file);
    try {
      this.#series = openStoredHistory(file, { now, log });
      this.#traffic = this.#has('traffic') ? trafficStatements(this.#database) : null;
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  close(): void {
    this.#series.close();
    this.#database.close();
  }

  /** Of the file with its log. */
  get bytes(): number {
    return [this.file, `${this.file}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
  }

  /** Ids of all cameras that anything is kept of. */
  cameras(): string[] {
    const counted = this.#has('traffic_totals')
      ? (this.#database.prepare('SELECT DISTINCT camera FROM traffic_totals').all() as { camera: string }[])
      : [];
    const measured = this.known().flatMap(({ key }) => key.labels['camera'] ?? []);
    return [...new Set([...counted.map(({ camera }) => camera), ...measured])].sort();
  }

  /** Every series that is kept. */
  known(): readonly CatalogEntry[] {
    return this.#series.reader?.known() ?? [];
  }

  /** The time of which there is anything of a metric without labels; null where there is nothing. */
  keptBetween(metric: string): HistorySpan | null {
    const [entry] = this.#series.reader?.find({ metric }) ?? [];
    return entry === undefined ? null : { from: entry.firstAt, to: entry.lastAt };
  }

  /** When each camera's captured frames were read first, Unix ms: also long after those readings are gone. Without a camera: never. */
  firstSeen(cameras: readonly string[]): ReadonlyMap<string, number> {
    const first = new Map<string, number>();
    for (const { key, firstAt } of this.#series.reader?.find({ metric: 'fps_captured' }) ?? []) {
      const camera = key.labels['camera'];
      if (camera === undefined || !cameras.includes(camera)) continue;
      first.set(camera, Math.min(firstAt, first.get(camera) ?? firstAt));
    }
    return first;
  }

  /** Metrics over a time, in steps of so many ms or longer, as far as they are still kept so exactly. */
  series(metrics: readonly string[], { from, to }: HistorySpan, stepMs: number): MeasuredSeries {
    const { reader } = this.#series;
    const read = (metric: string): SeriesAnswer[] => reader?.query({ metric, from, to, stepMs }) ?? [];
    return new Map(metrics.map((metric) => [metric, read(metric)]));
  }

  traffic({ from, to }: HistorySpan, cameras: readonly string[]): TrafficInterval[] {
    return this.#traffic === null ? [] : readTraffic(this.#traffic, { from, to, cameras });
  }

  /**
   * The same of weeks, in steps of half an hour: what many cameras counted every five minutes would fill the memory. It is read day by
   * day, so that only one of them is there as it was counted.
   */
  trafficOfWeeks({ from, to }: HistorySpan, cameras: readonly string[]): TrafficInterval[] {
    const steps: TrafficInterval[] = [];
    for (let day = Math.floor(from / DAY_MS) * DAY_MS; day < to; day += DAY_MS) {
      const part = { from: Math.max(from, day), to: Math.min(to, day + DAY_MS) };
      steps.push(...trafficInSteps(this.traffic(part, cameras), STEP_MS));
    }
    return steps;
  }

  /** Steps of alerts up to `to`, oldest first. @param tenant null: of the device itself */
  alerts({ from, to }: HistorySpan, tenant: string | null): AlertLogEntry[] {
    if (!hasAlerts(this.#database)) return [];
    const steps = alertSteps(alertStatements(this.#database), { since: from, tenant, limit: MOST_STEPS });
    return steps.filter(({ at }) => at < to);
  }

  /** What was tried, oldest first. */
  trials({ from, to }: HistorySpan): TrialPayload[] {
    if (!hasTrials(this.#database)) return [];
    const stored = trialsAsked(trialStatements(this.#database), { since: from, until: to - 1, limit: MOST_TRIALS });
    return stored
      .flatMap(({ record }) => trialFacts.safeParse(record).data ?? [])
      .sort((a, b) => a.startedAt - b.startedAt);
  }

  /** What was commanded, oldest first. */
  commands({ from, to }: HistorySpan): LoggedCommand[] {
    if (!this.#has('commands')) return [];
    return CommandLog.lastOf(this.#database, MOST_COMMANDS).filter(({ at }) => at >= from && at < to);
  }

  #has(table: string): boolean {
    return (
      this.#database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined
    );
  }
}
