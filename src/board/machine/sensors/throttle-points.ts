import { dirname, join } from 'node:path';
import { namesIn, numberIn, textIn } from '../../kernel-files.js';
import { firmwareThrottlePoint } from './firmware-heat.js';
import { byNumber } from './hwmon.js';
import { type FindSensors, type MachineSensor, plausible, wholeNumber } from './sensor.js';
import { type WarmPart, warmParts } from './temperatures.js';

/** Drivers of processors and graphics cards whose critical temperature is the one at which the chip slows itself down. */
const SLOWS_ITSELF_DOWN = /^(coretemp|k10temp|zenpower|amdgpu|radeon|nouveau|i915|xe)$/;

/**
 * The temperature at which each part is slowed down. Trip points of a thermal zone may be written while the machine runs, so
 * they are read again and again; which of them counts is looked for now and then.
 */
export const findThrottlePoints: FindSensors = (root) =>
  warmParts(root).flatMap((part): MachineSensor[] => {
    if (part.chip !== null) return SLOWS_ITSELF_DOWN.test(part.chip) ? criticalOf(part) : [];
    const byFirmware = firmwareThrottlePoint(root, part.name);
    if (byFirmware !== null) return [sensor(part.name, part.file, () => byFirmware)];
    const file = throttlingTrip(part);
    return file === null ? [] : [sensor(part.name, file, (text) => plausiblePoint(wholeNumber(text)))];
  });

function criticalOf({ name, file, beside }: WarmPart): MachineSensor[] {
  const critical = `${beside}crit`;
  if (!namesIn(dirname(file)).some((other) => critical.endsWith(`/${other}`))) return [];
  return [sensor(name, critical, (text) => plausiblePoint(wholeNumber(text)))];
}

const sensor = (name: string, file: string, parse: MachineSensor['parse']): MachineSensor => ({
  quantity: 'throttle-at',
  name,
  file,
  isQuick: false,
  parse,
});

interface TripPoint {
  readonly file: string;
  readonly type: string;
  /** °C */
  readonly celsius: number;
}

/**
 * The trip point that slows the part down: the first passive one; under the governor that shares out power the last, which is
 * what it steers towards, having begun to watch at the first. Where there is none, the first at which the machine is warned of
 * or switched off.
 */
function throttlingTrip({ file, beside }: WarmPart): string | null {
  const zone = dirname(file);
  const trips = namesIn(zone)
    .filter((name) => /^trip_point_\d+_type$/.test(name))
    .sort(byNumber)
    .flatMap((name): TripPoint[] => {
      const trip = `${beside}${/\d+/.exec(name)![0]}_temp`;
      const celsius = plausiblePoint(numberIn(trip));
      return celsius === null ? [] : [{ file: trip, type: textIn(join(zone, name)).trim(), celsius }];
    })
    .sort((a, b) => a.celsius - b.celsius);
  const passive = trips.filter(({ type }) => type === 'passive');
  const sharesPower = textIn(join(zone, 'policy')).trim() === 'power_allocator';
  const last = trips.find(({ type }) => type === 'hot' || type === 'critical');
  return (passive.at(sharesPower ? -1 : 0) ?? last)?.file ?? null;
}

/** Milli-°C in °C; null for those that are none: a trip point that nobody set is 0, -274 or far too high. */
const plausiblePoint = (milli: number | null): number | null =>
  plausible('throttle-at', milli === null ? null : milli / 1000);
