import { median } from '../../foundation/statistics.js';
import { FIGURES, type WeeklyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import { CAMERA_FIGURES, type Figure, figureOf, type KeptDay } from '../day/figures.js';
import { weekOf } from '../day/local-day.js';
import { fourDigits } from '../history/measured.js';
import { changePoints } from './change-points.js';
import { type DailyValue, withoutWeekdays } from './daily-values.js';
import { happenedAround, type WeekHappening } from './happenings.js';
import { FEWEST_VALUES, holm, mannKendall } from './mann-kendall.js';
import { theilSen } from './theil-sen.js';

type Trend = WeeklyReportPayload['trends'][number];

/** Everything that a weekly report is made of. */
export interface WeekFacts {
  /** Up to twelve weeks, oldest first: the last seven days are the week. */
  readonly days: readonly KeptDay[];
  readonly cameras: readonly string[];
  readonly tenant: string | null;
  readonly timeZone: string;
  readonly madeAt: number;
  readonly happenings: readonly WeekHappening[];
}

const DAYS_OF_WEEK = 7;
const USUAL_WEEKS = 4;
const SIGNIFICANT = 0.05;

interface Followed {
  readonly figure: Figure;
  readonly camera: string | null;
  readonly days: readonly DailyValue[];
  readonly level: ReturnType<typeof withoutWeekdays>;
  readonly changes: ReturnType<typeof changePoints>;
  /** Where the last stretch begins in `level`: a step is no trend. */
  readonly from: number;
}

/** How the figures of a device went over twelve weeks; pure. */
export function weekReport(facts: WeekFacts): WeeklyReportPayload {
  const { days, cameras, tenant, timeZone, madeAt } = facts;
  const week = days.slice(-DAYS_OF_WEEK);
  const subjects = FIGURES.flatMap((figure) =>
    subjectsOf(figure, cameras, tenant).map((camera) => followed(figure, camera, days)),
  ).filter((one) => one !== null);
  const tests = subjects.map(({ level, from }) => {
    const stretch = level.slice(from);
    return mannKendall(
      stretch.map(({ index }) => index),
      stretch.map(({ value }) => value),
    );
  });
  const tested = tests.flatMap((test, index) => (test === null ? [] : [index]));
  const corrected = holm(tested.map((index) => tests[index]!.p));
  const pOf = new Map(tested.map((index, at) => [index, corrected[at]!]));
  return {
    week: weekOf(week[0]!.day.date),
    timeZone,
    from: week[0]!.day.from,
    to: week.at(-1)!.day.to,
    madeAt,
    tenant,
    trends: subjects.map((subject, index) =>
      trendOf(subject, { p: pOf.get(index) ?? 1, inflation: tests[index]?.inflation ?? 1 }, facts),
    ),
  };
}

/** A camera's figures are told of each, and of all where there are several. */
function subjectsOf(figure: Figure, cameras: readonly string[], tenant: string | null): (string | null)[] {
  if (!CAMERA_FIGURES.includes(figure)) return tenant === null || figure === 'bytes' ? [null] : [];
  return [...cameras];
}

function followed(figure: Figure, camera: string | null, kept: readonly KeptDay[]): Followed | null {
  const days = kept.map((one) => ({ date: one.day.date, value: figureOf(figure, one, camera) }));
  const level = withoutWeekdays(days);
  if (level.length === 0) return null;
  const changes = changePoints(level.map(({ value }) => value));
  const last = changes.at(-1)?.index ?? 0;
  return { figure, camera, days, level, changes, from: level.length - last >= FEWEST_VALUES ? last : level.length };
}

function trendOf(subject: Followed, { p, inflation }: { p: number; inflation: number }, facts: WeekFacts): Trend {
  const { figure, camera, days, level, changes, from } = subject;
  const stretch = level.slice(from);
  const line =
    p >= SIGNIFICANT
      ? null
      : theilSen(
          stretch.map(({ index }) => index),
          stretch.map(({ value }) => value),
          Math.sqrt(inflation),
        );
  const before = days.slice(-DAYS_OF_WEEK * (USUAL_WEEKS + 1), -DAYS_OF_WEEK);
  return {
    figure,
    camera,
    days: days.map(({ date, value }) => ({ date, value: fourDigits(value) })),
    week: medianOf(days.slice(-DAYS_OF_WEEK)),
    usual: medianOf(before),
    slope:
      line === null
        ? null
        : {
            perWeek: fourDigits(line.slope * DAYS_OF_WEEK),
            low: fourDigits(line.low * DAYS_OF_WEEK),
            high: fourDigits(line.high * DAYS_OF_WEEK),
            p: fourDigits(p),
            since: days[stretch[0]!.index]!.date,
          },
    changes: changes.map((change) => {
      const { index } = level[change.index]!;
      return {
        date: days[index]!.date,
        before: fourDigits(change.before),
        after: fourDigits(change.after),
        happened: happenedAround(facts.happenings, facts.days[index]!.day.from),
      };
    }),
  };
}

function medianOf(days: readonly DailyValue[]): number | null {
  return fourDigits(median(days.flatMap(({ value }) => value ?? [])));
}
