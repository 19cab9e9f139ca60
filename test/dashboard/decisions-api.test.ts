import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ActiveAlertView, AlertHistoryView, AlertsView, AuditView } from '../../src/dashboard/api/alerts.js';
import type { ModelsView } from '../../src/dashboard/api/models.js';
import type { TrialsView, TuningView } from '../../src/dashboard/api/tuning.js';
import { needs } from '../optional.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';
import { Dial } from '../tune/engine/dial.js';
import { runDevice } from './running-device.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('decisions-api');
const endings = endingsOf(test);

const device = await runDevice(join(folder, 'device'), { tune: { pinned: ['workers'] } });
endings.push(() => device.stop());

const knobOf = async (name: string) =>
  (await device.get<TuningView>('/api/v1/tuning')).knobs.find((k) => k.name === name)!;

onDisk('a knob is held where it stands or at a value, is let go, and both are taken down', async () => {
  assert.equal((await knobOf('workers')).pin, { by: 'configuration', until: null, who: null });
  const { status } = await device.post('/api/v1/tuning/pin', { knob: 'inferenceIntervalMs', value: 200, forS: 3600 });
  assert.is(status, 200);
  const held = await knobOf('inferenceIntervalMs');
  assert.equal([held.value, held.setting, held.unit], [200, 'answer.inferenceIntervalMs', 'ms']);
  assert.equal([held.pin?.by, held.pin?.who], ['command', 'http:operator']);
  assert.ok(held.pin!.until! > Date.now() + 3_000_000);
  assert.is((await device.post('/api/v1/tuning/unpin', { knob: 'inferenceIntervalMs' })).status, 200);
  assert.is((await knobOf('inferenceIntervalMs')).pin, null);
  // where it stands, with other workers loaded for nothing
  assert.is((await device.post('/api/v1/tuning/pin', { knob: 'variant' })).status, 200);
  assert.is((await knobOf('variant')).pin?.by, 'command');
  assert.equal((await knobOf('variant')).choices, ['large', 'small', 'damaged']);
  await device.post('/api/v1/tuning/unpin', { knob: 'variant' });
  const { changes } = await device.get<AuditView>('/api/v1/audit?limit=10');
  assert.equal(
    changes.map(({ what, who, state }) => `${what} ${who} ${state}`),
    [
      'POST /api/v1/tuning/unpin http:operator done',
      'POST /api/v1/tuning/pin http:operator done',
      'POST /api/v1/tuning/unpin http:operator done',
      'POST /api/v1/tuning/pin http:operator done',
    ],
  );
});

onDisk('what cannot be is refused in words, and that is taken down too', async () => {
  const refusals: [object, number, RegExp][] = [
    [
      { knob: 'batchWindowMs', value: 99_999 },
      400,
      /^schedule\.batchWindowMs: expected a whole number from 0 to 1000 ms, got 99999$/,
    ],
    [{ knob: 'workers' }, 409, /^workers is pinned by the configuration: take it out of tune\.pinned/],
    [{ knob: 'inputSize' }, 409, /^inputSize moves with variant: pin that$/],
    [{ knob: 'variant', value: 'smal' }, 409, /has no variant smal; did you mean small\?/],
    [{ knob: 'colour' }, 400, /^knob: /],
  ];
  for (const [body, status, words] of refusals) {
    const reply = await device.post('/api/v1/tuning/pin', body);
    assert.is(reply.status, status);
    assert.match(String(reply.answer['error']), words);
  }
  const none = await device.post('/api/v1/tuning/unpin', { knob: 'batchWindowMs' });
  assert.equal(
    [none.status, none.answer],
    [409, { error: 'batchWindowMs is not pinned by anybody: there is nothing to take back' }],
  );
  const { changes } = await device.get<AuditView>('/api/v1/audit?limit=1');
  assert.is(changes[0]!.state, 'refused');
  const all = (await device.get<AuditView>('/api/v1/audit?limit=200')).changes;
  const paged: AuditView['changes'] = [];
  for (let before = ''; ; ) {
    const page = await device.get<AuditView>(`/api/v1/audit?limit=2${before}`);
    paged.push(...page.changes);
    if (page.next === null) break;
    before = `&before=${page.next}`;
  }
  assert.ok(paged.length > 4);
  assert.equal(paged, all, 'page by page it is the same, whatever came in one millisecond');
  const response = await fetch(new URL('/api/v1/tuning/pin', device.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"knob":"variant"}',
  });
  assert.is(response.status, 401);
});

onDisk('the ledger has what was tried, and what was kept is taken back', async () => {
  const { engine } = device.runtime.parts.optimization;
  const dial = new Dial('compression', ['compressionQuality']);
  dial.more = { isEmergency: true, windowMs: 1 };
  engine.register(dial);
  dial.wants = 4;
  assert.is((await engine.consider('compression')).outcome, 'tried');
  await eventually('it is kept', () => engine.getStatus().compression.last?.verdict === 'kept', 30_000);
  const { trials, total } = await device.get<TrialsView>('/api/v1/trials?strategy=compression&verdict=kept');
  assert.equal([trials.length, total, trials[0]!.isReversible, trials[0]!.to], [1, 1, true, '4']);
  // of a list that became shorter the last page is answered
  const shorter = await device.get<TrialsView>('/api/v1/trials?strategy=compression&skip=40&limit=20');
  assert.equal([shorter.trials.length, shorter.skipped, shorter.total], [1, 0, 1]);
  const { status, answer } = await device.post('/api/v1/tuning/rollback', { trial: trials[0]!.id });
  assert.equal([status, (answer['trial'] as { verdict: string }).verdict, dial.at], [200, 'rolled-back', 1]);
  const after = await device.get<TrialsView>('/api/v1/trials?strategy=compression');
  assert.equal([after.trials[0]!.verdict, after.trials[0]!.why], ['rolled-back', 'the operator has taken it back']);
  const again = await device.post('/api/v1/tuning/rollback', { trial: trials[0]!.id });
  assert.is(again.status, 409);
  assert.match(String(again.answer['error']), /^what stood before is not known any more/);
  assert.match(
    String((await device.get<{ error: string }>('/api/v1/trials?since=soon')).error),
    /^since: expected a time like/,
  );
});

onDisk('alerts are told with their cameras, acknowledged, silenced and searched for', async () => {
  const { alerts } = device.runtime.parts;
  // of the codes that the program itself neither raises nor clears here
  alerts.raise('model-replaced', {
    severity: 'warning',
    message: 'north: the variant saw nothing',
    details: { camera: 'north' },
  });
  alerts.raise('trial-stuck', {
    severity: 'warning',
    message: 'busy with northern things',
    value: 97,
    expected: 90,
    unit: '%',
  });
  const active = async (): Promise<ActiveAlertView[]> => (await device.get<AlertsView>('/api/v1/alerts')).active;
  const lost = (await active()).find(({ code }) => code === 'model-replaced')!;
  assert.equal([lost.cameras, lost.tenant, lost.acknowledged], [['north'], null, null]);
  assert.match(lost.help, /^The variant of the model in use reported nothing/);
  assert.equal((await active()).find(({ code }) => code === 'trial-stuck')!.cameras, []);
  assert.is((await device.post('/api/v1/alerts/acknowledge', { code: 'model-replaced', by: 'Ana' })).status, 200);
  assert.is((await device.post('/api/v1/alerts/snooze', { code: 'trial-stuck', forS: 3600, by: 'Ana' })).status, 200);
  const [held, silent] = await Promise.all([active(), device.get<AlertsView>('/api/v1/alerts')]);
  assert.is(held.find(({ code }) => code === 'model-replaced')!.acknowledged?.by, 'Ana');
  assert.equal(
    silent.snoozed.map(({ code, by }) => [code, by]),
    [['trial-stuck', 'Ana']],
  );
  alerts.clear('model-replaced');
  const steps = async (query: string) => (await device.get<AlertHistoryView>(`/api/v1/alerts/history?${query}`)).steps;
  assert.equal(
    (await steps('camera=north')).map(({ kind }) => kind),
    ['cleared', 'acknowledged', 'raised'],
  );
  assert.equal((await steps('camera=south')).length, 0);
  const first = await device.get<AlertHistoryView>('/api/v1/alerts/history?camera=north&limit=1');
  assert.ok(first.next !== null && first.next < first.steps.at(-1)!.at);
  const rest = await steps(`camera=north&until=${first.next}`);
  assert.equal([...first.steps, ...rest], await steps('camera=north'));
  assert.equal(
    (await steps('code=trial-stuck')).map(({ kind, by }) => [kind, by]),
    [
      ['snoozed', 'Ana'],
      ['raised', null],
    ],
  );
  const refused = await device.post('/api/v1/alerts/acknowledge', { code: 'model-replaced' });
  assert.equal(refused, {
    status: 400,
    answer: { error: 'alert model-replaced does not hold: there is nothing to acknowledge' },
  });
  alerts.clear('trial-stuck');
});

onDisk('models are told with what is known of them here, and the reports of the workshop', async () => {
  const reports = join(device.storeDir, 'reports');
  mkdirSync(join(reports, 'damaged'), { recursive: true });
  writeFileSync(join(reports, 'damaged', 'report.json'), '{"model":');
  mkdirSync(join(reports, 'roadside-n-cpu'), { recursive: true });
  const outcome = {
    id: 'int8',
    verdict: 'refused',
    reason: 'F1 0.81 of 0.97',
    bytes: 1e6,
    gate: { f1: 0.81 },
    accuracy: null,
    speed: { speedup: 2.1 },
  };
  writeFileSync(
    join(reports, 'roadside-n-cpu', 'report.json'),
    JSON.stringify({
      model: 'roadside-n',
      target: 'cpu',
      startedAt: 1,
      recommended: null,
      dryRun: true,
      frames: { heldBack: 100, labelled: 0 },
      outcomes: [outcome],
    }),
  );
  const view = await device.get<ModelsView>('/api/v1/models');
  assert.equal([view.inUse?.model, view.inUse?.provider, view.models.length], ['roadside-n', 'cpu', 1]);
  const used = view.models[0]!.variants.find(({ isInUse }) => isInUse)!;
  assert.is(used.id, view.inUse!.variant);
  assert.is(used.labelled.length > 0, true);
  assert.equal(
    view.reports.map(({ report, outcomes }) => [report, outcomes[0]!.verdict, outcomes[0]!.accuracyKept]),
    [['roadside-n-cpu', 'refused', 0.81]],
  );
});

test.run();
