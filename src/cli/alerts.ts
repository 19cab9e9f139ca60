import { ConfigError } from '../foundation/errors.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../foundation/past-time.js';
import { type KeptAlerts, readKeptAlerts } from '../runtime/alerts/kept-alerts.js';
import { chosenViewer } from './chosen-viewer.js';
import { type HistoryPlace, historyFile } from './history/file.js';
import { print, printJson, printTable } from './print.js';
import { longTime } from './times.js';

export interface ShowAlertsOptions extends HistoryPlace {
  /** As it was typed; default a week ago. */
  readonly since?: string;
  readonly code?: string;
  /** Id: only those about its cameras. */
  readonly tenant?: string;
  /** The newest so many steps. */
  readonly limit: number;
  readonly json?: boolean;
}

/**
 * `alerts`: those that hold and what happened to alerts, as the history has it, also while the service runs. One that held
 * when the service ended holds until it has run again for some minutes.
 *
 * @param now Unix ms
 * @returns the exit code
 * @throws ConfigError where there is no history, EdgeError E_OUTPUT where it cannot be read
 */
export function showAlerts(options: ShowAlertsOptions, now = Date.now()): number {
  const { code, limit, json = false, since: text = '7d' } = options;
  const since = pastTime(text, now);
  if (since === null) {
    throw new ConfigError('no alerts to show', [`--since: expected ${PAST_TIME_IN_WORDS}, got ${text || 'nothing'}`]);
  }
  // those of tenants are kept beside the device's own
  const { tenant: of, ...place } = options;
  const { file, config } = historyFile(place);
  const tenant = of === undefined ? undefined : chosenViewer(config, of).tenant;
  const found = readKeptAlerts(file, { since, code, tenant, limit }, now);
  if (json) printJson(found);
  else {
    for (const line of activeLines(found.active, code)) print(line);
    print('');
    printHistory(found.history);
  }
  return 0;
}

function activeLines(active: KeptAlerts['active'], asked: string | undefined): string[] {
  if (active.length === 0) return [asked === undefined ? 'no alert holds' : `${asked} does not hold`];
  return active.flatMap(({ code, tenant, severity, message, action, since, acknowledged, snoozedUntil }) => [
    `${severity.toUpperCase()} ${code}${tenant === undefined ? '' : ` of ${tenant}`} since ${longTime(since)} UTC${
      acknowledged ? `, acknowledged by ${acknowledged.by}` : ''
    }${snoozedUntil === undefined ? '' : `, snoozed until ${longTime(snoozedUntil)} UTC`}`,
    `  ${message}`,
    `  -> ${action}`,
  ]);
}

function printHistory(history: KeptAlerts['history']): void {
  if (history.length === 0) print('nothing happened to alerts in that time');
  else printTable(['when (UTC)', 'step', 'alert', ''], history.map(rowOf));
}

function rowOf({ at, kind, code, tenant, alert, by, until }: KeptAlerts['history'][number]): string[] {
  const message = kind === 'raised' || kind === 'changed' ? (alert as { message?: string } | null)?.message : undefined;
  const said = [by !== null && `by ${by}`, until !== null && `until ${longTime(until)}`, message];
  return [longTime(at), kind, tenant === undefined ? code : `${tenant}: ${code}`, said.filter(Boolean).join(' ')];
}
