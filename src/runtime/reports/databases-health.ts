import { databaseHealth } from '../../database/health/health.js';
import type { WatchedDatabase } from '../../database/sqlite/watched-database.js';
import { watchedReadings } from '../../database/sqlite/watched-health.js';
import type { ReportedHealth } from '../../report/day/day-facts.js';

/**
 * How the program's databases are now, by what their first pages and their counters tell: some milliseconds, however large they are. One that is not open is left out.
 *
 * @param fsyncMs of the medium, at the start; null: not measured
 */
export function databasesHealth(databases: readonly WatchedDatabase[], fsyncMs: number | null): ReportedHealth[] {
  return databases.flatMap((database) => {
    const { readings } = watchedReadings(database, fsyncMs);
    if (readings === null) return [];
    const { score, parts } = databaseHealth(readings);
    const measured = parts.filter((part) => part.score !== null);
    return [
      {
        name: database.name,
        score,
        parts: measured.map(({ name, score: share, value, goal }) => ({ name, score: share!, value, goal })),
      },
    ];
  });
}
