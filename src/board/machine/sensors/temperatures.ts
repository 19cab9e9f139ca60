import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, textIn } from '../../kernel-files.js';
import { byNumber, hwmonChips } from './hwmon.js';
import { type FindSensors, type MachineSensor, uniqueNames, wholeNumber } from './sensor.js';

/** Zones that say a number of their own: a Jetson's PMIC reads 50 or 100 °C whatever its temperature is. */
const MADE_UP = /^PMIC-Die$/i;

/** A part of the machine that has a temperature of its own. */
export interface WarmPart {
  /** Unique: a zone's type (their numbers change with kernels), or chip and label of what only hwmon has. */
  readonly name: string;
  /** Holds milli-°C. */
  readonly file: string;
  /** Beside the file: what else is told of the part begins so. A zone's `trip_point_`, an input's `temp1_`. */
  readonly beside: string;
  /** Of hwmon; null for a thermal zone. */
  readonly chip: string | null;
}

/** Thermal zones, then what only hwmon has: drives, network chips, x86 cores. */
export const findTemperatures: FindSensors = (root) =>
  warmParts(root).map(
    ({ name, file }): MachineSensor => ({
      quantity: 'temperature',
      name,
      file,
      isQuick: false,
      parse: (text) => thousandth(wholeNumber(text)),
    }),
  );

/** Every part with a temperature; those without power, and those that tell none now, are among them. */
export function warmParts(root: string): WarmPart[] {
  const unique = uniqueNames();
  const zones = thermalZones(root);
  const known = new Set(zones.map(({ name }) => normal(name)));
  return [...zones.filter(({ name }) => !MADE_UP.test(name)), ...hwmonInputs(root, known)].map((part) => ({
    ...part,
    name: unique(part.name),
  }));
}

function thermalZones(root: string): WarmPart[] {
  const folder = join(root, 'sys/class/thermal');
  return namesIn(folder)
    .filter((name) => /^thermal_zone\d+$/.test(name))
    .sort(byNumber)
    .map((zone) => ({
      name: textIn(join(folder, zone, 'type')).trim() || zone,
      file: join(folder, zone, 'temp'),
      beside: join(folder, zone, 'trip_point_'),
      chip: null,
    }));
}

/** @param zones normal names of thermal zones, which the kernel shows here once more */
function hwmonInputs(root: string, zones: ReadonlySet<string>): WarmPart[] {
  return hwmonChips(root).flatMap(({ name: chip, at, files }) => {
    if (zones.has(normal(chip)) || isThermalZone(join(at, 'device'))) return [];
    return files
      .filter((file) => /^temp\d+_input$/.test(file))
      .sort(byNumber)
      .map((file) => {
        const input = file.slice(0, -'_input'.length);
        const label = textIn(join(at, `${input}_label`)).trim() || input;
        return { name: `${chip} ${label}`, file: join(at, file), beside: join(at, `${input}_`), chip };
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

const thousandth = (value: number | null): number | null => (value === null ? null : value / 1000);
