import { currentLanguage } from './language.ts';

/** What stands where there is no reading. */
export const NONE = '–';

/** Formats are dear to make, and a table has one in each cell. */
const formats = new Map<string, unknown>();

function kept<Format>(key: string, make: () => Format): Format {
  let format = formats.get(key) as Format | undefined;
  if (format === undefined) formats.set(key, (format = make()));
  return format;
}

/** `1,234.5`; a dash where there is none. @param digits after the point at most */
export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const language = currentLanguage();
  return kept(
    `number ${language} ${digits}`,
    () => new Intl.NumberFormat(language, { maximumFractionDigits: digits }),
  ).format(value);
}

/** With all of its digits after the point: `10,0`. */
export const fixed = (value: number, digits: number): string =>
  new Intl.NumberFormat(currentLanguage(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    value,
  );

/** With its unit, or a dash alone. */
export const withUnit = (value: number | null | undefined, unit: string, digits = 0): string => {
  const text = number(value, digits);
  return text === NONE ? NONE : `${text} ${unit}`;
};

/** A share as `89.3 %`. @param value 0..1 */
export const percent = (value: number | null | undefined, digits = 0): string =>
  withUnit(value === null || value === undefined ? null : value * 100, '%', digits);

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const step = Math.min(UNITS.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** step;
  return withUnit(scaled, UNITS[step]!, step > 0 && scaled < 10 ? 1 : 0);
}

/** The device's times in the time of whoever looks. @param at Unix ms */
export function time(
  at: number | null | undefined,
  style: Intl.DateTimeFormatOptions = { timeStyle: 'medium' },
): string {
  if (at === null || at === undefined) return NONE;
  const language = currentLanguage();
  return kept(`time ${language} ${JSON.stringify(style)}`, () => new Intl.DateTimeFormat(language, style)).format(at);
}

/** With its day. @param at Unix ms, @param timeZone IANA name; default: that of whoever looks */
export const dayAndTime = (at: number | null | undefined, timeZone?: string): string =>
  time(at, { dateStyle: 'medium', timeStyle: 'short', timeZone });

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago`. */
export function ago(at: number | null | undefined, now = Date.now()): string {
  if (at === null || at === undefined) return NONE;
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  const language = currentLanguage();
  return kept(`ago ${language}`, () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' })).format(
    Math.trunc(seconds / size),
    unit,
  );
}

/** `2 h 5 min`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NONE;
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600)];
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes >= 10) return `${minutes} min`;
  return minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${number(seconds)} s`;
}
