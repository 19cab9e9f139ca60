import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { ConfigError } from '../foundation/errors.js';
import { type KeptAlerts, readKeptAlerts } from '../runtime/kept-alerts.js';
import { print, printJson } from './print.js';

export interface ShowAlertsOptions {
  /** Unix ms; default a week ago. */
  readonly since?: number;
  readonly code?: string;
  /** The newest so many steps. */
  readonly limit: number;
  /** The site's file: where `store.dir` is. */
  readonly config?: string;
  readonly json?: boolean;
}

const WEEK_MS = 7 * 86_400_000;

/**
 * `alerts`: those that hold and what happened to alerts, as the history has it, also while the service runs. One that held
 * when the service ended holds until it has run again for some minutes.
 *
 * @returns the exit code
 * @throws as `loadConfig`, ConfigError where there is no history, EdgeError E_OUTPUT where it cannot be read
 */
export function showAlerts(options: ShowAlertsOptions): number {
  const { config: file, code, limit, json = false, since = Date.now() - WEEK_MS } = options;
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const database = join(config.store.dir, 'history.db');
  const found = readKeptAlerts(database, { since, code, limit }, Date.now());
  if (found === null) {
    throw new ConfigError('there is no history of alerts', [
      `store.dir: expected a folder with a history.db, got ${config.store.dir}: no service has run with this configuration; name its file with --config`,
    ]);
  }
  if (json) printJson(found);
  else for (const line of [...activeLines(found.active), '', ...historyLines(found.history)]) print(line);
  return 0;
}

function activeLines(active: KeptAlerts['active']): string[] {
  if (active.length === 0) return ['no alert holds'];
  return active.flatMap(({ code, severity, message, action, since, acknowledged, snoozedUntil }) => [
    `${severity.toUpperCase()} ${code} since ${clock(since)}${
      acknowledged ? `, acknowledged by ${acknowledged.by}` : ''
    }${snoozedUntil === undefined ? '' : `, snoozed until ${clock(snoozedUntil)}`}`,
    `  ${message}`,
    `  -> ${action}`,
  ]);
}

function historyLines(history: KeptAlerts['history']): string[] {
  if (history.length === 0) return ['nothing happened to alerts in that time'];
  return history.map(({ at, kind, code, alert, by, until }) => {
    const who = by === null ? '' : ` by ${by}`;
    const how = until === null ? '' : ` until ${clock(until)}`;
    const what =
      kind === 'raised' || kind === 'changed' ? `: ${(alert as { message?: string } | null)?.message ?? ''}` : '';
    return `${clock(at)}  ${kind.padEnd(12)}  ${code}${who}${how}${what}`;
  });
}

/** A time of the device's own zone, as people write it. */
const clock = (unixMs: number): string => {
  const at = new Date(unixMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
