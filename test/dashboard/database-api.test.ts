import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DatabasesReply, databaseRoutes, type ExaminationReply } from '../../src/dashboard/api/database.js';
import { OPERATOR } from '../../src/foundation/viewer.js';
import { databasePort } from '../../src/runtime/dashboard/databases.js';
import { Examinations } from '../../src/runtime/dashboard/examinations.js';
import { PLAIN_REQUEST } from '../http/request.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { NOON, writeDays } from './days.js';

const days = writeDays(temporaryFolder('database-api'), 3);
let obstacle: string | null = null;
let now = NOON;
const examinations = new Examinations({ databases: days.databases.all, obstacle: () => obstacle, now: () => now });
const routes = databaseRoutes(
  databasePort({ databases: days.databases.all, examinations, fsyncMs: () => 3, trials: days.trials, now: days.now }),
);
test.after(() => days.close());

const [list, examined, examine] = routes;
async function answer<Reply>(
  route: (typeof routes)[number],
  database?: string,
): Promise<{ status: number; body: Reply }> {
  const request = { ...PLAIN_REQUEST, params: database === undefined ? {} : { database } };
  const { status = 200, body } = await route.handle(new URLSearchParams(), OPERATOR, request);
  return { status, body: JSON.parse(body as string) as Reply };
}

test('each database has its health, what it is asked without values, and hints', async () => {
  const { body } = await answer<DatabasesReply>(list!);
  assert.equal(
    body.databases.map(({ name }) => name),
    ['history.db', 'outbox.db', 'cache.db'],
  );
  const [history, outbox] = body.databases;
  assert.ok(history!.health!.score! > 50);
  assert.ok(history!.health!.parts.some(({ name, value }) => name === 'fsync' && value.startsWith('3')));
  assert.ok(history!.queries.length > 3);
  assert.ok(
    history!.queries.every(({ text }) => !/'[^%?']+'/.test(text)),
    'a value is a ?',
  );
  assert.ok(history!.hints.some(({ what }) => what === 'backup'));
  assert.is(outbox!.health, null);
  assert.match(outbox!.problem!, /outbox\.db is not open/);
  assert.equal(
    body.trials.map(({ to }) => to),
    ['ANALYZE of history.db'],
  );
});

test('an examination reads the whole file and tries indexes on a copy, and another one waits', async () => {
  const begun = await answer<ExaminationReply>(examine!, 'history.db');
  assert.is(begun.body.state, 'running');
  assert.is((await answer(examine!, 'history.db')).status, 200, 'the same one goes on');
  const other = await answer<{ error: string }>(examine!, 'cache.db');
  assert.is(other.status, 409);
  assert.match(other.body.error, /history\.db is being examined/);
  await eventually('the examination is done', () => examinations.of('history.db')!.state !== 'running', 60_000);
  const { body } = await answer<ExaminationReply>(examined!, 'history.db');
  assert.is(body.state, 'done', body.failure ?? '');
  assert.ok(body.health!.parts.some(({ name, value }) => name === 'integrity' && value === 'whole'));
  assert.ok(body.tables.some(({ name, rows }) => name === 'trials' && rows === 4));
  assert.ok(body.advice !== null, body.adviceObstacle ?? '');
  assert.ok(body.advice!.beforeMs > 0);
  assert.equal(body.advice!.drop, [], 'what the program itself has made stays');
  for (const { text } of [...body.advice!.create.flatMap(({ helps }) => helps), ...body.advice!.unread]) {
    assert.not.match(text, /'[^%?']+'/);
  }
});

test('what was just found is given again, and no index is looked for while something speaks against it', async () => {
  const before = examinations.of('history.db')!;
  assert.is((await answer<ExaminationReply>(examine!, 'history.db')).body.endedAt, before.endedAt);
  now += 120_000;
  obstacle = 'the board is hot';
  await answer(examine!, 'history.db');
  await eventually('it is done again', () => examinations.of('history.db')!.state !== 'running', 60_000);
  const { body } = await answer<ExaminationReply>(examined!, 'history.db');
  assert.is(body.advice, null);
  assert.is(body.adviceObstacle, 'the board is hot');
});

test('a database that is not there, and one that cannot be read, are told', async () => {
  assert.is((await answer(examined!, 'other.db')).status, 404);
  assert.is((await answer(examine!, 'other.db')).status, 404);
  assert.is((await answer<ExaminationReply>(examine!, 'outbox.db')).body.state, 'running');
  await eventually('it failed', () => examinations.of('outbox.db')!.state !== 'running', 60_000);
  const { body } = await answer<ExaminationReply>(examined!, 'outbox.db');
  assert.is(body.state, 'failed');
  assert.match(body.failure!, /outbox\.db/);
});

test.run();
