import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { HttpServer } from '../../../src/http/server.js';
import { DeviceOptimization } from '../../../src/runtime/tuning/device-optimization.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import type { TrialPayload } from '../../../src/telemetry/mqtt/messages/trial.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';
import { Dial } from '../../tune/engine/dial.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-optimization');
const UNIX = 1_800_000_000_000;
const CHANGE_TOKEN = 'a-change-token-of-43-characters';
let files = 0;

function device(settings: object = {}, file = join(folder, `${++files}`, 'history.db')) {
  let now = 0;
  const messages: TrialPayload[] = [];
  const alerts: unknown[] = [];
  const history = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const part = new DeviceOptimization(
    {
      config: configSchema.parse({ optimization: settings }),
      file: history,
      alerts: { set: (_code, alert) => void alerts.push(alert?.message ?? null) },
      publisher: { trial: (trial) => void messages.push(trial) },
      metrics: { follow: () => undefined },
      observation: () => null,
      obstacle: () => 'tune.enabled is false',
      points: () => 0,
      log: silentLog,
    },
    { now: () => now, unixNow: () => UNIX + now },
  );
  const dial = new Dial();
  part.engine.register(dial);
  history.start();
  return {
    part,
    dial,
    messages,
    alerts,
    history,
    file,
    async pass(seconds: number) {
      for (const until = now + seconds * 1000; now < until; ) {
        now += 1000;
        await part.sample();
        await turn();
      }
    },
  };
}

onDisk('every five minutes what helps is tried by itself, told, counted and kept over a restart', async () => {
  const { part, dial, messages, history, file, pass } = device();
  await part.start();
  dial.wants = 4;
  await pass(299);
  assert.is(dial.at, 1);
  await pass(2);
  assert.is(dial.at, 4);
  dial.value = 2;
  await pass(40);
  assert.equal(
    messages.map(({ to, verdict }) => [to, verdict]),
    [
      ['4', null],
      ['4', 'kept'],
    ],
  );
  assert.is(part.counts.all().kept, 1);
  const [row] = part.metrics;
  assert.equal(
    [...(row as { read(): Iterable<unknown> }).read()],
    [
      [['batching', 'kept'], 1],
      [['batching', 'rolled-back'], 0],
      [['batching', 'expired'], 0],
    ],
  );
  part.stop();
  history.stop();
  const next = device({}, file);
  await next.part.start();
  assert.is(next.dial.at, 4);
  next.history.stop();
});

onDisk('what is configured off is off, and settings turn it on while it runs', async () => {
  const { part, dial, history, pass } = device({ batching: false, everyS: 10 });
  await part.start();
  dial.wants = 4;
  await pass(60);
  assert.is(dial.at, 1);
  part.settings.find(({ path }) => path === 'optimization.batching')!.apply!(true, 'optimization.batching');
  await pass(60);
  assert.is(dial.at, 4);
  history.stop();
});

onDisk('an undo that fails raises an alert until it went well', async () => {
  const { part, dial, alerts, history, pass } = device({ everyS: 10 });
  await part.start();
  await pass(25);
  dial.wants = 4;
  await pass(10);
  dial.isUndoJammed = true;
  dial.value = 0.1;
  await pass(30);
  assert.equal(alerts, [
    'batching could not be taken back from 4 to 1 (the dial is stuck): it is tried again; a restart of the program begins with 1',
  ]);
  dial.isUndoJammed = false;
  dial.wants = null;
  await pass(60);
  assert.equal([dial.at, alerts.at(-1)], [1, null]);
  history.stop();
});

onDisk('over HTTP it is asked, and tells how strategies stand and what was tried', async () => {
  const { part, dial, history, pass } = device();
  await part.start();
  await pass(25);
  dial.wants = 4;
  const server = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0 },
    routes: part.routes,
    changeToken: CHANGE_TOKEN,
  });
  const { port } = await server.start();
  const url = `http://127.0.0.1:${port}/api`;
  const post = (query: string, contentType = 'application/json', token = CHANGE_TOKEN) =>
    fetch(`${url}/optimize${query}`, {
      method: 'POST',
      headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
      body: '{}',
    });
  try {
    const dry = (await (await post('?dryRun=true&strategy=batching')).json()) as { strategies: object[] };
    assert.equal(dry.strategies, [
      {
        strategy: 'batching',
        outcome: 'would-try',
        why: '4 is wanted',
        change: { knobs: ['batchSize'], from: '1', to: '4', reason: '4 is wanted' },
        trial: null,
      },
    ]);
    assert.is(dial.at, 1);
    const stranger = await post('', 'application/json', 'another-token');
    assert.is(stranger.status, 401);
    assert.is((await post('', 'text/plain')).status, 415);
    assert.is((await fetch(`${url}/optimize`)).status, 405);
    const wrong = await post('?dryRun=maybe&strategy=luck');
    assert.equal(await wrong.json(), {
      error:
        'strategy: expected one of cache, model, batching, scheduling, compression, database, got luck; dryRun: expected one of true, false, got maybe',
    });
    assert.is((await post('')).status, 200);
    assert.is(dial.at, 4);
    const status = (await (await fetch(`${url}/optimization`)).json()) as { batching: { trial: { to: string } } };
    assert.is(status.batching.trial.to, '4');
    const ask = async (query: string) =>
      (await (await fetch(`${url}/trials${query}`)).json()) as { trials: object[]; error?: string };
    assert.is((await ask('?verdict=under-way&strategy=batching')).trials.length, 1);
    assert.is((await ask('?verdict=kept')).trials.length, 0);
    assert.is(
      (await ask('?verdict=good')).error,
      'verdict: expected one of kept, rolled-back, expired, under-way, got good',
    );
  } finally {
    await server.stop();
    history.stop();
  }
});

onDisk(
  'what moves knobs is not here where the tuning is off, and says why; the cache has nothing to do with that',
  async () => {
    const { part, history } = device();
    await part.start();
    const { strategies } = await part.engine.optimizeSystem({ dryRun: true });
    assert.equal(
      strategies.map(({ strategy, outcome, why }) => [strategy, outcome, why]),
      [
        ['cache', 'unavailable', 'nothing that the cache strategy moves is in use here'],
        ['model', 'unavailable', 'tune.enabled is false'],
        ['batching', 'nothing', 'nothing that it knows would help now'],
        ['scheduling', 'unavailable', 'tune.enabled is false'],
        ['compression', 'unavailable', 'tune.enabled is false'],
        ['database', 'unavailable', 'nothing that the database strategy moves is in use here'],
      ],
    );
    history.stop();
  },
);

onDisk('a model that somebody else changes ends the trial of it', async () => {
  const { part, messages, history, pass } = device();
  const model = new Dial('model', ['model', 'variant']);
  part.engine.register(model);
  await part.start();
  part.modelChanged({ model: 'roadside-n', variant: 'fp32' });
  await pass(25);
  model.wants = 4;
  await part.engine.consider('model');
  part.modelChanged({ model: 'roadside-n', variant: 'fp32' });
  assert.is(part.engine.underWay.length, 1);
  part.modelChanged({ model: 'roadside-s', variant: 'fp32' });
  assert.equal(
    [messages.at(-1)!.verdict, messages.at(-1)!.why],
    ['expired', 'the model was changed to roadside-s fp32 by something else'],
  );
  history.stop();
});

onDisk('the command asks the strategies that it names', async () => {
  const { part, dial, history, pass } = device();
  await part.start();
  await pass(25);
  dial.wants = 4;
  const [command] = part.commands;
  const body = command!.payload.parse({ strategies: ['batching', 'database'] });
  const answer = (await command!.handle(body, { by: 'key', toSite: false, signed: null })) as {
    strategies: { outcome: string }[];
  };
  assert.equal(
    answer.strategies.map(({ outcome }) => outcome),
    ['tried', 'unavailable'],
  );
  assert.is(dial.at, 4);
  history.stop();
});

test.run();
