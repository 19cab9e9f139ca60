import { mean, median, sum } from '../../foundation/statistics.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { DayFacts } from '../day/day-facts.js';
import { dateAfter, localDay } from '../day/local-day.js';
import { fourDigits, grownBy, meanOf, pointsIn } from '../history/measured.js';
import { theilSen } from '../week/theil-sen.js';
import { ownCommand, type Recommendation, UNKNOWN_GAIN } from './recommendation.js';

type HealthPart = NonNullable<DailyReportPayload['databases'][number]['health']>['parts'][number]['name'];
type Report = Omit<DailyReportPayload, 'recommendations'>;

/** Workers that ended unasked on one day: one may be chance. */
const MOST_RESTARTS = 2;
const MOST_THROTTLED = 0.01;
/** Days until the disk is full within which somebody should come. */
const SOON_DAYS = 30;
const FEWEST_DISK_DAYS = 7;
/** Rollbacks of one and the same change in a week from which on it is not worth trying. */
const MANY_ROLLBACKS = 3;
/** A mean latency that is so many times the usual one is more than chance. */
const WORTH_TELLING = 1.05;
const WRITTEN_DEGRADED = 0.001;
/** Health of a database, 0 to 100, below which somebody should see to it. */
const LEAST_HEALTH = 70;

/** What is to be done about the device, its store and its tuning. */
export function adviceOnDevice(report: Report, facts: DayFacts): Recommendation[] {
  const rules = [restartAdvice, heatAdvice, diskAdvice, ...storeAdvice, healthAdvice, leftOutAdvice, clockAdvice];
  return [...rules.flatMap((rule) => rule(report, facts) ?? []), ...prospectAdvice(facts), ...failingAdvice(facts)];
}

function restartAdvice({ program: { workerRestarts } }: Report, { day }: DayFacts): Recommendation | null {
  const restarts = sum(Object.values(workerRestarts ?? {}));
  if (restarts <= MOST_RESTARTS) return null;
  const [cause] = Object.entries(workerRestarts!).sort(([, a], [, b]) => b - a)[0]!;
  return {
    code: 'workers-restarted',
    values: { restarts, cause },
    since: day.from,
    gain: UNKNOWN_GAIN,
    command: ownCommand('diagnose --only detector,system'),
  };
}

function heatAdvice({ machine }: Report, { day, hourly, past }: DayFacts): Recommendation | null {
  const throttled = machine?.throttled ?? 0;
  if (throttled <= MOST_THROTTLED) return null;
  const first = pointsIn(hourly, 'machine_throttled', {}, day).find(({ max }) => max > 0)?.t ?? day.from;
  const meanLatency = (week: Pick<DayFacts, 'hourly' | 'day'>) =>
    meanOf(pointsIn(week.hourly, 'stage_latency', { stage: 'total' }, week.day));
  // without heat answers would be as fast as on such a day of the weeks before
  const usual = median(past.flatMap((week) => meanLatency(week) ?? []));
  const now = meanLatency({ hourly, day });
  const saved = now !== null && usual !== null && now > usual * WORTH_TELLING ? now - usual : null;
  return {
    code: 'machine-throttled',
    values: { percent: fourDigits(100 * throttled), temperature: machine?.temperature ?? '-' },
    since: first,
    gain:
      saved === null
        ? UNKNOWN_GAIN
        : { kind: 'predicted', source: 'weeks-before', value: fourDigits(saved), unit: 'ms' },
    command: ownCommand('sensors'),
  };
}

function diskAdvice(_: Report, { diskFree, day }: DayFacts): Recommendation | null {
  const days = diskFree.flatMap((bytes, index) => (bytes === null ? [] : [[index, bytes] as const]));
  const last = days.at(-1);
  if (days.length < FEWEST_DISK_DAYS || last === undefined) return null;
  const perDay = theilSen(
    days.map(([index]) => index),
    days.map(([, bytes]) => bytes),
  );
  if (perDay === null || perDay.slope >= 0) return null;
  const left = last[1] / -perDay.slope;
  if (left > SOON_DAYS) return null;
  return {
    code: 'disk-fills',
    values: {
      days: Math.floor(left),
      freeMiB: Math.round(last[1] / 2 ** 20),
      perDayMiB: fourDigits(-perDay.slope / 2 ** 20),
    },
    since: localDay(dateAfter(day.date, days[0]![0] + 1 - diskFree.length), day.timeZone).from,
    gain: { kind: 'predicted', source: 'trend', value: Math.floor(left), unit: 'days' },
    command: ownCommand('store info'),
  };
}

const storeAdvice = [
  ({ databases }: Report, { day }: DayFacts): Recommendation[] =>
    databases
      .filter(({ degraded, droppedRows }) => (degraded ?? 0) > WRITTEN_DEGRADED || (droppedRows ?? 0) > 0)
      .map(({ name, degraded, droppedRows }) => ({
        code: 'store-refuses',
        values: { name, percent: fourDigits(100 * (degraded ?? 0)), rows: droppedRows ?? 0 },
        since: day.from,
        gain: { kind: 'measured', source: 'none', value: droppedRows ?? 0, unit: 'rows' } as const,
        command: ownCommand('diagnose --only storage'),
      })),
  ({ databases }: Report, { day }: DayFacts): Recommendation[] =>
    databases
      .filter(({ setAside }) => (setAside ?? 0) > 0)
      .map(({ name, setAside }) => ({
        code: 'store-damaged',
        values: { name, files: setAside! },
        since: day.from,
        gain: UNKNOWN_GAIN,
        command: ownCommand('store check'),
      })),
];

function healthAdvice({ databases, madeAt }: Report): Recommendation[] {
  return databases.flatMap(({ name, health }): Recommendation[] => {
    const worst = [...(health?.parts ?? [])].sort((a, b) => a.score - b.score)[0];
    if (!health || health.score === null || health.score >= LEAST_HEALTH || worst === undefined) return [];
    const { name: part, value, goal } = worst;
    return [
      {
        code: 'database-unwell',
        values: { name, score: health.score, part, value, goal },
        since: madeAt,
        gain: UNKNOWN_GAIN,
        command: ownCommand(HEALTH_COMMANDS[part] ?? 'optimize --strategy database'),
      },
    ];
  });
}

/** What looks into a part of health, or mends it, where the tuning of databases does not. */
const HEALTH_COMMANDS: Partial<Record<HealthPart, string>> = {
  integrity: 'store check',
  fragmentation: 'store vacuum',
  'write-ahead log': 'store info',
  locks: 'diagnose --only storage',
  fsync: 'diagnose --only storage',
  'free space': 'store info',
};

function leftOutAdvice(_: Report, { hourly, day, tenant }: DayFacts): Recommendation | null {
  const events = Math.round(grownBy(pointsIn(hourly, 'events_left_out', {}, day)) ?? 0);
  if (events === 0 || tenant !== null) return null;
  return {
    code: 'events-left-out',
    values: { events },
    since: day.from,
    gain: { kind: 'measured', source: 'none', value: events, unit: 'events' },
    command: ownCommand('command send set publish.eventDetail=lean'),
  };
}

function clockAdvice({ tenant }: Report, { hourly, day }: DayFacts): Recommendation | null {
  const points = pointsIn(hourly, 'machine_clock_synchronised', {}, day);
  const synchronised = meanOf(points);
  if (tenant !== null || synchronised === null || synchronised > 0.5) return null;
  return {
    code: 'clock-unsynchronised',
    values: { percent: fourDigits(100 * (1 - synchronised)) },
    since: points.find(({ min }) => min < 1)?.t ?? day.from,
    gain: UNKNOWN_GAIN,
    command: ownCommand('diagnose --only system/clock'),
  };
}

/** What the tuning would try now: it has the numbers of the operating points, of simulated caches and of tried indexes. */
function prospectAdvice({ prospects, madeAt }: DayFacts): Recommendation[] {
  return prospects.map(({ strategy, from, to, reason }) => ({
    code: 'change-promises',
    values: { strategy, from, to, reason },
    since: madeAt,
    gain: { kind: 'predicted', source: 'tuning', value: null, unit: '' },
    command: ownCommand(`optimize --strategy ${strategy}`),
  }));
}

/** One and the same change that was taken back again and again: each trial of it costs, so leave it. */
function failingAdvice({ trials }: DayFacts): Recommendation[] {
  const failed = new Map<string, { strategy: string; to: string; since: number; losses: number[]; times: number }>();
  for (const { strategy, to, verdict, startedAt, before, after } of trials) {
    if (verdict !== 'rolled-back') continue;
    const key = `${strategy}\n${to}`;
    const known = failed.get(key) ?? { strategy, to, since: startedAt, losses: [], times: 0 };
    failed.set(key, known);
    known.times++;
    if (before !== null && after !== null) known.losses.push(before.value - after.value);
  }
  return [...failed.values()]
    .filter(({ times }) => times >= MANY_ROLLBACKS)
    .map(({ strategy, to, since, losses, times }) => ({
      code: 'change-keeps-failing',
      values: { strategy, to, times },
      since,
      gain:
        losses.length === 0
          ? UNKNOWN_GAIN
          : {
              kind: 'measured',
              source: 'trials',
              value: fourDigits(mean(losses)!),
              unit: 'score',
            },
      command: ownCommand(`command send set optimization.${strategy}=false`),
    }));
}
