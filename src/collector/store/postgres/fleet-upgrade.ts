import type { PostgresConnection } from '../../../database/postgres/server/postgres-connection.js';
import { EdgeError } from '../../../foundation/errors.js';
import { FLEET_SCHEMA } from './fleet-schema.js';
import { layOutParts, type PartsKind, schemaFor } from './time-parts.js';

/** How a fleet lies in a database. */
export interface FleetLayout {
  readonly kind: PartsKind;
  /** Version of TimescaleDB; null where it is not installed in this database. */
  readonly timescale: string | null;
}

/**
 * Makes the schema `fleet`, or brings it up to date, all of it or nothing; one collector does, others wait. Whether its tables are
 * TimescaleDB's is decided when they are made.
 *
 * @throws EdgeError E_OUTPUT where a newer program made it; PostgresError as the server says
 */
export async function migrateFleet(connection: PostgresConnection): Promise<FleetLayout> {
  const [extension] = await connection.rows("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'");
  const timescale = (extension?.['extversion'] as string | undefined) ?? null;
  await connection.run('BEGIN');
  try {
    await connection.run("SELECT pg_advisory_xact_lock(hashtext('edge-optimizer fleet'), 1)");
    const [there] = await connection.rows("SELECT to_regclass('fleet.layout') AS table");
    if (there!['table'] === null) {
      await connection.run('CREATE SCHEMA IF NOT EXISTS fleet');
      await connection.run('CREATE TABLE fleet.layout (version INTEGER NOT NULL, kind TEXT NOT NULL)');
      await connection.rows('INSERT INTO fleet.layout VALUES (0, $1)', [
        timescale === null ? 'partitions' : 'hypertables',
      ]);
    }
    const [layout] = await connection.rows<{ version: number; kind: PartsKind }>(
      'SELECT version, kind FROM fleet.layout',
    );
    const { version, kind } = layout!;
    const isNewer = version > FLEET_SCHEMA.length;
    if (isNewer)
      throw new EdgeError(
        'E_OUTPUT',
        `the schema fleet in ${connection.address.shown} has version ${version}: expected at most ${FLEET_SCHEMA.length}; run the program that made it, or a newer one`,
        { permanent: true },
      );
    for (const step of FLEET_SCHEMA.slice(version)) await connection.run(schemaFor(kind, step));
    if (version === 0) await layOutParts(connection, kind);
    await connection.rows('UPDATE fleet.layout SET version = $1', [FLEET_SCHEMA.length]);
    await connection.run('COMMIT');
    return { kind, timescale };
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
