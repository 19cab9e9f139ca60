import { median } from '../../foundation/statistics.js';
import { type DailyReportPayload, FIGURES } from '../../telemetry/mqtt/messages/daily-report.js';
import { fourDigits } from '../history/measured.js';
import type { DayFacts } from './day-facts.js';
import { type Figure, figureOf, type KeptDay } from './figures.js';
import { likeHours, trafficOfDay } from './traffic-of-day.js';

type Comparison = DailyReportPayload['comparison'][number];

/** The figures of a day beside the median of the same weekday in the weeks before; those of which nothing is known are left out. */
export function comparisonOf(facts: DayFacts): Comparison[] {
  return FIGURES.flatMap((figure) => {
    // what the board draws and how warm it is, is nothing that a tenant is told
    if (facts.tenant !== null && (figure === 'energyWh' || figure === 'temperature')) return [];
    return (figure === 'vehicles' ? comparedVehicles(facts) : compared(figure, facts)) ?? [];
  });
}

function compared(figure: Figure, facts: DayFacts): Comparison | null {
  const now = figureOf(figure, facts, null);
  const before = facts.past.flatMap((week) => figureOf(figure, week, null) ?? []);
  const usual = median(before);
  if (now === null || usual === null) return null;
  return { figure, now: fourDigits(now), usual: fourDigits(usual), change: changeOf(now, usual), weeks: before.length };
}

/** Vehicles are compared over the hours that both days saw: an outage is no emptier road. */
function comparedVehicles(facts: DayFacts): Comparison | null {
  const pairs = facts.past.flatMap((week) => vehiclesOfBoth(facts, week) ?? []);
  if (pairs.length === 0) return null;
  const ratios = pairs.filter(({ usual }) => usual > 0).map(({ now, usual }) => now / usual);
  const ratio = median(ratios);
  const now = median(pairs.map((pair) => pair.now))!;
  const usual = ratio === null || ratio === 0 ? median(pairs.map((pair) => pair.usual))! : now / ratio;
  return {
    figure: 'vehicles',
    now: fourDigits(now),
    usual: fourDigits(usual),
    change: ratio === null ? null : fourDigits(ratio - 1),
    weeks: pairs.length,
  };
}

function vehiclesOfBoth(facts: DayFacts, week: KeptDay): { now: number; usual: number } | null {
  const cameras = facts.cameras.flatMap((camera) => {
    const place = facts.places.get(camera);
    const [now, before] = [facts, week].map(({ traffic, day }) => trafficOfDay(traffic, camera, day, place));
    return now == null || before == null ? [] : (likeHours(now.hours, before.hours) ?? []);
  });
  if (cameras.length === 0) return null;
  return {
    now: cameras.reduce((sum, { now }) => sum + now, 0),
    usual: cameras.reduce((sum, one) => sum + one.usual, 0),
  };
}

const changeOf = (now: number, usual: number): number | null => (usual === 0 ? null : fourDigits(now / usual - 1));
