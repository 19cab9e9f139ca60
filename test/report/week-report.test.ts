import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dateAfter, localDay } from '../../src/report/day/local-day.js';
import { makeReport } from '../../src/report/make-report.js';
import type { WeeklyReportPayload } from '../../src/telemetry/mqtt/messages/daily-report.js';
import { gaussian, seeded } from '../seeded.js';
import { keepsTo } from '../telemetry/mqtt/message-schemas.js';
import { temporaryFolder } from '../temporary.js';
import { HOUR, WrittenHistory } from './written-history.js';

const ZONE = 'Europe/Madrid';
/** The Sunday of the week that is told, twelve weeks after the first Monday. */
const SUNDAY = '2026-11-22';
const first = localDay(dateAfter(SUNDAY, -83), ZONE);
const last = localDay(SUNDAY, ZONE);
const changed = localDay('2026-10-24', ZONE);
const folder = temporaryFolder('week-report');

/** Twelve weeks: latency falls on one day, when a trial was kept; the F1 sinks slowly; vehicles only know weekdays. */
function written(): string {
  const random = seeded(5);
  const noise = Array.from({ length: 90 }, () => gaussian(random));
  const dayOf = (t: number) => Math.floor((t - first.from + 2 * HOUR) / (24 * HOUR));
  const history = new WrittenHistory(join(folder, 'device'), first.from);
  const latency = { camera: 'north', stage: 'total' };
  history.steps(HOUR, first.from, last.to, [
    { metric: 'uptime', at: (t) => t / 1000 },
    { metric: 'fps_captured', labels: { camera: 'north' }, at: () => 15 },
    {
      metric: 'stage_latency',
      labels: latency,
      kind: 'histogram',
      at: (t) => (t < changed.from ? 80 : 60) + 2 * noise[dayOf(t)]!,
    },
    {
      metric: 'estimated_f1',
      labels: { camera: 'north' },
      at: (t) => 0.97 - 0.0005 * dayOf(t) + 0.002 * noise[(dayOf(t) * 7) % 90]!,
    },
  ]);
  history.counts('north', { from: first.from, to: last.to }, (t) => ({
    away: { car: ([0, 6].includes(new Date(t).getUTCDay()) ? 50 : 100) + Math.round(3 * noise[(dayOf(t) * 11) % 90]!) },
  }));
  const score = { value: 1, error: 0.1, samples: 9, parts: {} };
  history.trial({
    id: 'kept',
    strategy: 'model',
    knobs: ['variant'],
    from: 'int8-640x384',
    to: 'int8-416x256',
    reason: 'late',
    isEmergency: false,
    circumstances: null,
    startedAt: changed.from + HOUR,
    before: score,
    after: score,
    endedAt: changed.from + 2 * HOUR,
    verdict: 'kept',
    why: 'better',
    undone: null,
  });
  return history.close();
}

const file = written();
const base = {
  kind: 'weekly' as const,
  timeZone: ZONE,
  file,
  deviceFile: file,
  name: 'madrid/cabinet7',
  cameras: ['north'],
  tenant: null,
  terms: { currency: '', costPerKwh: 0, costPerGb: 0, accuracyFloor: 0.95, latencyMs: 300 },
  prospects: [],
  health: [],
  languages: ['en', 'es'] as const,
};
const made = makeReport({ ...base, date: '2026-11-18', madeAt: last.to + HOUR });
const report = made.report as WeeklyReportPayload;
const trend = (figure: string) => report.trends.find((one) => one.figure === figure)!;

test('a week is told with twelve weeks of days, and keeps to its schema', () => {
  assert.is(made.id, 'weekly-2026-W47');
  assert.ok(keepsTo('report-weekly', { ts: 1, seq: 1, stream: '0123abcd', n: 1, ...report }));
  assert.equal([report.from, report.to], [localDay('2026-11-16', ZONE).from, last.to]);
  assert.is(trend('latencyP95').days.length, 84);
  assert.equal(
    report.trends.map(({ figure }) => figure),
    ['vehicles', 'availability', 'f1', 'latencyP95'],
  );
});

test('a new level is told from the day on which it began, with what happened then', () => {
  const { changes, slope } = trend('latencyP95');
  assert.is(changes.length, 1);
  assert.is(changes[0]!.date, '2026-10-24');
  assert.ok(Math.abs(changes[0]!.before - 80) < 1.5 && Math.abs(changes[0]!.after - 60) < 1.5);
  assert.equal(
    changes[0]!.happened.map(({ kind, text }) => [kind, text]),
    [['trial', 'model: int8-640x384 → int8-416x256']],
  );
  assert.is(slope, null);
});

test('what sinks slowly is a trend, what only knows weekdays is none', () => {
  const { slope, changes } = trend('f1');
  assert.ok(slope !== null && slope.p < 0.001 && slope.low <= -0.0035 && slope.high >= -0.0035, JSON.stringify(slope));
  assert.equal(changes, []);
  assert.equal([trend('vehicles').slope, trend('vehicles').changes], [null, []]);
  assert.equal([trend('availability').slope, trend('availability').changes], [null, []]);
});

test('a week that goes on has no value of the days that are not over', () => {
  const going = makeReport({ ...base, date: '2026-11-18', madeAt: localDay('2026-11-18', ZONE).from + HOUR }).report;
  const days = (going as WeeklyReportPayload).trends.find(({ figure }) => figure === 'vehicles')!.days;
  assert.equal(
    days.slice(-6).map(({ value }) => value === null),
    [false, true, true, true, true, true],
  );
});

test('pages say the same in both languages', () => {
  const [en, es] = made.pages;
  assert.match(en!.html, /New level from 24 Oct/);
  assert.match(es!.html, /Nuevo nivel desde el 24 oct/);
  assert.match(es!.markdown, /Informe semanal 2026-W47/);
  for (const { html } of made.pages) assert.not.match(html, /<script|https?:\/\/|NaN|undefined/);
});

test('a week of which nothing is kept has no trends', () => {
  const empty = new WrittenHistory(join(folder, 'empty'), first.from).close();
  const nothing = makeReport({ ...base, file: empty, deviceFile: empty, date: SUNDAY, madeAt: last.to });
  assert.equal((nothing.report as WeeklyReportPayload).trends, []);
});

test.run();
