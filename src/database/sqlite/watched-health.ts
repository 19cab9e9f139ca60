import { explain } from '../../foundation/errors.js';
import type { HealthReadings } from '../health/health.js';
import { fileReadings, workReadings } from './sqlite-health.js';
import type { WatchedDatabase } from './watched-database.js';

/** What is known of a database in use without reading more of its file than the first pages. */
export interface WatchedReadings {
  /** null where it cannot be read. */
  readonly readings: HealthReadings | null;
  /** Why not, for people. */
  readonly problem: string | null;
}

/** How a database in use is, by its open connection and what it was asked. @param fsyncMs of the medium, null: not measured */
export function watchedReadings(
  { connection, file, name, monitor }: WatchedDatabase,
  fsyncMs: number | null,
): WatchedReadings {
  if (connection === null) return { readings: null, problem: `${name} is not open: see the alerts` };
  try {
    const work = workReadings(monitor.statistics());
    return { readings: { ...fileReadings(connection, file), ...work, fsyncMs }, problem: null };
  } catch (error) {
    return { readings: null, problem: explain(error) };
  }
}
