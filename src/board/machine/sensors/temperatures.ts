import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, textIn } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, uniqueNames, wholeNumber } from './sensor.js';

/** Milli-°C of a sensor in °C; null where it cannot be true: zones that are switched off read -256, open inputs 127 and more. */
function plausibleCelsius(milli: number | null): number | null {
  if (milli === null) return null;
  const celsius = milli / 1000;
  return celsius > -40 && celsius < 125 ? celsius : null;
}

/** Zones that say a number of their own: a Jetson's PMIC reads 50 or 100 °C whatever its temperature is. */
const MADE_UP = /^PMIC-Die$/i;

/** Thermal zones by their type (their numbers change with kernels), then what only hwmon has: drives, network chips, x86 cores. */
export const findTemperatures: FindSensors = (root) => {
  const unique = uniqueNames();
  const zones = thermalZones(root);
  const known = new Set(zones.map(({ type }) => normal(type)));
  return [
    ...zones.filter(({ type }) => !MADE_UP.test(type)).map(({ type, file }) => temperature(unique(type), file)),
    ...hwmonInputs(root, known).map(({ name, file }) => temperature(unique(name), file)),
  ];
};

function temperature(name: string, file: string): MachineSensor {
  return {
    quantity: 'temperature',
    name,
    file,
    isQuick: false,
    parse: (text) => plausibleCelsius(wholeNumber(text)),
  };
}

function thermalZones(root: string): { type: string; file: string }[] {
  const folder = join(root, 'sys/class/thermal');
  return namesIn(folder)
    .filter((name) => /^thermal_zone\d+$/.test(name))
    .sort(byNumber)
    .map((name) => ({
      type: textIn(join(folder, name, 'type')).trim() || name,
      file: join(folder, name, 'temp'),
    }));
}

/** @param zones normal names of thermal zones, which the kernel shows here once more */
function hwmonInputs(root: string, zones: ReadonlySet<string>): { name: string; file: string }[] {
  const folder = join(root, 'sys/class/hwmon');
  return namesIn(folder)
    .sort(byNumber)
    .flatMap((monitor) => {
      const at = join(folder, monitor);
      const chip = textIn(join(at, 'name')).trim() || monitor;
      if (zones.has(normal(chip)) || isThermalZone(join(at, 'device'))) return [];
      return namesIn(at)
        .filter((name) => /^temp\d+_input$/.test(name))
        .sort(byNumber)
        .flatMap((name) => {
          const input = name.slice(0, -'_input'.length);
          const label = textIn(join(at, `${input}_label`)).trim() || input;
          return { name: `${chip} ${label}`, file: join(at, name) };
        });
    });
}

function isThermalZone(device: string): boolean {
  try {
    return /thermal_zone\d+$/.test(readlinkSync(device));
  } catch {
    return false;
  }
}

/** hwmon writes `cpu_thermal` for the zone `cpu-thermal`. */
const normal = (name: string): string => name.toLowerCase().replaceAll('-', '_');

const numberIn = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);
const byNumber = (a: string, b: string): number => numberIn(a) - numberIn(b);
