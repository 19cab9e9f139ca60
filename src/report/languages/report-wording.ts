import { mebibytes } from '../../foundation/mebibytes.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { Figure } from '../day/figures.js';
import { localDate, localTime } from '../day/local-day.js';
import type { ReportLanguage } from './report-language.js';
import { filledText } from './report-languages.js';

/** What stands where a number is not known. */
export const UNKNOWN_MARK = '–';
const NO_BREAK = '\u00a0';

type Words = ReportLanguage['words'];
type Recommended = DailyReportPayload['recommendations'][number];

/** Numbers, times and texts of one language, at one place. */
export class ReportWording {
  readonly language: ReportLanguage;
  readonly #timeZone: string;
  readonly #formats = new Map<string, Intl.NumberFormat>();

  constructor(language: ReportLanguage, timeZone: string) {
    this.language = language;
    this.#timeZone = timeZone;
  }

  /** A text of the language. */
  say(word: keyof Words, values: Readonly<Record<string, string | number>> = {}): string {
    return filledText(this.language.words[word], values);
  }

  /** With so many decimals at most; a dash where it is not known. */
  number(value: number | null, decimals = 0): string {
    if (value === null) return UNKNOWN_MARK;
    const key = `${decimals}`;
    const format =
      this.#formats.get(key) ??
      new Intl.NumberFormat(this.language.locale, { maximumFractionDigits: decimals, useGrouping: 'always' as never });
    this.#formats.set(key, format);
    return format.format(value);
  }

  /** Of a share 0..1: `97.3 %`. */
  percent(share: number | null, decimals = 1): string {
    return share === null ? UNKNOWN_MARK : `${this.number(100 * share, decimals)}${NO_BREAK}%`;
  }

  /** `1 234 ms`. */
  with(value: number | null, unit: string, decimals = 0): string {
    return value === null ? UNKNOWN_MARK : `${this.number(value, decimals)}${NO_BREAK}${unit}`;
  }

  bytes(value: number | null): string {
    return value === null ? UNKNOWN_MARK : mebibytes(value).replace('.', this.number(0.5, 1).charAt(1));
  }

  /** `07:30`. */
  time(at: number): string {
    return localTime(at, this.#timeZone);
  }

  /** Day and time. */
  moment(at: number): string {
    return `${this.shortDate(localDate(at, this.#timeZone))} ${this.time(at)}`;
  }

  /** `Friday 27 November 2026`. */
  longDate(date: string): string {
    return this.#dated(date, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  }

  /** `27 Nov`. */
  shortDate(date: string): string {
    return this.#dated(date, { day: 'numeric', month: 'short' });
  }

  /** `1 h 20 min`. */
  length(ms: number): string {
    const { d, h, min, s } = this.language.words;
    const seconds = Math.round(ms / 1000);
    const parts = [
      [Math.floor(seconds / 86_400), d],
      [Math.floor(seconds / 3600) % 24, h],
      [Math.floor(seconds / 60) % 60, min],
      [seconds % 60, s],
    ] as const;
    const said = parts.filter(([count]) => count > 0).slice(0, 2);
    return said.map(([count, unit]) => `${count}${NO_BREAK}${unit}`).join(' ') || `0${NO_BREAK}${s}`;
  }

  /** A figure with its unit. @param more decimals than usual, for differences */
  figure(figure: Figure, value: number | null, more = 0): string {
    switch (figure) {
      case 'vehicles':
        return this.number(value, more);
      case 'availability':
      case 'withoutInference':
        return this.percent(value, 1 + more);
      case 'f1':
        return this.number(value, 3 + more);
      case 'latencyP95':
        return this.with(value, 'ms', 1 + more);
      case 'energyWh':
        return this.with(value, 'Wh', 1 + more);
      case 'bytes':
        return this.bytes(value);
      case 'temperature':
        return this.with(value, '°C', 1);
    }
  }

  /** How far something is from what is usual, `+12 %`. */
  change(change: number | null): string {
    if (change === null) return UNKNOWN_MARK;
    return `${change > 0 ? '+' : change < 0 ? '−' : ''}${this.percent(Math.abs(change))}`;
  }

  /** The same as a phrase. */
  against(change: number | null): string {
    if (change === null) return '';
    if (Math.abs(change) < 0.005) return this.say('asUsual');
    return this.say(change > 0 ? 'usualPlus' : 'usualMinus', { percent: this.percent(Math.abs(change), 0) });
  }

  /** A value of a part of health: `0,97`, `12 ms`, a word. */
  healthValue(value: string): string {
    const { healthWords } = this.language;
    if (Object.hasOwn(healthWords, value)) return healthWords[value as keyof typeof healthWords];
    return value.replace(/(\d)\.(\d)/, `$1${this.number(0.5, 1).charAt(1)}$2`);
  }

  /** What is recommended, why, since when, and what it brings. */
  recommended({ code, values, since, gain }: Recommended): { what: string; why: string; since: string; gain: string } {
    const texts = this.language.recommendations[code as keyof ReportLanguage['recommendations']];
    const shown = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'number' ? this.#shown(name, value) : value,
      ]),
    );
    if (code === 'database-unwell') {
      const { part = '', value = '', goal = '' } = shown;
      const { healthParts } = this.language;
      const named = healthParts[part as keyof typeof healthParts] ?? part;
      Object.assign(shown, { part: named, value: this.healthValue(value), goal: this.healthValue(goal) });
    }
    const unit = this.language.units[gain.unit as keyof ReportLanguage['units']] ?? '{value}';
    const brings = filledText(unit, { value: this.#shown('', gain.value ?? 0) });
    return {
      what: filledText(texts.what, shown),
      why: filledText(texts.why, shown),
      since: since === null ? '' : this.say('since', { time: this.moment(since) }),
      gain:
        gain.kind === 'unknown'
          ? this.say('gainUnknown')
          : this.say(gain.kind === 'measured' ? 'gainMeasured' : 'gainPredicted', { gain: brings }),
    };
  }

  /** Three digits, or all before the point; a length of time where the name says so. */
  #shown(name: string, value: number): string {
    if (name.endsWith('Ms')) return this.length(value);
    const whole = Math.floor(Math.log10(Math.max(1, Math.abs(value)))) + 1;
    return this.number(value, Math.max(0, 3 - whole + (Math.abs(value) < 1 ? 1 : 0)));
  }

  #dated(date: string, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.language.locale, { ...options, timeZone: 'UTC' }).format(
      Date.parse(`${date}T00:00:00Z`),
    );
  }
}
