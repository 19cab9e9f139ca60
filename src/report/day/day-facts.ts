import type { HourlySeries } from '../../forecast/hourly-series.js';
import type { AlertLogEntry } from '../../store/alert-history.js';
import type { LoggedCommand } from '../../store/command-log.js';
import type { DailyReportPayload, ReportedChain } from '../../telemetry/mqtt/messages/daily-report.js';
import type { TrialPayload } from '../../telemetry/mqtt/messages/trial.js';
import type { MeasuredSeries } from '../history/measured.js';
import type { KeptDay } from './figures.js';

/** What the site says about what is good enough and what it costs. */
export interface ReportTerms {
  readonly currency: string;
  /** 0: nobody said. */
  readonly costPerKwh: number;
  readonly costPerGb: number;
  /** F1 below which answers are not good enough, 0..1. */
  readonly accuracyFloor: number;
  /** ms that 95 % of the answers may take. */
  readonly latencyMs: number;
}

/** A change that the tuning would try now. */
export interface PromisedChange {
  readonly strategy: string;
  readonly from: string;
  readonly to: string;
  /** Why, with the numbers that it foretells. */
  readonly reason: string;
}

/** How healthy a database is, 0 to 100, and the parts that were measured. */
export type ReportedHealth = { readonly name: string } & NonNullable<DailyReportPayload['databases'][number]['health']>;

/** Everything that a daily report is made of: it is read once, and what is decided from it needs nothing else. */
export interface DayFacts extends KeptDay {
  /** Unix ms. */
  readonly madeAt: number;
  readonly terms: ReportTerms;
  /** `fps_captured` as fine as it is kept. */
  readonly captured: MeasuredSeries;
  /** `uptime` and `machine_uptime` of the device as fine as they are kept, a while beyond the day. */
  readonly running: MeasuredSeries;
  /** The time of which there are readings of `uptime`, Unix ms; null: there are none. */
  readonly ranBetween: { readonly from: number; readonly to: number } | null;
  /** The same weekday of the weeks before, the latest first. */
  readonly past: readonly KeptDay[];
  /** Vehicles hour by hour up to the end of the day, by camera, at the place that is looked at. */
  readonly counted: ReadonlyMap<string, HourlySeries>;
  /** Of the 30 days before the day and of it, oldest first. */
  readonly alerts: readonly AlertLogEntry[];
  /** Of the week that ends with the day. */
  readonly trials: readonly TrialPayload[];
  readonly commands: readonly LoggedCommand[];
  readonly databases: readonly { readonly name: string; readonly bytes: number | null }[];
  /** As they are now; none: nobody knows. */
  readonly health: readonly ReportedHealth[];
  /** When the report is made; null where no evidence is kept. */
  readonly evidenceChain: ReportedChain | null;
  /** Bytes free where the data lie, a value a day of the weeks before, the day itself last; null where nothing was read. */
  readonly diskFree: readonly (number | null)[];
  readonly prospects: readonly PromisedChange[];
}
