import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AlertsPort, type AlertsView, alertsRoutes } from '../../src/dashboard/api/alerts.js';
import { type ModelsView, modelsRoutes } from '../../src/dashboard/api/models.js';
import { type AskedTrials, type TuningPort, type TuningView, tuningRoutes } from '../../src/dashboard/api/tuning.js';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import { ApiRefusal } from '../../src/http/api-route.js';
import { HttpServer } from '../../src/http/server.js';
import { needs } from '../optional.js';
import { endingsOf, eventually } from '../temporary.js';
import { axeViolations } from './axe.js';
import { closeBrowser, isTooWide, type Look, open } from './browser.js';

const NOW = Date.UTC(2026, 0, 5, 12);
const TOKEN = 'a-token-of-24-characters';

const TRIAL: TuningView['underWay'][number] = {
  id: 'trial-1',
  strategy: 'batching',
  knobs: ['batchWindowMs'],
  from: 'batches wait 10 ms',
  to: 'batches wait 20 ms',
  reason: 'two cameras come together',
  isEmergency: false,
  circumstances: null,
  startedAt: NOW - 60_000,
  before: { value: 0.9, error: 0.01, samples: 8, parts: {} },
  after: { value: 0.95, error: 0.01, samples: 8, parts: {} },
  endedAt: NOW,
  verdict: 'kept',
  why: 'it helps',
  undone: null,
};
const POINT: TuningView['points'][number] = {
  name: 'roadside-n large cpu 1 × 1 thread batch 1',
  model: 'roadside-n',
  variant: 'large',
  provider: 'cpu',
  workers: 1,
  intraOpThreads: 1,
  batchSize: 1,
  accuracy: 0.6,
  serviceMs: 20,
  picturesPerS: 50,
  cpuMs: 20,
  millijoules: null,
  memoryBytes: 2 ** 27,
  isMeasured: true,
  isInUse: true,
};
const TUNING: TuningView = {
  at: NOW,
  enabled: true,
  mode: 'balanced',
  waitsFor: null,
  budgets: { latencyMs: 300, maxTemperature: 80, maxWatts: null, maxMemoryBytes: null, maxCpuBusy: 0.7 },
  now: {
    at: NOW,
    temperature: 78,
    throttleAt: 85,
    throttledBy: ['heat'],
    watts: null,
    p95LatencyMs: 400,
    lateShare: 0.1,
    keptF1: 0.97,
    cpuBusy: 0.5,
    memoryBytes: 2 ** 28,
  },
  decision: {
    kind: 'ease',
    reason: 'it would get 82.0 °C warm',
    isUrgent: true,
    forecast: { temperature: 82, utilisation: 0.4, p95LatencyMs: 120, effectiveAccuracy: 0.58, watts: null },
  },
  lastChange: null,
  knobs: [
    {
      name: 'batchWindowMs',
      setting: 'schedule.batchWindowMs',
      value: 10,
      unit: 'ms',
      least: 0,
      most: 1000,
      choices: null,
      pin: null,
    },
  ],
  points: [
    POINT,
    { ...POINT, name: 'other', variant: 'small', accuracy: 0.5, serviceMs: 8, isInUse: false, isMeasured: false },
  ],
  heldOff: [{ point: 'roadside-s', failures: 3, reason: 'no memory', forS: 600 }],
  strategies: [{ name: 'batching', isEnabled: true, isAvailable: true, note: null }],
  underWay: [],
  stuck: [],
  reversible: ['trial-1'],
  measuring: { state: 'waiting', detail: 'the board is busy', left: 3 },
};
const NOTHING_KNOWN: TuningView = {
  ...TUNING,
  waitsFor: 'looks at the device first',
  now: null,
  decision: null,
  points: [],
  heldOff: [],
  reversible: [],
};
const QUIET: AlertsView = { at: NOW, active: [], snoozed: [], codes: [], cameras: [] };
const LOUD: AlertsView = {
  ...QUIET,
  cameras: ['north'],
  codes: [{ code: 'camera-lost', help: 'Cameras deliver nothing usable.', action: 'Check the camera.' }],
  snoozed: [{ code: 'cpu-high', tenant: null, until: NOW + 1e9, by: 'Ana' }],
  active: [
    {
      code: 'camera-lost',
      tenant: null,
      severity: 'critical',
      message: 'north delivers nothing',
      action: 'Check the camera.',
      help: 'Cameras deliver nothing usable.',
      cameras: ['north'],
      value: null,
      expected: null,
      unit: null,
      details: { camera: 'north' },
      since: NOW - 1e6,
      acknowledged: null,
      snoozedUntil: null,
    },
  ],
};
const NO_MODELS: ModelsView = {
  at: NOW,
  inUse: null,
  configured: { model: 'auto', variant: 'auto', providers: ['cpu'] },
  folderProblem: null,
  models: [],
  reports: [],
};

/** What the pages are shown, and what they did. */
class Told implements TuningPort, AlertsPort {
  tuning: TuningView = TUNING;
  alerts: AlertsView = LOUD;
  isBroken = false;
  /** Trials that there are. */
  total = 1;
  /** Resolves when the next answers about the tuning may go; what they say was taken before. */
  late: Promise<void> | null = null;
  /** What was asked, by its path. */
  readonly asked: string[] = [];
  readonly done: string[] = [];

  view(): never {
    throw new Error('each has its own');
  }
  trials({ skip, limit }: AskedTrials) {
    told.asked.push('trials');
    const trials = Array.from({ length: Math.min(limit, Math.max(0, told.total - skip)) }, (_, index) => ({
      ...TRIAL,
      id: `trial-${skip + index + 1}`,
    }));
    return this.isBroken ? null : { total: told.total, trials };
  }
  reversible(): readonly string[] {
    return this.tuning.reversible;
  }
  async pin(knob: 'batchWindowMs', value: number | string | null | undefined, forMs: number) {
    if (value === 5000)
      throw new RangeError('schedule.batchWindowMs: expected a whole number from 0 to 1000 ms, got 5000');
    this.done.push(`pin ${knob} ${value} ${forMs}`);
    return { knob, state: 'done' as const };
  }
  async takeBack(trial: string) {
    this.done.push(`take back ${trial}`);
    return { trial: TRIAL, state: 'done' as const };
  }
  history() {
    return this.isBroken ? null : { steps: [], next: null };
  }
  changes() {
    return this.isBroken ? null : { changes: [], next: null };
  }
  acknowledge(code: string, _tenant: string | undefined, by: string): void {
    this.done.push(`acknowledge ${code} ${by}`);
  }
  snooze(code: string, _tenant: string | undefined, forMs: number): void {
    this.done.push(`snooze ${code} ${forMs}`);
  }
}

const told = new Told();
const unlessBroken = <T>(value: T): T => {
  if (told.isBroken) throw new ApiRefusal(503, 'the history cannot be read now: the log says why');
  return value;
};
const tuningPort: TuningPort = Object.assign(Object.create(told), {
  view: async () => {
    const { tuning, late } = told;
    told.asked.push('tuning');
    await late;
    return unlessBroken(tuning);
  },
});
const alertsPort: AlertsPort = Object.assign(Object.create(told), { view: () => unlessBroken(told.alerts) });
const http = new HttpServer({
  config: { enabled: true, host: '127.0.0.1', port: 0, token: TOKEN },
  routes: [
    ...pageRoutes(),
    ...tuningRoutes(tuningPort, () => NOW),
    ...alertsRoutes(alertsPort, () => NOW),
    ...modelsRoutes({ view: async () => unlessBroken(NO_MODELS) }),
  ],
});
const { port } = await http.start();
const url = `http://127.0.0.1:${port}/`;
endingsOf(test).push(closeBrowser, () => http.stop());

const inBrowser = needs('chromium', test);

async function shown(page: string, look: Look = {}) {
  const opened = await open(`${url}#token=${TOKEN}`, look);
  await opened.page.locator('h1').waitFor();
  await turnTo(opened.page, page);
  return opened;
}

async function turnTo(page: Page, name: string): Promise<void> {
  await page.evaluate(`location.hash = '#/${name}'`);
  await page.locator(`nav a[href="#/${name}"][aria-current=page]`).waitFor({ state: 'attached' });
}

inBrowser('a knob is held by its dialog; what is refused is said there in the words of the schema', async () => {
  const { page, complaints, close } = await shown('tuning');
  await page.getByRole('button', { name: 'Hold' }).click();
  const dialog = page.getByRole('dialog', { name: 'Hold: Wait for others of a batch' });
  await dialog.getByLabel(/^Value/).fill('5000');
  await dialog.getByRole('button', { name: 'Hold' }).click();
  await dialog.getByText('expected a whole number from 0 to 1000 ms, got 5000').waitFor();
  await dialog.getByLabel(/^Value/).fill('20');
  await dialog.getByLabel('For').selectOption('1 hour');
  await dialog.getByRole('button', { name: 'Hold' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('dialog').getByText('“batches wait 10 ms” comes back').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(told.done.splice(0), ['pin batchWindowMs 20 3600000', 'take back trial-1']);
  await page.getByText('82 °C').waitFor();
  assert.equal(complaints, []);
  await close();
});

inBrowser('what was asked before something was changed does not overtake what was asked afterwards', async () => {
  told.asked.splice(0);
  const { page, complaints, close } = await shown('tuning');
  await page.getByRole('button', { name: 'Hold' }).waitFor();
  assert.equal([...told.asked.splice(0)].sort(), ['trials', 'tuning'], 'a page asks for each thing once');
  let answer = (): void => undefined;
  told.late = new Promise((resolve) => {
    answer = resolve;
  });
  await eventually('it is asked again by itself', () => told.asked.includes('tuning'));
  told.late = null;
  const [knob] = TUNING.knobs;
  told.tuning = { ...TUNING, knobs: [{ ...knob!, pin: { by: 'command', until: NOW + 1e7, who: 'http:operator' } }] };
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Hold' }).click();
  const release = page.getByRole('button', { name: 'Let go' });
  await release.waitFor();
  answer();
  await page.waitForTimeout(500);
  assert.is(await release.count(), 1, 'what was answered late is older');
  assert.equal(complaints, []);
  await close();
  told.tuning = TUNING;
  told.done.splice(0);
});

inBrowser('the ledger is turned over by keys, and what is dangerous is not begun by a key held down', async () => {
  told.total = 45;
  const { page, complaints, close } = await shown('tuning', { language: 'es' });
  const older = page.getByRole('button', { name: 'Anteriores' });
  await page.getByText('1 a 20 de 45').waitFor();
  await older.focus();
  await page.keyboard.press('Enter');
  await page.getByText('21 a 40 de 45').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('41 a 45 de 45').waitFor();
  // of a list that became shorter the last page is shown
  told.total = 15;
  await page.getByRole('button', { name: 'Posteriores' }).click();
  await page.getByText('1 a 15 de 15').waitFor();
  await page.getByRole('button', { name: 'Deshacer' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByText('«los lotes esperan 10 ms» vuelve en lugar de «los lotes esperan 20 ms».').waitFor();
  assert.is(await page.locator('dialog[open] :focus').textContent(), 'Cancelar');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal([told.done, complaints], [[], []]);
  await close();
  told.total = 1;
});

inBrowser('an alert says what to do, is acknowledged and silenced', async () => {
  const { page, close } = await shown('alerts', { language: 'es', size: 'phone' });
  const alert = page.getByRole('article', { name: 'Una cámara no da imagen' });
  await alert.getByText('Compruebe la cámara, su alimentación y su red.').waitFor();
  await alert.getByRole('button', { name: 'Me ocupo yo' }).click();
  await page.getByRole('dialog').getByLabel('Su nombre').fill('Ana');
  await page.getByRole('dialog').getByRole('button', { name: 'Me ocupo yo' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await alert.getByRole('button', { name: 'Silenciar' }).click();
  await page.getByRole('dialog').getByLabel('Durante').selectOption('1 día');
  await page.getByRole('dialog').getByRole('button', { name: 'Silenciar' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(told.done.splice(0), ['acknowledge camera-lost Ana', 'snooze camera-lost 86400000']);
  assert.is(await isTooWide(page), false);
  assert.equal(await axeViolations(page), []);
  await close();
});

inBrowser('where there is nothing to show, that and what it means is said', async () => {
  told.tuning = NOTHING_KNOWN;
  told.alerts = QUIET;
  const texts = {
    tuning: [
      'It waits: looks at the device first',
      'Nothing is known yet to choose from.',
      'this board tells no temperature',
    ],
    alerts: ['Nothing is wrong.', 'Nothing happened in this time.', 'Nothing was changed or commanded yet.'],
    models: ['No model answers yet.', 'No model is installed.', 'No report is kept on this device.'],
  };
  const { page, complaints, close } = await shown('tuning', { size: 'phone', scheme: 'dark' });
  for (const [name, sentences] of Object.entries(texts)) {
    await turnTo(page, name);
    for (const text of sentences) await page.getByText(text).last().waitFor();
    assert.equal(await axeViolations(page), []);
  }
  assert.equal(complaints, []);
  await close();
});

inBrowser('where the device cannot answer, its words are shown and it is asked again', async () => {
  told.isBroken = true;
  const { page, close } = await shown('tuning');
  for (const name of ['tuning', 'alerts', 'models']) {
    await turnTo(page, name);
    await page.getByText('the history cannot be read now: the log says why').first().waitFor();
    await page.getByRole('button', { name: 'Try again' }).first().waitFor();
  }
  // the same component says it on all three
  assert.equal(await axeViolations(page), []);
  await close();
  told.isBroken = false;
});

inBrowser('without a token it is asked for', async () => {
  const { page, close } = await open(`${url}#/tuning`, { language: 'es' });
  await page.getByText('Hace falta la clave del equipo.').first().waitFor();
  await close();
});

test.run();
