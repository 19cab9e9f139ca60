import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RedisConnection } from '../../../src/cache/shared/redis-client.js';
import type { SharedCacheStats } from '../../../src/cache/shared/shared-cache.js';
import { needs } from '../../optional.js';
import { type Program, startProgram } from './programs.js';
import { RedisProcess } from './redis-process.js';

const onRedis = needs('redis-server', test);

let server: RedisProcess;
let own: RedisConnection;
let one: Program;
let two: Program;

onRedis('a server and two programs that share it are started for the cases of this file', async () => {
  server = await RedisProcess.start();
  own = await server.connect();
  [one, two] = await Promise.all([startProgram(server.url, 'app'), startProgram(server.url, 'app')]);
});

onRedis('200 callers of two programs that miss at once cause one computation', async () => {
  const compute = { what: 'compute', key: 'stampede', takesMs: 100, callers: 100 } as const;
  const answers = await Promise.all([
    one.tell<string[]>({ ...compute, value: 'of one' }),
    two.tell<string[]>({ ...compute, value: 'of two' }),
  ]);
  const values = answers.flat();
  assert.is(values.length, 200);
  assert.is(new Set(values).size, 1);
  const computed = [await one.tell<number>({ what: 'computed' }), await two.tell<number>({ what: 'computed' })];
  assert.is(computed[0]! + computed[1]!, 1);
  const waited = (await two.tell<SharedCacheStats>({ what: 'stats' })).waited;
  assert.is(waited + (await one.tell<SharedCacheStats>({ what: 'stats' })).waited, 1);
});

onRedis('what one program sets, deletes or clears, the other soon does not have in memory any more', async () => {
  await one.tell({ what: 'set', key: 'plan', value: 1 });
  await untilHas(two, 'plan', 1);
  await one.tell({ what: 'set', key: 'plan', value: 2 });
  await untilHas(two, 'plan', 2);
  await one.tell({ what: 'delete', key: 'plan' });
  await untilHas(two, 'plan', undefined);
  await one.tell({ what: 'set', key: 'plan', value: 3 });
  await untilHas(two, 'plan', 3);
  await one.tell({ what: 'clear' });
  await untilHas(two, 'plan', undefined);
});

onRedis('an invalidated tag is soon stale in every program, in memory and behind it', async () => {
  await one.tell({ what: 'set', key: 'tagged', value: 1, tags: ['camera:3'] });
  await one.tell({ what: 'set', key: 'other', value: 2, tags: ['camera:4'] });
  await untilHas(two, 'tagged', 1);
  await two.tell({ what: 'invalidate', tags: ['camera:3'] });
  assert.is(await two.tell({ what: 'get', key: 'tagged' }), undefined);
  await untilHas(one, 'tagged', undefined);
  for (const program of [one, two]) assert.is(await program.tell({ what: 'get', key: 'other' }), 2);
});

onRedis('what is invalidated by one program while another computes it is not kept', async () => {
  const computing = one.tell({ what: 'compute', key: 'late', value: 'old', takesMs: 150, tags: ['t'] });
  await leaseOf('late');
  await two.tell({ what: 'invalidate', tags: ['t'] });
  assert.equal(await computing, ['old']);
  await untilHas(one, 'late', undefined);
  assert.is(await two.tell({ what: 'get', key: 'late' }), undefined);
});

onRedis('what is set by one program while another computes it holds', async () => {
  const computing = one.tell({ what: 'compute', key: 'raced', value: 'computed', takesMs: 150 });
  await leaseOf('raced');
  await two.tell({ what: 'set', key: 'raced', value: 'set' });
  assert.equal(await computing, ['computed']);
  await untilHas(one, 'raced', 'set');
  assert.is(await two.tell({ what: 'get', key: 'raced' }), 'set');
});

onRedis('a program that is killed while it computes holds up the others no longer than its lease', async () => {
  const doomed = await startProgram(server.url, 'app', 300);
  void doomed.tell({ what: 'compute', key: 'orphan', value: 'never', takesMs: 60_000 });
  await leaseOf('orphan');
  await doomed.kill();
  const begun = performance.now();
  assert.equal(await one.tell({ what: 'compute', key: 'orphan', value: 'of the next', takesMs: 0 }), ['of the next']);
  assert.ok(performance.now() - begun < 3000);
  assert.is(await two.tell({ what: 'get', key: 'orphan' }), 'of the next');
});

onRedis('a program that lost its lease while it hung keeps nothing', async () => {
  const hanging = await startProgram(server.url, 'app', 200);
  const slow = hanging.tell({ what: 'compute', key: 'hung', value: 'too late', takesMs: 50 });
  await leaseOf('hung');
  void hanging.tell({ what: 'block', ms: 600 });
  assert.equal(await one.tell({ what: 'compute', key: 'hung', value: 'in time', takesMs: 0 }), ['in time']);
  assert.equal(await slow, ['too late']);
  assert.is(await two.tell({ what: 'get', key: 'hung' }), 'in time');
  assert.is(await hanging.tell({ what: 'get', key: 'hung' }), 'in time');
  await hanging.kill();
});

onRedis('a lease is renewed as long as its computation takes', async () => {
  // long enough for a machine that does much else: it renews three times within one
  const slow = await startProgram(server.url, 'app', 600);
  const computing = slow.tell({ what: 'compute', key: 'slow', value: 'of the slow one', takesMs: 2000 });
  await leaseOf('slow');
  assert.equal(await one.tell({ what: 'compute', key: 'slow', value: 'of another', takesMs: 0 }), ['of the slow one']);
  await computing;
  await slow.kill();
});

onRedis('nothing of another prefix is touched, whose name only begins alike', async () => {
  await own.command('SET', 'app2:e:plan', 'not ours');
  await own.command('SET', 'application', 'not ours');
  await one.tell({ what: 'set', key: 'plan', value: 1 });
  await one.tell({ what: 'clear' });
  await untilSwept();
  assert.equal(((await own.command('KEYS', 'app*')) as Buffer[]).map(String).sort(), [
    'app2:e:plan',
    'app:meta',
    'application',
  ]);
});

onRedis('the server and the programs of this file end', async () => {
  own.close();
  await Promise.all([one.kill(), two.kill()]);
  await server.kill();
});

/** News comes over the program's connection to the server, not with what it is told. */
async function untilHas(program: Program, key: string, value: unknown): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await program.tell({ what: 'get', key })) === value) return;
  }
  throw new Error(`${key} never became ${value}`);
}

async function leaseOf(key: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if ((await own.command('EXISTS', `app:l:${key}`)) === 1) return;
  }
  throw new Error(`nobody took the lease of ${key}`);
}

async function untilSwept(): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (((await own.command('KEYS', 'app:[el]:*')) as Buffer[]).length === 0) return;
  }
  throw new Error('what was cleared is still there');
}

test.run();
