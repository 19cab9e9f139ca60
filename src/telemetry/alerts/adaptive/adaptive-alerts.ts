import type { Alert } from '../../../foundation/alert-declaration.js';
import { Degradation, type SeriesCondition } from './degradation.js';
import { HourlyGrowth } from './hourly-growth.js';
import type { WatchedMetric } from './watched-metric.js';

/** What a series was in a minute. */
export interface MinuteReading {
  /** With the values of its labels: `latency_p95.north`. */
  readonly name: string;
  readonly unit: string;
  readonly value: number;
}

/** A series that is degraded. */
interface Degraded {
  readonly title: string;
  readonly unit: string;
  readonly value: number;
  readonly expected: number;
}

interface Series {
  readonly rule: WatchedMetric;
  readonly name: string;
  readonly degradation: Degradation;
  readonly growth: HourlyGrowth | null;
  unit: string;
  /** Number of the minute in which it was last seen: a clock that jumps forgets nothing. */
  seenIn: number;
  /** While it is degraded: as it was at the last reading. */
  degraded: Degraded | null;
}

/** Each takes some 60 kB; a camera has 16 of what is watched by default, so that 31 cameras fit. */
export const MOST_WATCHED_SERIES = 512;
/** A series without a reading for so many minutes is forgotten: the camera is gone. */
const FORGET_MINUTES = 30 * 1440;
/** Series that a message names. */
const NAMED = 5;
/** What is told of an alert stays for so long unless other series are degraded. */
const TELL_EVERY_MS = 3_600_000;

/** What is told of one code. */
interface Told {
  readonly series: string;
  readonly at: number;
  readonly message: string;
}

/**
 * Looks each minute at the series of the watched metrics, and says of each code which of them are degraded, all in one alert. It
 * learns what is usual of each; the more it is told of, the more memory it takes, up to 512 series.
 */
export class AdaptiveAlerts {
  readonly #watched: readonly WatchedMetric[];
  readonly #learnMinutes: number;
  readonly #series = new Map<string, Series>();
  readonly #told = new Map<string, Told>();
  #refused: string[] = [];
  #minute = 0;

  /** @param learnMinutes of each series before anything is said of it */
  constructor(watched: readonly WatchedMetric[], learnMinutes: number) {
    this.#watched = watched;
    this.#learnMinutes = learnMinutes;
  }

  /** Names of the series of the last minute that were not watched, because there are too many. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  /**
   * The readings of a minute; one that is missing is no reading.
   *
   * @param t Unix ms
   * @returns each code that is watched with its alert, null where nothing is degraded; and the series whose state just changed
   */
  see(t: number, readings: readonly MinuteReading[]) {
    const changed: string[] = [];
    this.#refused = [];
    this.#minute++;
    for (const reading of readings) {
      for (const rule of this.#watched) {
        if (isOf(rule, reading.name)) this.#read(rule, t, reading, changed);
      }
    }
    for (const [key, series] of this.#series) {
      if (series.seenIn === this.#minute) continue;
      this.#judge(key, series, t, null, changed);
      if (this.#minute - series.seenIn > FORGET_MINUTES) this.#series.delete(key);
    }
    const codes = [...new Set(this.#watched.map(({ code }) => code))];
    return { alerts: codes.map((code) => ({ code, alert: this.#alert(code, t) })), changed };
  }

  /** What is watched and had a reading in this run: what was only restored has nothing new. */
  get keys(): readonly string[] {
    return [...this.#series].flatMap(([key, { seenIn }]) => (seenIn > 0 ? [key] : []));
  }

  /** What was learned of a series; null where it is not watched. */
  state(key: string): Float32Array | null {
    return this.#series.get(key)?.degradation.state() ?? null;
  }

  /**
   * Goes on from a state of an earlier run.
   *
   * @returns whether it is watched; a state that is damaged or of another version is of no use either
   */
  restore(key: string, state: Float32Array): boolean {
    const name = key.replace(GROWTH, '');
    const rule = this.#watched.find((one) => isOf(one, name) && keyOf(one, name) === key);
    if (rule === undefined || this.#series.size >= MOST_WATCHED_SERIES) return false;
    const series = this.#newSeries(rule, { name, unit: '', value: 0 });
    try {
      series.degradation.load(state);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#series.set(key, series);
    return true;
  }

  #read(rule: WatchedMetric, t: number, reading: MinuteReading, changed: string[]): void {
    const key = keyOf(rule, reading.name);
    let series = this.#series.get(key);
    if (series === undefined) {
      if (this.#series.size >= MOST_WATCHED_SERIES) {
        this.#refused.push(reading.name);
        return;
      }
      series = this.#newSeries(rule, reading);
      this.#series.set(key, series);
    }
    series.seenIn = this.#minute;
    series.unit = rule.growth ? `${reading.unit}/h` : reading.unit;
    const value = series.growth === null ? reading.value : series.growth.add(t, reading.value);
    this.#judge(key, series, t, value, changed);
  }

  #newSeries(rule: WatchedMetric, { name, unit }: MinuteReading): Series {
    const degradation = new Degradation(rule, this.#learnMinutes);
    const growth = rule.growth ? new HourlyGrowth() : null;
    return { rule, name, degradation, growth, unit, seenIn: this.#minute, degraded: null };
  }

  #judge(key: string, series: Series, t: number, value: number | null, changed: string[]): void {
    const was = series.degraded !== null;
    const condition = series.degradation.see(t, value);
    series.degraded = condition.isDegraded ? degradedOf(series, condition) : null;
    if (was !== (series.degraded !== null)) changed.push(key);
  }

  #alert(code: string, t: number): Alert | null {
    const degraded = [...this.#series.values()].flatMap(({ rule, degraded }) =>
      rule.code === code && degraded !== null ? [degraded] : [],
    );
    if (degraded.length === 0) {
      this.#told.delete(code);
      return null;
    }
    degraded.sort((a, b) => offBy(b) - offBy(a));
    const { value, expected, unit } = degraded[0]!;
    return {
      severity: 'warning',
      message: this.#message(code, degraded, t),
      value: rounded(value, expected),
      expected: rounded(expected, value),
      unit,
      details: { series: degraded.length, worst: degraded[0]!.title },
    };
  }

  /** Numbers go on changing: what was said of the same series stays for an hour. */
  #message(code: string, degraded: readonly Degraded[], t: number): string {
    const series = degraded
      .map(({ title }) => title)
      .sort()
      .join();
    const told = this.#told.get(code);
    if (told && told.series === series && t - told.at >= 0 && t - told.at < TELL_EVERY_MS) return told.message;
    const more = degraded.length > NAMED ? ` and ${degraded.length - NAMED} more` : '';
    const message = `worse than usual: ${degraded.slice(0, NAMED).map(inWords).join('; ')}${more}`;
    this.#told.set(code, { series, at: t, message });
    return message;
  }
}

const GROWTH = / per hour$/;

const keyOf = ({ growth }: WatchedMetric, name: string): string => (growth ? `${name} per hour` : name);

const isOf = ({ metric }: WatchedMetric, name: string): boolean => name === metric || name.startsWith(`${metric}.`);

/** While there is no reading it stays as it was. */
function degradedOf(series: Series, { value, expected }: SeriesCondition): Degraded | null {
  const { rule, name, unit, degraded } = series;
  if (value === null || expected === null) return degraded;
  return { title: keyOf(rule, name), unit, value, expected };
}

const offBy = ({ value, expected }: Degraded): number => Math.abs(value - expected) / (Math.abs(expected) || 1);

const inWords = ({ title, value, expected, unit }: Degraded): string =>
  `${title} is ${quantity(value, expected, unit)}, usually ${quantity(expected, value, unit)}`;

function quantity(value: number, beside: number, unit: string): string {
  const bytes = /^bytes(.*)$/.exec(unit);
  if (bytes) return `${rounded(value / 2 ** 20, beside / 2 ** 20)} MiB${bytes[1]}`;
  return `${rounded(value, beside)}${unit === '' ? '' : ` ${unit}`}`;
}

/** To three digits of the larger of the two: what lies below that in the other one says nothing beside it. */
function rounded(value: number, beside: number): number {
  const larger = Math.max(Math.abs(value), Math.abs(beside));
  if (larger === 0) return 0;
  const decimals = Math.min(100, Math.max(0, 2 - Math.floor(Math.log10(larger))));
  // of -0 the sign says nothing either
  return Number(Number(value.toPrecision(3)).toFixed(decimals)) + 0;
}
