import type { AlertLogEntry } from '../../store/alert-history.js';
import type { LoggedCommand } from '../../store/command-log.js';
import type { CatalogEntry } from '../../store/series/series-catalog.js';
import type { WeeklyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { TrialPayload } from '../../telemetry/mqtt/messages/trial.js';
import type { Interruption } from '../day/availability.js';

/** Something that may be why numbers changed. */
export type WeekHappening = WeeklyReportPayload['trends'][number]['changes'][number]['happened'][number];

/** What the history knows of a time. */
export interface KeptEvents {
  readonly trials: readonly TrialPayload[];
  readonly alerts: readonly AlertLogEntry[];
  readonly commands: readonly LoggedCommand[];
  readonly known: readonly CatalogEntry[];
  readonly outages: readonly Interruption[];
}

const DAY_MS = 86_400_000;
/** A level may have begun so long before the day that it shows on, or a day late. */
const AROUND_MS = DAY_MS;
/** What tells nobody anything. */
const SILENT_COMMANDS = new Set(['ping', 'rebirth', 'report', 'snapshot', 'diagnose', 'acknowledge', 'snooze']);
const MOST = 8;

/** Everything that changed the device, in order of time. */
export function happeningsOf({ trials, alerts, commands, known, outages }: KeptEvents): WeekHappening[] {
  return [
    ...trials
      .filter(({ verdict }) => verdict === 'kept')
      .map(({ endedAt, startedAt, strategy, from, to }) => ({
        at: endedAt ?? startedAt,
        kind: 'trial' as const,
        text: `${strategy}: ${from} → ${to}`,
      })),
    ...alerts
      .filter(({ kind }) => kind === 'raised')
      .map(({ at, code, alert }) => ({ at, kind: 'alert' as const, text: messageOf(code, alert) })),
    ...commands
      .filter(({ name, doneAt }) => doneAt !== null && !SILENT_COMMANDS.has(name))
      .map(({ at, name, key }) => ({ at, kind: 'command' as const, text: `${name} (${key})` })),
    ...known
      .filter(({ key }) => key.metric === 'model_info')
      .map(({ key, firstAt }) => ({ at: firstAt, kind: 'model' as const, text: Object.values(key.labels).join(' ') })),
    ...outages.map(({ from, cause }) => ({ at: from, kind: 'outage' as const, text: cause })),
  ].sort((a, b) => a.at - b.at);
}

/** What happened around the first day of a new level, the nearest first. @param from Unix ms at which that day begins */
export function happenedAround(happenings: readonly WeekHappening[], from: number): WeekHappening[] {
  return happenings
    .filter(({ at }) => at >= from - AROUND_MS && at < from + DAY_MS + AROUND_MS)
    .sort((a, b) => Math.abs(a.at - from) - Math.abs(b.at - from))
    .slice(0, MOST);
}

function messageOf(code: string, alert: object | null): string {
  const { message } = (alert ?? {}) as { message?: unknown };
  return typeof message === 'string' ? `${code}: ${message}` : code;
}
