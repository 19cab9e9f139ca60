import { Cluster, serverPrograms } from '../../test/database/postgres/cluster.js';
import { OptionError } from '../harness/options.js';

/** The one in which a fleet is kept. */
export const FLEET_DATABASE = 'fleet';

/** A PostgreSQL of its own that loses nothing in a power cut. @throws OptionError where none is installed */
export async function startFleetServer(): Promise<Cluster> {
  if (serverPrograms() === null) throw new OptionError('no PostgreSQL is installed here: sudo apt install postgresql');
  return Cluster.start('fsync=on', 'autovacuum=on', 'shared_buffers=512MB', 'max_wal_size=4GB');
}

/** An empty one in the place of the one before. @returns its address */
export async function freshDatabase(server: Cluster): Promise<string> {
  await server.sql(
    'postgres',
    `DROP DATABASE IF EXISTS ${FLEET_DATABASE} WITH (FORCE)`,
    `CREATE DATABASE ${FLEET_DATABASE}`,
  );
  return server.url(FLEET_DATABASE);
}
