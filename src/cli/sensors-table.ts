import { AREAS, type Area, causesOf, type MachineReport, type ReportedReading } from '../board/machine/report.js';
import type { Missing } from '../board/machine/sensors/sensor.js';
import { mebibytes } from '../foundation/mebibytes.js';
import { tableLines } from './print.js';

const WHY: Readonly<Record<Missing, string>> = {
  absent: 'not there',
  permission: 'this user may not read it',
  late: 'no answer in time',
  failed: 'it does not answer',
  implausible: 'what it says cannot be true',
};

/** Shown in the line of something else: a part's temperature, a rail's power. */
const isBeside = ({ what, unit }: ReportedReading): boolean =>
  what === 'slowed down at' || unit === 'V' || unit === 'A';

/** What a machine tells, for people: what matters first, then each area. */
export function sensorLines(report: MachineReport, board: string): string[] {
  const areas = AREAS.flatMap((area) => areaLines(report, area));
  const problems = report.problems.map((problem) => `! ${problem}`);
  return [...headLines(report, board), ...areas, ...(problems.length > 0 ? ['', ...problems] : [])];
}

function headLines(
  { temperature, throttleAt, watts, wattsOf, throttling, powerMode }: MachineReport,
  board: string,
): string[] {
  const heat = temperature === null ? 'nothing tells' : `${temperature.toFixed(1)} °C`;
  const point = throttleAt === null ? '' : `, slowed down at ${throttleAt.toFixed(1)} °C`;
  const power = watts === null ? 'nothing tells' : `${watts.toFixed(2)} W (${wattsOf.join(' + ')})`;
  const causes = causesOf(throttling);
  const isTold = Object.values(throttling).some((held) => held !== null);
  const held = causes.length > 0 ? `by ${causes.join(' and ')}` : isTold ? 'by nothing' : 'nothing tells';
  return tableLines([
    ['board', board],
    ['power mode', powerMode ?? 'nothing tells'],
    ['heat', `${heat}${point}`],
    ['power', power],
    ['held back', held],
  ]);
}

function areaLines({ readings }: MachineReport, area: Area): string[] {
  const ofArea = readings.filter((reading) => reading.area === area);
  const rows = ofArea
    .filter((reading) => !isBeside(reading))
    .map((reading) => [`  ${reading.name || area}`, reading.what, valueText(reading, ofArea), reading.source]);
  return rows.length === 0 ? [] : ['', area, ...tableLines(rows)];
}

function valueText(reading: ReportedReading, ofArea: readonly ReportedReading[]): string {
  const { value, name, missing } = reading;
  if (value === null) return missing === null ? '–' : `– (${WHY[missing]})`;
  const beside = (what: string) => ofArea.find((other) => other.what === what && other.name === name);
  const text = numberText(value, reading.unit);
  if (reading.unit === '°C') {
    const point = beside('slowed down at')?.value ?? null;
    return point === null ? text : `${text}, slowed down at ${numberText(point, '°C')}`;
  }
  if (reading.unit !== 'W') return text;
  const [volts, amperes] = [beside('voltage')?.value ?? null, beside('current')?.value ?? null];
  return volts === null || amperes === null ? text : `${text} (${volts.toFixed(2)} V, ${amperes.toFixed(2)} A)`;
}

const DIGITS: Readonly<Record<string, number>> = { '°C': 1, W: 2, MHz: 0, '%': 0, rpm: 0, times: 0 };

/** What has no unit is a flag, or a plain number. */
function numberText(value: number, unit: string): string {
  if (unit === 'bytes') return mebibytes(value);
  if (unit === '') return value === 0 ? 'no' : value === 1 ? 'yes' : String(value);
  return `${value.toFixed(DIGITS[unit] ?? 2)} ${unit}`;
}
