import { ConfigError } from '../foundation/errors.js';
import type { Viewer } from '../foundation/viewer.js';
import { readDatabase } from '../store/read-database.js';
import type { TrafficInterval } from '../store/traffic-counts.js';
import { readTraffic, readTrafficTotals, type StoredTotal, trafficStatements } from '../store/traffic-table.js';

/** All that a camera ever counted of a line or zone. */
export type CameraTotal = StoredTotal & { readonly camera: string };

/** What a history keeps of the traffic: the intervals of a time, the totals, and every camera that ever counted. */
export interface KeptCounts {
  readonly intervals: readonly TrafficInterval[];
  readonly totals: readonly CameraTotal[];
  readonly cameras: readonly string[];
}

/**
 * Reads a history beside the running program or without it.
 *
 * @param camera its counts only; one that the viewer may not see is one that never counted
 * @throws ConfigError where it has no counts; EdgeError E_OUTPUT where it cannot be read
 */
export function readCounts(
  file: string,
  { from, to }: { from: number; to: number },
  viewer: Viewer,
  camera: string | undefined,
): KeptCounts {
  const database = readDatabase(file);
  try {
    const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'traffic'").get();
    if (has === undefined)
      throw refusedCounts([
        `${file} has no traffic counts yet: it is from an earlier version of the program, run this one`,
      ]);
    const statements = trafficStatements(database);
    const cameras = camera === undefined ? (viewer.cameras ?? undefined) : [camera].filter(viewer.sees);
    const counted = database.prepare('SELECT DISTINCT camera FROM traffic_totals ORDER BY camera').all();
    return {
      intervals: readTraffic(statements, { from, to, cameras }),
      totals: readTrafficTotals(statements, cameras),
      cameras: (counted as { camera: string }[]).map((one) => one.camera).filter(viewer.sees),
    };
  } finally {
    database.close();
  }
}

/** @throws ConfigError where nothing is known of the camera that was asked for */
export function refuseUnknownCamera(camera: string | undefined, cameras: readonly string[]): void {
  if (camera === undefined || cameras.includes(camera)) return;
  const there = cameras.length === 0 ? 'nothing was counted yet' : `counted was before ${cameras.join(', ')}`;
  throw refusedCounts([`--camera: nothing is known of a camera ${camera}: ${there}`]);
}

/** Why there are no counts to show. */
export const refusedCounts = (problems: readonly string[]): ConfigError =>
  new ConfigError('no counts to show', problems);
