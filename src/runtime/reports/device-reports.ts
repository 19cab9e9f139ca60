import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { camerasOf } from '../../config/tenants.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Scope, TenantId } from '../../foundation/scope.js';
import type { PromisedChange, ReportedHealth } from '../../report/day/day-facts.js';
import { dayAt, localDate, localDay, zoneOfMachine } from '../../report/day/local-day.js';
import { type DueReport, dueReports } from '../../report/due-reports.js';
import { ReportFolder } from '../../report/files/report-folder.js';
import { makeInThread } from '../../report/make-in-thread.js';
import type { MadeReport, ReportTask } from '../../report/make-report.js';
import { reportMetrics } from '../../report/metrics.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';
import { reportRoutes } from './report-routes.js';
import { reportTerms } from './report-terms.js';

/** Whose reports are made: the device's own, or those of a tenant. */
export interface ReportedOwner {
  readonly tenant: TenantId;
  readonly scope: Scope;
  /** Its `history.db`, and the folder that it lies in. */
  readonly file: string;
  readonly folder: string;
  /** What is kept in it. */
  readonly series: Pick<KeptSeries, 'known'>;
  /** null where nothing is published. */
  readonly publisher: Pick<DevicePublisher, 'report'> | null;
}

export interface DeviceReportsParts {
  /** The device's own first. */
  readonly owners: readonly ReportedOwner[];
  /** What the tuning would try now; empty where it has nothing. */
  readonly prospects: () => Promise<readonly PromisedChange[]>;
  /** How the device's databases are now. */
  readonly health: () => readonly ReportedHealth[];
  /** How far the chain of an owner's evidence is, and what was written in a time; null, or absent: none is kept. */
  readonly evidenceOf?: (
    tenant: TenantId,
    time: { readonly from: number; readonly to: number },
  ) => ReportedChain | null;
  readonly log: Log;
  readonly clock?: Clock;
  /** Default: in a thread of its own. */
  readonly make?: (task: ReportTask, signal: AbortSignal) => Promise<MadeReport>;
}

const LOOK_EVERY_MS = 60_000;
/** A report that fails so often in this run is given up: its history may be damaged. */
const MOST_TRIES = 3;

/** Makes a report of each day and week that is over, of the device and of each tenant, one at a time; missed ones are made up for. */
export class DeviceReports implements Part {
  readonly name = 'reports';
  readonly essential = false;
  readonly settings = [{ path: 'report', requiresRestart: true }];
  readonly metrics = reportMetrics(() => this.#counts);
  readonly routes;
  readonly #config: Pick<Config, 'report' | 'tune' | 'answer' | 'cameras'>;
  readonly #parts: DeviceReportsParts;
  readonly #clock: Clock;
  readonly #timeZone: string;
  readonly #folders: ReadonlyMap<TenantId, ReportFolder>;
  /** Failures of this run, by whose report it is and its id; what cannot be written is told once all the same. */
  readonly #failures = new Map<string, number>();
  readonly #counts = { daily: 0, weekly: 0, failed: 0, lastMs: null as number | null };
  #stopping = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #making: Promise<void> | null = null;

  constructor(config: Pick<Config, 'report' | 'tune' | 'answer' | 'cameras'>, parts: DeviceReportsParts) {
    this.#config = config;
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#timeZone = config.report.timeZone ?? zoneOfMachine();
    this.#folders = new Map(
      parts.owners.map(({ tenant, folder }) => [tenant, new ReportFolder(join(folder, 'reports'))]),
    );
    this.routes = reportRoutes(this.#folders);
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#timer ??= setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#stopping.abort();
    await this.#making;
  }

  /** Makes what is due; the timer calls it. Called again meanwhile it waits for the same. */
  look(): Promise<void> {
    this.#making ??= this.#makeAll().finally(() => {
      this.#making = null;
    });
    return this.#making;
  }

  async #makeAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (const owner of this.#parts.owners) {
      for (const due of this.#dueOf(owner)) {
        if (signal.aborted) return;
        await this.#make(owner, due, signal);
      }
    }
  }

  #dueOf({ tenant, series }: ReportedOwner): DueReport[] {
    const { daily, weekly, afterMinutes, makeUpDays } = this.#config.report;
    const kinds = [daily && 'daily', weekly && 'weekly'].filter((kind) => kind !== false) as DueReport['kind'][];
    if (kinds.length === 0) return [];
    const folder = this.#folders.get(tenant)!;
    return dueReports({
      now: this.#clock.unixNow(),
      timeZone: this.#timeZone,
      kinds,
      afterMinutes,
      makeUpDays,
      keptSince: series
        .known()
        .reduce((first: number | null, { firstAt }) => Math.min(first ?? firstAt, firstAt), null),
      isDone: (id) => folder.has(id) || (this.#failures.get(keyOf(tenant, id)) ?? 0) >= MOST_TRIES,
    });
  }

  async #make(owner: ReportedOwner, due: DueReport, signal: AbortSignal): Promise<void> {
    const { log, make = makeInThread } = this.#parts;
    const began = this.#clock.now();
    const folder = this.#folders.get(owner.tenant)!;
    const key = keyOf(owner.tenant, due.id);
    try {
      const made = await make(await this.#taskOf(owner, due), signal);
      this.#publish(owner, made);
      // from here on it is told: where the disk takes no file, it is not told a second time in this run
      this.#failures.set(key, MOST_TRIES);
      await folder.write(made);
      this.#failures.delete(key);
      this.#forget(folder);
      this.#counts[due.kind]++;
      this.#counts.lastMs = this.#clock.now() - began;
      log.info({ report: due.id, tenant: owner.tenant, folder: folder.folder }, 'a report was made');
    } catch (error) {
      if (signal.aborted) return;
      this.#counts.failed++;
      this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
      log.warn({ report: due.id, tenant: owner.tenant, reason: explain(error) }, 'a report could not be made or kept');
    }
  }

  #publish({ publisher }: ReportedOwner, made: MadeReport): void {
    if (made.kind === 'daily') publisher?.report('daily', made.report);
    else publisher?.report('weekly', made.report);
  }

  /** What is too old goes; that it cannot is told and keeps no report from being made. */
  #forget(folder: ReportFolder): void {
    try {
      folder.forget(localDate(this.#clock.unixNow(), this.#timeZone), this.#config.report.keepDays);
    } catch (error) {
      this.#parts.log.warn({ reason: explain(error) }, 'old reports cannot be removed');
    }
  }

  async #taskOf({ tenant, scope, file }: ReportedOwner, { kind, date }: DueReport): Promise<ReportTask> {
    const now = this.#clock.unixNow();
    // what would be tried now, and how databases are now, says nothing of days before yesterday
    const yesterday = localDate(dayAt(now, this.#timeZone).from - 1, this.#timeZone);
    const isLatest = tenant === null && kind === 'daily' && date === yesterday;
    return {
      kind,
      date,
      timeZone: this.#timeZone,
      file,
      deviceFile: this.#parts.owners[0]!.file,
      name: `${scope.site}/${scope.device}`,
      cameras: camerasOf(this.#config, tenant).map(({ id }) => id),
      tenant,
      terms: reportTerms(this.#config),
      prospects: isLatest ? await this.#prospects() : [],
      health: isLatest ? this.#parts.health() : [],
      evidenceChain:
        kind === 'daily' ? (this.#parts.evidenceOf?.(tenant, localDay(date, this.#timeZone)) ?? null) : null,
      madeAt: now,
      languages: this.#config.report.languages,
    };
  }

  async #prospects(): Promise<readonly PromisedChange[]> {
    try {
      return await this.#parts.prospects();
    } catch (error) {
      this.#parts.log.warn(
        { reason: explain(error) },
        'the tuning does not say what it would try: the report lacks it',
      );
      return [];
    }
  }
}

const keyOf = (tenant: TenantId, id: string): string => `${tenant ?? ''} ${id}`;
