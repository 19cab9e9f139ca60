import type { Retention } from '../../store/retention.js';

const DAY_MS = 86_400_000;
/** `id` of what is kept message by message: Unix ms times so much. */
export const IDS_PER_MS = 1024;

/** The least `id` of what was received then or later. @param at Unix ms */
export const firstIdAt = (at: number): number => at * IDS_PER_MS;

/** How long what is kept, in days. */
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
};

const TIME_COLUMNS: Readonly<Record<string, string>> = {
  births: 'received_at',
  birth_bodies: 'received_at',
  streams: 'heard_at',
  quarantine: 'received_at',
};

/** @param days by table, where it is not the usual one */
export function fleetRetention(days: Readonly<Record<string, number>> = {}): Retention[] {
  return Object.entries({ ...RETENTION_DAYS, ...days }).map(([table, kept]) => {
    const timeColumn = TIME_COLUMNS[table];
    return timeColumn === undefined
      ? { table, timeColumn: 'id', unitMs: 1 / IDS_PER_MS, maxAgeMs: kept * DAY_MS }
      : { table, timeColumn, maxAgeMs: kept * DAY_MS };
  });
}
