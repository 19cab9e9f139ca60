import {
  type AlertLogEntry,
  type AlertLogQuery,
  type AlertStatements,
  alertStatements,
  alertStates,
  alertSteps,
  hasAlerts,
} from '../../store/alert-history.js';
import { readDatabase } from '../../store/read-database.js';
import { parseAlertStates } from '../../telemetry/alerts/alert-state.js';
import type { ActiveAlert, AlertState } from '../../telemetry/alerts/alerts.js';
import { type OwnedAlert, ownedBy } from './camera-alerts.js';

/** What a history has of alerts. */
export interface KeptAlerts {
  /** Those that hold, or held when the program ended. */
  readonly active: readonly OwnedAlert[];
  /** Oldest first. */
  readonly history: readonly AlertLogEntry[];
}

/**
 * Reads the alerts of a `history.db`, also while a program writes it.
 *
 * @param now Unix ms
 * @throws EdgeError E_OUTPUT where it cannot be read
 */
export function readKeptAlerts(file: string, query: AlertLogQuery, now: number): KeptAlerts {
  const database = readDatabase(file);
  try {
    // a service of an earlier version wrote it
    if (!hasAlerts(database)) return { active: [], history: [] };
    return alertsIn(alertStatements(database), query, now);
  } finally {
    database.close();
  }
}

function alertsIn(statements: AlertStatements, query: AlertLogQuery, now: number): KeptAlerts {
  const states = alertStates(statements).filter(({ tenant }) => query.tenant === undefined || query.tenant === tenant);
  const active = states.flatMap(({ tenant, state }) =>
    parseAlertStates([state]).flatMap(({ code, alert, snooze }) =>
      alert === null || (query.code ?? code) !== code ? [] : [ownedBy(tenant, shown(alert, snooze, now))],
    ),
  );
  return { active, history: alertSteps(statements, query) };
}

function shown(alert: ActiveAlert, snooze: AlertState['snooze'], now: number): ActiveAlert {
  return snooze !== null && snooze.until > now ? { ...alert, snoozedUntil: snooze.until } : alert;
}
