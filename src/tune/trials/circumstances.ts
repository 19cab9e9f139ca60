import type { z } from '../../foundation/validate.js';
import type { trialCircumstances } from '../../telemetry/mqtt/messages/trial.js';
import type { Observation } from '../observation.js';

/** What a change is tried under: where these are other ones, what harmed may help. */
export type Circumstances = z.infer<typeof trialCircumstances>;

/** From one rush to the next lull. */
const HOURS_APART = 2;
const DEGREES_APART = 5;
/** As often as much, or less than that part. */
const LOAD_RATIO = 1.5;
/** Inferences a second below which all loads are one: an empty road. */
const LEAST_LOAD = 0.2;

/**
 * Those of an observation; rates that are none count as nothing.
 *
 * @param points operating points known
 */
export function circumstancesOf({ unixNow, temperature, cameras }: Observation, points: number): Circumstances {
  let load = 0;
  for (const { wantedPerS } of cameras) if (wantedPerS > 0 && Number.isFinite(wantedPerS)) load += wantedPerS;
  const hour = Math.floor(unixNow / 3_600_000) % 24;
  return {
    hour: hour >= 0 ? hour : 0,
    temperature,
    load: Number(load.toPrecision(3)),
    cameras: cameras.length,
    points,
  };
}

/**
 * Whether they are other ones. Distances instead of bands, so that a reading at the edge of a band does not make the same thing be
 * tried again and again. What is not known at one of the two times has not changed.
 */
export function haveChanged(then: Circumstances, now: Circumstances): boolean {
  return (
    then.cameras !== now.cameras ||
    then.points !== now.points ||
    hoursBetween(then.hour, now.hour) >= HOURS_APART ||
    (then.temperature !== null && now.temperature !== null
      ? Math.abs(then.temperature - now.temperature) >= DEGREES_APART
      : false) ||
    (then.load !== null && now.load !== null && loadsDiffer(then.load, now.load))
  );
}

function hoursBetween(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, 24 - apart);
}

function loadsDiffer(a: number, b: number): boolean {
  const [less, more] = [Math.max(LEAST_LOAD, Math.min(a, b)), Math.max(LEAST_LOAD, a, b)];
  return more / less >= LOAD_RATIO;
}
