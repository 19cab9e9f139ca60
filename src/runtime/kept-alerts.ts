import {
  type AlertLogEntry,
  type AlertLogQuery,
  alertStatements,
  alertStates,
  alertSteps,
} from '../store/alert-history.js';
import { readDatabase } from '../store/read-only.js';
import { parseAlertStates } from '../telemetry/alerts/alert-state.js';
import type { ActiveAlert, AlertState } from '../telemetry/alerts/alerts.js';

/** What a history has of alerts. */
export interface KeptAlerts {
  /** Those that hold, or held when the program ended. */
  readonly active: readonly ActiveAlert[];
  /** Oldest first. */
  readonly history: readonly AlertLogEntry[];
}

/**
 * Reads the alerts of a `history.db`, also while a program writes it.
 *
 * @param now Unix ms
 * @returns null where there is no such file
 * @throws EdgeError E_OUTPUT where it cannot be read
 */
export function readKeptAlerts(file: string, query: AlertLogQuery, now: number): KeptAlerts | null {
  const found = readDatabase(file, (database) => {
    const statements = alertStatements(database);
    return { states: alertStates(statements), history: alertSteps(statements, query) };
  });
  if (found === null) return null;
  const active = parseAlertStates(found.states).flatMap(({ code, alert, snooze }) =>
    alert === null || (query.code ?? code) !== code ? [] : [shown(alert, snooze, now)],
  );
  return { active, history: found.history };
}

function shown(alert: ActiveAlert, snooze: AlertState['snooze'], now: number): ActiveAlert {
  return snooze !== null && snooze.until > now ? { ...alert, snoozedUntil: snooze.until } : alert;
}
