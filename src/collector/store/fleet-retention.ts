import type { Retention } from '../../store/retention.js';
import type { ForgottenActions } from '../actions/action-store.js';

const DAY_MS = 86_400_000;
/** `id` of what is kept message by message: Unix ms times so much. */
export const IDS_PER_MS = 1024;

/** The least `id` of what was received then or later. @param at Unix ms */
export const firstIdAt = (at: number): number => at * IDS_PER_MS;

/** How long what is kept, in days; actions and what devices did of them from their end on. */
export const RETENTION_DAYS: Readonly<Record<string, number>> = {
  events: 90,
  metrics: 30,
  evidence: 30,
  quarantine: 30,
  trials: 400,
  alert_log: 400,
  command_results: 400,
  births: 400,
  birth_bodies: 400,
  streams: 400,
  summaries: 400,
  reports: 3650,
  traffic: 3650,
  action_devices: 400,
  actions: 3650,
};

/** Tables that go with their actions, once these have ended. */
const OF_ACTIONS: ReadonlySet<string> = new Set(['action_devices', 'actions']);

/** Tables by their own time with their days. @param days by table, where it is not the usual one */
export function daysByTable(days: Readonly<Record<string, number>> = {}): [table: string, days: number][] {
  return Object.entries({ ...RETENTION_DAYS, ...days }).filter(([table]) => !OF_ACTIONS.has(table));
}

/** Until when ended actions are kept no more. @param days by table, where it is not the usual one @param now Unix ms */
export function forgottenActions(days: Readonly<Record<string, number>> = {}, now: number): ForgottenActions {
  const kept = { ...RETENTION_DAYS, ...days };
  const actions = now - kept['actions']! * DAY_MS;
  return { actions, results: Math.max(actions, now - kept['action_devices']! * DAY_MS) };
}

const TIME_COLUMNS: Readonly<Record<string, string>> = {
  births: 'received_at',
  birth_bodies: 'received_at',
  streams: 'heard_at',
  quarantine: 'received_at',
};

/** @param days by table, where it is not the usual one */
export function fleetRetention(days: Readonly<Record<string, number>> = {}): Retention[] {
  return daysByTable(days).map(([table, kept]) => {
    const timeColumn = TIME_COLUMNS[table];
    return timeColumn === undefined
      ? { table, timeColumn: 'id', unitMs: 1 / IDS_PER_MS, maxAgeMs: kept * DAY_MS }
      : { table, timeColumn, maxAgeMs: kept * DAY_MS };
  });
}
