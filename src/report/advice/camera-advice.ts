import { median, sum } from '../../foundation/statistics.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { Availability, Interruption } from '../day/availability.js';
import type { DayFacts } from '../day/day-facts.js';
import { trafficOfDay } from '../day/traffic-of-day.js';
import { fourDigits, meanOf, pointsIn } from '../history/measured.js';
import { type Gain, ownCommand, type Recommendation, UNKNOWN_GAIN } from './recommendation.js';

type ReportedCamera = DailyReportPayload['cameras'][number];

/** A camera that was gone for less of the day needs nobody. */
const LEAST_SERVED = 0.98;
/** Frames that get no answer at all, of those that came: fewer are a busy moment. */
const MOST_DROPPED = 0.02;
const HOUR_MS = 3_600_000;

/** What is to be done about one camera. @param there when it delivered: the report has the longest interruptions only */
export function adviceOnCamera(camera: ReportedCamera, there: Availability, facts: DayFacts): Recommendation[] {
  return [
    outageAdvice(camera.camera, there, facts),
    accuracyAdvice(camera, facts),
    latencyAdvice(camera, facts),
    dropAdvice(camera),
  ].filter((one) => one !== null);
}

function outageAdvice(
  camera: string,
  { share: served, outages }: Availability,
  facts: DayFacts,
): Recommendation | null {
  const lost = outages.filter(({ cause }) => cause === 'camera-lost');
  const lostMs = lost.reduce((sum, { from, to }) => sum + to - from, 0);
  if (served === null || lost.length === 0 || lostMs < (1 - LEAST_SERVED) * (facts.day.to - facts.day.from))
    return null;
  const since = lost[0]!.from;
  const values = {
    camera,
    outages: lost.length,
    lostMs,
    percent: fourDigits(100 * served),
  };
  if (served === 0) {
    return {
      code: 'camera-unseen',
      values: { camera },
      since: lastSeen(camera, facts) ?? facts.day.from,
      gain: missedVehicles(camera, lost, facts),
      command: ownCommand(`aim ${camera}`),
    };
  }
  return {
    code: 'camera-outage',
    values,
    since,
    gain: missedVehicles(camera, lost, facts),
    command: ownCommand('diagnose --only cameras --open-cameras'),
  };
}

/** Vehicles that the same hours had in the median of the weeks before. */
function missedVehicles(camera: string, lost: readonly Interruption[], facts: DayFacts): Gain {
  const { past, places, day } = facts;
  const counts = past.flatMap((week) => {
    const traffic = trafficOfDay(week.traffic, camera, week.day, places.get(camera));
    if (traffic === null) return [];
    const missed = traffic.hours.reduce((sum, { vehicles }, hour) => {
      const from = day.from + hour * HOUR_MS;
      const lostMs = lost.reduce((ms, one) => ms + overlap(one, { from, to: from + HOUR_MS }), 0);
      return sum + (vehicles ?? 0) * Math.min(1, lostMs / HOUR_MS);
    }, 0);
    return [missed];
  });
  const missed = median(counts);
  if (missed === null) return UNKNOWN_GAIN;
  return { kind: 'predicted', source: 'weeks-before', value: Math.round(missed), unit: 'vehicles' };
}

function accuracyAdvice({ camera, f1, worstHour }: ReportedCamera, facts: DayFacts): Recommendation | null {
  const { accuracyFloor } = facts.terms;
  if (f1 === null || f1 >= accuracyFloor) return null;
  const values = { camera, f1: fourDigits(f1), floor: accuracyFloor, worst: worstHour?.f1 ?? f1 };
  return {
    code: 'accuracy-below-floor',
    values,
    since: sinceBelow(camera, accuracyFloor, facts),
    gain: { kind: 'predicted', source: 'tuning', value: fourDigits(accuracyFloor - f1), unit: 'F1' },
    command: ownCommand('optimize --strategy model'),
  };
}

function latencyAdvice({ camera, latencyP95 }: ReportedCamera, { terms, day }: DayFacts): Recommendation | null {
  if (latencyP95 === null || latencyP95 <= terms.latencyMs) return null;
  return {
    code: 'answers-late',
    values: { camera, p95: fourDigits(latencyP95), limit: terms.latencyMs },
    since: day.from,
    gain: { kind: 'predicted', source: 'tuning', value: fourDigits(latencyP95 - terms.latencyMs), unit: 'ms' },
    command: ownCommand('profile --budget 10m'),
  };
}

function dropAdvice({ camera, answers, dropped }: ReportedCamera): Recommendation | null {
  if (answers === null || dropped === null) return null;
  const lost = sumOf(dropped);
  const all = lost + sumOf(answers);
  if (all === 0 || lost / all <= MOST_DROPPED) return null;
  const [cause, frames] = Object.entries(dropped).sort(([, a], [, b]) => b - a)[0]!;
  return {
    code: 'frames-dropped',
    values: { camera, percent: fourDigits((100 * lost) / all), cause, frames },
    since: null,
    gain: { kind: 'predicted', source: 'tuning', value: fourDigits((100 * lost) / all), unit: '%' },
    command: ownCommand('optimize --strategy batching --strategy scheduling'),
  };
}

/** The first of the days in a row, this one and the same weekday before it, on which the mean was below. */
function sinceBelow(camera: string, floor: number, { day, hourly, past }: DayFacts): number {
  let since = day.from;
  for (const hour of pointsIn(hourly, 'estimated_f1', { camera }, day))
    if (hour.mean >= floor) since = hour.t + HOUR_MS;
  if (since > day.from) return Math.min(since, day.to - HOUR_MS);
  for (const week of past) {
    const f1 = meanOf(pointsIn(week.hourly, 'estimated_f1', { camera }, week.day));
    if (f1 === null || f1 >= floor) break;
    since = week.day.from;
  }
  return since;
}

/** The end of the last of the days that are looked at on which it delivered; null where it never did. */
function lastSeen(camera: string, { past }: DayFacts): number | null {
  const seen = past.find((week) =>
    pointsIn(week.hourly, 'fps_captured', { camera }, week.day).some(({ max }) => max > 0),
  );
  return seen?.day.to ?? null;
}

const overlap = (a: { from: number; to: number }, b: { from: number; to: number }): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

const sumOf = (counts: Readonly<Record<string, number>>): number => sum(Object.values(counts));
