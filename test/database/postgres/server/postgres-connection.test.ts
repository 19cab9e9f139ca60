import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { postgresAddress } from '../../../../src/database/postgres/server/postgres-address.js';
import { PostgresConnection } from '../../../../src/database/postgres/server/postgres-connection.js';
import { has, needs } from '../../../optional.js';
import { Cluster } from '../cluster.js';

const onServer = needs('postgres', test);
const cluster = has('postgres') ? await Cluster.start() : null;

onServer('a server that says nothing is taken for gone, and the connection with it', async () => {
  const open = () =>
    PostgresConnection.open(postgresAddress(cluster!.url()), { applicationName: 'test', answerMs: 500 });
  const connection = await open();
  const [{ pid }] = (await connection.rows('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
  // as where its machine vanishes
  process.kill(pid, 'SIGSTOP');
  const askedAt = performance.now();
  await connection.rows('SELECT 1').then(
    () => assert.unreachable('nobody could answer'),
    (error: Error) => assert.match(error.message, 'timeout'),
  );
  assert.ok(performance.now() - askedAt < 3000);
  assert.ok(connection.isLost);
  await connection.close();
  process.kill(pid, 'SIGCONT');
  const other = await open();
  assert.equal(await other.rows('SELECT 1 AS one'), [{ one: 1 }]);
  assert.not(other.isLost);
  await other.close();
});

test.run();
