import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RECOMMENDATIONS } from '../../src/report/advice/recommendation.js';
import { dateAfter, localDay } from '../../src/report/day/local-day.js';
import { makeReport, type ReportTask } from '../../src/report/make-report.js';
import type { DailyReportPayload } from '../../src/telemetry/mqtt/messages/daily-report.js';
import type { TrialPayload } from '../../src/telemetry/mqtt/messages/trial.js';
import { problemOf } from '../docs/our-commands.js';
import { keepsTo } from '../telemetry/mqtt/message-schemas.js';
import { temporaryFolder } from '../temporary.js';
import { HOUR, MINUTE, WrittenHistory, type WrittenMetric } from './written-history.js';

const ZONE = 'Europe/Madrid';
const DATE = '2026-11-27';
const day = localDay(DATE, ZONE);
const NOW = day.to + 20 * MINUTE;
const TERMS = { currency: 'EUR', costPerKwh: 0.2, costPerGb: 4, accuracyFloor: 0.95, latencyMs: 300 };
const north = { camera: 'north' };

function task(file: string, more: Partial<ReportTask> = {}): ReportTask {
  return {
    kind: 'daily',
    date: DATE,
    timeZone: ZONE,
    file,
    deviceFile: file,
    name: 'madrid/cabinet7',
    cameras: ['north'],
    tenant: null,
    terms: TERMS,
    prospects: [],
    health: [],
    madeAt: NOW,
    languages: ['en'],
    ...more,
  };
}

function reportOf(options: ReportTask): DailyReportPayload {
  const made = makeReport(options);
  assert.is(made.kind, 'daily');
  assert.ok(
    keepsTo('report-daily', { ts: 1, seq: 1, stream: '0123abcd', n: 1, ...made.report }),
    JSON.stringify(made.report),
  );
  return made.report as DailyReportPayload;
}

/** In the day's first hours everything is as it should be; 03:00 to 04:00 the camera is lost. */
const isLost = (t: number): boolean => t >= day.from + 3 * HOUR && t < day.from + 4 * HOUR;
const METRICS: readonly WrittenMetric[] = [
  { metric: 'uptime', at: (t) => (t - day.from) / 1000 + 1e6 },
  { metric: 'machine_uptime', at: (t) => (t - day.from) / 1000 + 2e6 },
  { metric: 'fps_captured', labels: north, at: (t) => (isLost(t) ? 0 : 15) },
  { metric: 'estimated_f1', labels: north, at: (t) => (t < day.from + 12 * HOUR ? 0.98 : 0.96) },
  { metric: 'estimated_f1_low', labels: north, at: () => 0.94 },
  { metric: 'latency_p50', labels: north, at: () => 8 },
  { metric: 'stage_latency', labels: { camera: 'north', stage: 'total' }, kind: 'histogram', at: () => 21 },
  { metric: 'frames_answered', labels: { camera: 'north', origin: 'inferred' }, kind: 'rate', at: () => 3 },
  { metric: 'frames_answered', labels: { camera: 'north', origin: 'propagated' }, kind: 'rate', at: () => 9 },
  { metric: 'frames_dropped', labels: { camera: 'north', cause: 'stale' }, kind: 'rate', at: () => 0.06 },
  { metric: 'energy', kind: 'rate', at: () => 6 / 3600 },
  { metric: 'mqtt_wire_bytes', kind: 'rate', at: () => 10 },
  { metric: 'machine_temperature', at: (t) => (t === day.from + 14 * HOUR ? 71 : 50) },
];

/** The day, and the same weekday of two weeks before, at 100 and 200 vehicles an hour. */
function written(folder: string, metrics = METRICS): WrittenHistory {
  const weeks = [-14, -7].map((days) => localDay(dateAfter(DATE, days), ZONE));
  const history = new WrittenHistory(folder, weeks[0]!.from);
  for (const [index, week] of weeks.entries()) {
    history.steps(HOUR, week.from, week.to, metrics);
    history.counts('north', { from: week.from, to: week.to }, () => ({ away: { car: (index + 1) * 100 } }));
  }
  const minutely = ['uptime', 'machine_uptime', 'fps_captured'];
  for (let t = day.from; t < day.to; t += HOUR) {
    history.steps(
      MINUTE,
      t,
      t + HOUR,
      metrics.filter(({ metric }) => minutely.includes(metric)),
    );
    history.steps(HOUR, t, t + HOUR, metrics);
  }
  history.counts('north', { from: day.from, to: day.to }, (t) =>
    isLost(t) ? null : { away: { car: 80, truck: 10 }, near: { car: 30 } },
  );
  return history;
}

const folder = temporaryFolder('day-report');
const whole = reportOf(task(written(join(folder, 'whole')).close()));
const [camera] = whole.cameras;

test('a day is told with the numbers that were written, worked out by hand', () => {
  assert.equal([whole.date, whole.hours, whole.program.ran, whole.program.outages], [DATE, 24, 1, []]);
  assert.is(camera!.served, 0.9583); // 23 of 24 hours
  assert.equal(camera!.outages, [{ from: day.from + 3 * HOUR, to: day.from + 4 * HOUR, cause: 'camera-lost' }]);
  assert.is(camera!.f1, 0.97);
  assert.is(camera!.f1Low, 0.94);
  assert.is(camera!.worstHour?.f1, 0.96);
  assert.equal([camera!.latencyP50, camera!.latencyP95], [8, 21]);
  assert.equal(camera!.answers, { inferred: 3 * 86_400, propagated: 9 * 86_400 });
  assert.equal(camera!.dropped, { stale: 5184 });
  assert.is(camera!.withoutInference, 0.75);
  assert.is(whole.machine?.temperature, 71);
});

test('vehicles are counted by class and hour, and an hour that nobody saw is none of 0', () => {
  const { traffic } = camera!;
  assert.is(traffic!.vehicles, 23 * 120);
  assert.equal({ ...traffic!.classes }, { car: 23 * 110, truck: 230 });
  assert.equal(traffic!.hours[3], { at: day.from + 3 * HOUR, vehicles: null, coverage: 0 });
  assert.equal(traffic!.hours[4], { at: day.from + 4 * HOUR, vehicles: 120, coverage: 1 });
  assert.is(traffic!.coverage, 0.9583);
  assert.equal(traffic!.places, [
    { place: 'gate', direction: 'away', vehicles: 23 * 90 },
    { place: 'gate', direction: 'near', vehicles: 23 * 30 },
  ]);
});

test('energy and bytes cost what the tariff says', () => {
  assert.equal(whole.costs, {
    currency: 'EUR',
    energyWh: 144,
    energyCost: 0.0288,
    bytes: 864_000,
    bytesCost: 0.003456,
    total: 0.03226,
  });
});

test('a day is held against the same weekday over the hours that both saw', () => {
  const vehicles = whole.comparison.find(({ figure }) => figure === 'vehicles')!;
  // 23 hours of 120 against 23 hours of 100 and of 200: 1.2 and 0.6, in the middle 0.9
  assert.equal([vehicles.now, vehicles.change, vehicles.weeks], [2760, -0.1, 2]);
  assert.is(vehicles.usual, 3067);
});

test('a lost hour is recommended to be looked into, with what it cost by the weeks before', () => {
  const outage = whole.recommendations.find(({ code }) => code === 'camera-outage')!;
  assert.equal(outage.values, { camera: 'north', outages: 1, lostMs: HOUR, percent: 95.83 });
  assert.equal(outage.gain, { kind: 'predicted', source: 'weeks-before', value: 150, unit: 'vehicles' });
  assert.is(outage.since, day.from + 3 * HOUR);
});

test('a day that goes on is told as far as it went, against as much of the days before', () => {
  const until = day.from + 12 * HOUR + 30 * MINUTE;
  const metrics = METRICS.map((metric) => ({ ...metric, at: (t: number) => (t < until ? metric.at(t) : null) }));
  const history = written(join(folder, 'today'), metrics);
  const alert = { severity: 'warning', message: 'full' };
  history.alert({ at: until - HOUR, code: 'disk-full', kind: 'raised', alert, by: null, until: null });
  const made = makeReport(task(history.close(), { madeAt: until + 20_000, languages: ['en', 'es'] }));
  const report = made.report as DailyReportPayload;
  assert.equal([report.to, report.hours, report.program.ran, report.program.outages], [until, 12.5, 1, []]);
  assert.equal(report.cameras[0]!.outages, [
    { from: day.from + 3 * HOUR, to: day.from + 4 * HOUR, cause: 'camera-lost' },
  ]);
  assert.is(report.cameras[0]!.served, 0.92); // 11.5 of 12.5 hours
  assert.is(report.cameras[0]!.traffic!.hours.length, 13);
  assert.equal([report.alerts[0]?.heldMs, report.alerts[0]?.holds], [HOUR, true]);
  const energy = report.comparison.find(({ figure }) => figure === 'energyWh')!;
  assert.is(energy.usual, 72); // twelve hours of 6 Wh
  const [english, spanish] = made.pages;
  for (const text of [english!.html, english!.markdown]) {
    assert.match(text, 'The day goes on: this is how it was until 12:30.');
    assert.not.match(text, 'clocks were changed');
  }
  for (const text of [spanish!.html, spanish!.markdown])
    assert.match(text, 'El día no ha terminado: así fue hasta las 12:30.');
});

test('a camera that is lost again and again is told with all of its interruptions, not only the longest', () => {
  const isGone = (t: number): boolean => Math.floor((t - day.from) / (10 * MINUTE)) % 2 === 1;
  const flapping = METRICS.map((metric) =>
    metric.metric === 'fps_captured' ? { ...metric, at: (t: number) => (isGone(t) ? 0 : 15) } : metric,
  );
  const report = reportOf(task(written(join(folder, 'flapping'), flapping).close()));
  assert.equal([report.cameras[0]!.outageCount, report.cameras[0]!.outages.length], [72, 50]);
  const { values } = report.recommendations.find(({ code }) => code === 'camera-outage')!;
  assert.equal([values['outages'], values['lostMs']], [72, 12 * HOUR]);
});

test('a camera that was paused weeks ago and never resumed is paused, not lost', () => {
  const paused = METRICS.map((metric) => (metric.metric === 'fps_captured' ? { ...metric, at: () => 0 } : metric));
  const history = written(join(folder, 'paused'), paused);
  history.command({
    at: day.from - 20 * 24 * HOUR,
    key: 'works',
    id: '"1"',
    nonce: 'n',
    name: 'pause',
    toSite: false,
    body: '{"camera":"north"}',
    doneAt: day.from - 20 * 24 * HOUR,
    result: '{}',
  });
  const report = reportOf(task(history.close()));
  assert.equal(
    report.cameras[0]!.outages.map(({ cause }) => cause),
    ['paused'],
  );
  assert.is(
    report.recommendations.find(({ code }) => code === 'camera-unseen'),
    undefined,
  );
});

test('since when the disk fills is a day of the place, also over a change of clocks', () => {
  const spring = localDay('2026-04-05', ZONE);
  const history = new WrittenHistory(join(folder, 'spring'), spring.from - 21 * 24 * HOUR);
  history.steps(HOUR, spring.from - 21 * 24 * HOUR, spring.to, [
    {
      metric: 'machine_disk_free',
      labels: { place: 'store' },
      at: (t) => 2 ** 30 * (10 - ((t - spring.from) / (24 * HOUR)) * 0.5),
    },
  ]);
  const report = reportOf(task(history.close(), { date: spring.date, madeAt: spring.to + HOUR }));
  const { since } = report.recommendations.find(({ code }) => code === 'disk-fills')!;
  assert.is(since, localDay('2026-03-16', ZONE).from);
});

test('a device that has nothing is told as one that nobody knows anything of', () => {
  const empty = reportOf(
    task(new WrittenHistory(join(folder, 'empty'), day.from).close(), { cameras: ['north', 'yard'] }),
  );
  assert.is(empty.program.ran, null);
  for (const one of empty.cameras) {
    const { served, traffic, f1, latencyP95, answers, dropped, tomorrow } = one;
    assert.equal(
      [served, traffic, f1, latencyP95, answers, dropped, tomorrow],
      [null, null, null, null, null, null, null],
    );
  }
  assert.equal([empty.costs.energyWh, empty.costs.bytes, empty.costs.total], [null, null, null]);
  assert.equal([empty.comparison, empty.recommendations, empty.alerts], [[], [], []]);
});

test('a camera that was never seen is told, and what to do', () => {
  const report = reportOf(task(written(join(folder, 'unseen')).close(), { cameras: ['north', 'yard'] }));
  const yard = report.cameras[1]!;
  assert.equal([yard.served, yard.traffic, yard.f1], [0, null, null]);
  assert.equal(
    report.recommendations
      .filter(({ values }) => values['camera'] === 'yard')
      .map(({ code, command }) => [code, command]),
    [['camera-unseen', 'edge-optimizer aim yard']],
  );
});

test('a camera that was added later is not blamed for the time before it came', () => {
  const added = [day.from + 18 * HOUR, day.to] as const;
  const yards = ['yard', 'gate'].map((camera, index): WrittenMetric => {
    return { metric: 'fps_captured', labels: { camera }, at: (t) => (t >= added[index]! ? 15 : null) };
  });
  const history = written(join(folder, 'added'), [...METRICS, ...yards]);
  history.steps(MINUTE, day.to, day.to + 10 * MINUTE, yards);
  const made = makeReport(
    task(history.close(), { cameras: ['north', 'yard', 'gate', 'never'], languages: ['en', 'es'] }),
  );
  const report = made.report as DailyReportPayload;
  assert.equal(
    report.cameras.map(({ served, since, outageCount }) => [served, since, outageCount]),
    [
      [0.9583, null, 1],
      [1, added[0], 0],
      [null, added[1], 0],
      [0, null, 1],
    ],
  );
  assert.equal(
    report.recommendations.filter(({ code }) => code === 'camera-unseen').map(({ values }) => values['camera']),
    ['never'],
  );
  // of 24 hours of the one, and of the 6 that the other was there
  assert.is(report.comparison.find(({ figure }) => figure === 'availability')?.now, 0.9792);
  const pages = made.pages.map(({ html }) => html);
  assert.ok(pages.some((page) => page.includes('was not there yet') && /100[^<]{0,4} since 18:00/.test(page)));
  assert.ok(pages.some((page) => page.includes('todavía no estaba')));
  const [english, spanish] = made.pages.map(({ markdown }) => markdown.replaceAll('\u00a0', ' '));
  assert.match(
    english!,
    '## When pictures came\n\n- **Program**: 100 %, without interruption\n- **north**: 95.8 %, 1 interruption\n',
  );
  assert.match(
    english!,
    '- **yard**: 100 % since 18:00, without interruption\n- **gate**: was not there yet\n- **never**: 0 %, 1 interruption',
  );
  assert.match(spanish!, '- **gate**: todavía no estaba\n');
});

test('no power that the board tells, and no price, is no cost of 0', () => {
  const metrics = METRICS.filter(({ metric }) => metric !== 'energy');
  const file = written(join(folder, 'powerless'), metrics).close();
  const { costs } = reportOf(task(file, { terms: { ...TERMS, costPerGb: 0 } }));
  assert.equal([costs.energyWh, costs.energyCost, costs.bytesCost, costs.total], [null, null, null, null]);
});

test('a day of 25 hours has 25 of them, and one of 23 has 23', () => {
  for (const [date, hours] of [
    ['2026-10-25', 25],
    ['2026-03-29', 23],
  ] as const) {
    const changed = localDay(date, ZONE);
    const history = new WrittenHistory(join(folder, date), changed.from);
    history.counts('north', { from: changed.from - 5 * HOUR, to: changed.to + 5 * HOUR }, () => ({ away: { car: 1 } }));
    const { cameras } = reportOf(task(history.close(), { date, madeAt: changed.to + HOUR }));
    assert.is(cameras[0]!.traffic!.vehicles, hours);
    assert.is(cameras[0]!.traffic!.hours.length, hours);
    assert.is(cameras[0]!.traffic!.coverage, 1);
  }
});

test('alerts are told with how long they held on that day, trials with their gain', () => {
  const history = written(join(folder, 'events'));
  const alert = { severity: 'warning', message: 'the broker refuses' };
  const step = (at: number, kind: string, code = 'broker-refuses') => ({
    at,
    code,
    kind,
    alert,
    by: null,
    until: null,
  });
  history.alert(step(day.from - HOUR, 'raised')).alert(step(day.from + 2 * HOUR, 'cleared'));
  history.alert(step(day.from + 5 * HOUR, 'raised')).alert(step(day.from + 6 * HOUR, 'cleared'));
  history.alert(step(day.to - HOUR, 'raised', 'disk-full')).alert(step(day.to + HOUR, 'cleared', 'disk-full'));
  history.alert({ ...step(day.from + HOUR, 'raised'), tenant: 'other' });
  for (const [index, at] of [day.from + HOUR, day.from + 2 * HOUR, day.from + 3 * HOUR].entries())
    history.trial(trial(`t${index}`, at));
  const report = reportOf(task(history.close()));
  assert.equal(
    report.alerts.map(({ code, raised, heldMs, holds }) => [code, raised, heldMs / HOUR, holds]),
    [
      ['broker-refuses', 1, 3, false],
      ['disk-full', 1, 1, true],
    ],
  );
  assert.equal(
    report.trials.map(({ id, verdict, gain }) => [id, verdict, gain]),
    ['t0', 't1', 't2'].map((id) => [id, 'rolled-back', -0.05]),
  );
  const failing = report.recommendations.find(({ code }) => code === 'change-keeps-failing')!;
  assert.equal(failing.gain, { kind: 'measured', source: 'trials', value: 0.05, unit: 'score' });
});

test("a tenant's report has its cameras and nothing of the machine or of others", () => {
  const device = written(join(folder, 'device'));
  device.alert({
    at: day.from + HOUR,
    code: 'camera-lost',
    kind: 'raised',
    alert: { severity: 'critical', message: 'camera south' },
    by: null,
    until: null,
    tenant: 'city',
  });
  device.trial(trial('t', day.from + HOUR));
  const own = new WrittenHistory(join(folder, 'tenants/city'), day.from);
  own.counts('south', { from: day.from, to: day.to }, () => ({ away: { car: 2 } }));
  const report = reportOf(task(own.close(), { deviceFile: device.close(), tenant: 'city', cameras: ['south'] }));
  const text = JSON.stringify(report);
  assert.not.match(text, /north|°C|inferred/);
  assert.equal(
    report.cameras.map(({ camera: id, traffic }) => [id, traffic?.vehicles]),
    [['south', 48]],
  );
  assert.equal([report.machine, report.trials, report.costs.energyWh], [null, [], null]);
  // that the device ran is no secret: without it nobody knows whose fault a gap is
  assert.is(report.program.ran, 1);
  assert.equal(
    report.alerts.map(({ message }) => message),
    ['camera south'],
  );
});

test('a damaged history is refused with the reason', () => {
  const file = join(folder, 'broken.db');
  writeFileSync(file, 'this is no database, though it is long enough to look like one at first sight'.repeat(100));
  assert.throws(() => makeReport(task(file)), /broken\.db cannot be read/);
  assert.throws(() => makeReport(task(join(folder, 'none.db'))), /cannot be read/);
});

test('the health of databases is told with its parts, in each language, and what to do where it is poor', () => {
  const parts = [
    { name: 'integrity', score: 1, value: 'whole', goal: 'whole' },
    { name: 'fragmentation', score: 0.25, value: '0.80', goal: '<= 0.20' },
  ] as const;
  const file = written(join(folder, 'health')).close();
  const options = task(file, {
    languages: ['en', 'es'],
    health: [
      { name: 'history.db', score: 55, parts: [...parts] },
      { name: 'elsewhere.db', score: 3, parts: [] },
    ],
  });
  const report = reportOf(options);
  assert.equal(
    report.databases.map(({ name, health }) => [name, health?.score, health?.parts.length]),
    [['history.db', 55, 2]],
  );
  const advice = report.recommendations.find(({ code }) => code === 'database-unwell')!;
  assert.equal(advice.values, { name: 'history.db', score: 55, part: 'fragmentation', value: '0.80', goal: '<= 0.20' });
  assert.equal([advice.since, advice.command], [NOW, 'edge-optimizer store vacuum']);
  const [english, spanish] = makeReport(options).pages;
  assert.match(english!.markdown, /Its health is 55 of 100; worst is free pages in the file: 0\.80, where/);
  assert.match(english!.html, /What the health of databases is made of/);
  assert.match(spanish!.markdown, /Su salud es 55 de 100; lo peor es páginas libres en el fichero: 0,80/);
  assert.match(spanish!.markdown, /\| history\.db \| fichero íntegro \| íntegro \| íntegro \| 100/);
});

test('where nobody knows how databases are nothing is said of it', () => {
  const made = makeReport(task(written(join(folder, 'unknown')).close()));
  assert.equal(
    (made.report as DailyReportPayload).databases.map(({ health }) => health),
    [null],
  );
  assert.not.match(made.pages[0]!.html, /What the health of databases/);
  const well = [{ name: 'history.db', score: 97, parts: [] }];
  const { recommendations } = reportOf(task(written(join(folder, 'well')).close(), { health: well }));
  assert.not.ok(recommendations.some(({ code }) => code === 'database-unwell'));
});

test('the head of the evidence is in the report, on its pages in each language, and absent where none is kept', () => {
  const file = written(join(folder, 'evidence')).close();
  const evidenceChain = {
    chain: '00112233445566aa',
    record: 1234,
    hash: 'ab'.repeat(32),
    publicKey: 'ed25519:AAAA',
    signed: '{}\n',
    signature: 'AA==',
    records: 19,
    kinds: { infraction: 4, crossed: 15 },
  };
  const options = task(file, { languages: ['en', 'es'], evidenceChain });
  assert.equal(reportOf(options).evidenceChain, evidenceChain);
  const [english, spanish] = makeReport(options).pages;
  const check = `edge-optimizer evidence verify --head 1234:${evidenceChain.hash}`;
  for (const text of [english!.html, english!.markdown, spanish!.html, spanish!.markdown]) {
    assert.ok(text.includes(check) && text.includes('ed25519:AAAA') && text.includes('00112233445566aa'), text);
  }
  assert.match(
    english!.markdown,
    /## How far the evidence is[\s\S]*\| Records of the day \| 19 · infraction: 4 · crossed a line: 15 \|/,
  );
  assert.match(
    spanish!.markdown,
    /## Hasta dónde llegan las pruebas[\s\S]*\| 19 · infracción: 4 · cruzó una línea: 15 \|/,
  );
  const without = makeReport(task(file));
  assert.not.ok('evidenceChain' in without.report);
  assert.not.match(without.pages[0]!.html, /How far the evidence is/);
});

test('every command that is recommended is one of the program', async () => {
  const { recommendations } = reportOf(
    task(everythingWrong().close(), {
      cameras: ['north', 'yard'],
      terms: { ...TERMS, accuracyFloor: 0.99, latencyMs: 10 },
      prospects: [{ strategy: 'cache', from: 'lru', to: 'lfu', reason: '4 % more hits' }],
      health: [{ name: 'history.db', score: 0, parts: [{ name: 'integrity', score: 0, value: '-', goal: 'whole' }] }],
    }),
  );
  const codes = new Set(recommendations.map(({ code }) => code));
  assert.equal(
    RECOMMENDATIONS.filter((code) => !codes.has(code)),
    [],
  );
  for (const { command } of recommendations) {
    assert.match(command, /^edge-optimizer /);
    assert.is(await problemOf(command.split(' ')), null, command);
  }
});

/** Whatever there is a recommendation for. */
function everythingWrong(): WrittenHistory {
  const bad: WrittenMetric[] = [
    { metric: 'worker_restarts', labels: { cause: 'memory' }, kind: 'rate', at: () => 1 / 3600 },
    { metric: 'machine_throttled', at: () => 0.5 },
    {
      metric: 'machine_disk_free',
      labels: { place: 'store' },
      at: (t) => 2 ** 30 * (10 - ((t - day.from) / (24 * HOUR)) * 0.5),
    },
    { metric: 'history_degraded', at: () => 0.5 },
    { metric: 'history_set_aside', kind: 'rate', at: () => 1 / 7200 },
    { metric: 'events_left_out', labels: north, kind: 'rate', at: () => 0.01 },
    { metric: 'machine_clock_synchronised', at: () => 0 },
    { metric: 'frames_dropped', labels: { camera: 'north', cause: 'overload' }, kind: 'rate', at: () => 2 },
  ];
  const history = new WrittenHistory(join(folder, 'wrong'), day.from - 20 * 24 * HOUR);
  history.steps(
    HOUR,
    day.from - 20 * 24 * HOUR,
    day.from,
    bad.filter(({ metric }) => metric === 'machine_disk_free'),
  );
  history.steps(HOUR, day.from, day.to, [...METRICS, ...bad]);
  for (let index = 0; index < 3; index++) history.trial(trial(`t${index}`, day.from + index * HOUR));
  return history;
}

function trial(id: string, startedAt: number): TrialPayload {
  const score = (value: number) => ({ value, error: 0.01, samples: 9, parts: {} });
  return {
    id,
    strategy: 'batching',
    knobs: ['batchSize'],
    from: 'batch 1',
    to: 'batch 4',
    reason: 'pictures wait',
    isEmergency: false,
    circumstances: null,
    startedAt,
    before: score(0.7),
    after: score(0.65),
    endedAt: startedAt + MINUTE,
    verdict: 'rolled-back',
    why: 'the score fell',
    undone: true,
  };
}

test.run();
