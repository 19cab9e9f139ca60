import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { localDay } from '../../src/report/day/local-day.js';
import { type DueTerms, dueReports } from '../../src/report/due-reports.js';
import { ReportFolder } from '../../src/report/files/report-folder.js';
import { type MadeReport, reportId } from '../../src/report/make-report.js';
import { temporaryFolder } from '../temporary.js';
import { HOUR, MINUTE } from './written-history.js';

const ZONE = 'Europe/Madrid';
const made = (kind: 'daily' | 'weekly', date: string): MadeReport => ({
  id: reportId(kind, date),
  kind: 'daily',
  report: { date } as never,
  pages: [{ lang: 'en', html: `<p>${date}</p>`, markdown: `# ${date}` }],
});

function terms(more: Partial<DueTerms> = {}): DueTerms {
  const now = localDay('2026-11-27', ZONE).from + 8 * HOUR;
  const kinds = ['daily', 'weekly'] as const;
  return { now, timeZone: ZONE, kinds, afterMinutes: 15, makeUpDays: 14, keptSince: 0, isDone: () => false, ...more };
}

test('what is over and was not made is due, the oldest first, as far back as wanted', () => {
  const due = dueReports(terms({ makeUpDays: 6 })).map(({ id }) => id);
  assert.equal(due, [
    'daily-2026-11-21',
    'daily-2026-11-22',
    'daily-2026-11-23',
    'daily-2026-11-24',
    'daily-2026-11-25',
    'daily-2026-11-26',
    'weekly-2026-W47',
  ]);
  const isDone = (id: string) => id !== 'daily-2026-11-24';
  assert.equal(
    dueReports(terms({ isDone })).map(({ id }) => id),
    ['daily-2026-11-24'],
  );
  assert.equal(
    dueReports(terms({ kinds: ['weekly'] })).map(({ date }) => date),
    ['2026-11-09', '2026-11-16'],
  );
});

test('a day is due some minutes after its end, by the clocks of the site', () => {
  const midnight = localDay('2026-11-27', ZONE).from;
  const newest = (now: number) => dueReports(terms({ now, kinds: ['daily'] })).at(-1)?.date;
  assert.is(newest(midnight + 14 * MINUTE), '2026-11-25');
  assert.is(newest(midnight + 15 * MINUTE), '2026-11-26');
});

test('there is no report of a time before anything was kept', () => {
  assert.equal(dueReports(terms({ keptSince: null })), []);
  const keptSince = localDay('2026-11-25', ZONE).from + 13 * HOUR;
  assert.equal(
    dueReports(terms({ keptSince })).map(({ id }) => id),
    ['daily-2026-11-25', 'daily-2026-11-26'],
  );
});

test('reports are kept as files, listed the newest first, and removed when they are old', async () => {
  const folder = new ReportFolder(join(temporaryFolder('report-files'), 'reports'));
  assert.equal(folder.list(), []);
  for (const [kind, date] of [
    ['daily', '2026-08-01'],
    ['daily', '2026-11-26'],
    ['weekly', '2026-11-26'],
    ['weekly', '2026-08-24'],
  ] as const) {
    assert.not.ok(folder.has(reportId(kind, date)));
    await folder.write(made(kind, date));
    assert.ok(folder.has(reportId(kind, date)));
  }
  assert.is(folder.read('daily-2026-11-26', 'html', 'en'), '<p>2026-11-26</p>');
  assert.is(folder.read('daily-2026-11-26', 'markdown', 'en'), '# 2026-11-26');
  assert.equal(JSON.parse(folder.read('daily-2026-11-26', 'json', 'en')!), { date: '2026-11-26' });
  assert.is(folder.read('daily-2026-11-26', 'html', 'es'), null);
  folder.forget('2026-11-27', 89);
  // the week of 24 August ended on the 30th, within 89 days
  assert.equal(
    folder.list().map(({ id }) => id),
    ['weekly-2026-W48', 'daily-2026-11-26', 'weekly-2026-W35'],
  );
  assert.is(readdirSync(folder.folder).filter((name) => name.startsWith('daily-2026-08')).length, 0);
  folder.forget('2026-11-30', 90);
  assert.equal(
    folder.list().map(({ id }) => id),
    ['weekly-2026-W48', 'daily-2026-11-26'],
  );
});

test('no id leads out of the folder', () => {
  const folder = new ReportFolder(temporaryFolder('report-ids'));
  for (const id of ['../secret', 'daily-2026-11-26/../../x', '', 'daily-2026-11-26.en', 'weekly-2026-W4'])
    assert.is(folder.read(id, 'json', 'en'), null);
});

test.run();
