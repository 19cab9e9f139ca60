/** When pictures are expected: times, ascending, and which of them can be counted on. */
export interface ArrivalForecast {
  /** How many of the arrays are filled. */
  count: number;
  /** ms of the clock that the arrivals were told by. */
  readonly at: Float64Array;
  /** 1: of a source that keeps time; 0: as likely as not. */
  readonly sure: Uint8Array;
}

interface Source {
  lastAt: number;
  /** Mean ms between two of its pictures; null before the second. */
  period: number | null;
  /** Mean distance of a gap from the period, ms. */
  jitter: number;
  seen: number;
}

const GAIN = 0.1;
/** A gap this many times as long as usual was a pause: the source begins anew. */
const PAUSE = 8;
/** Pictures before a source's time is believed, and the jitter up to which it keeps time, as a share of its period. */
const KNOWN_AFTER = 5;
const REGULAR = 0.15;
/** A source that keeps time and is later than this, in jitters and ms, cannot be counted on. */
const LATE_JITTERS = 2;
const LATE_MS = 1;
/** A source from which nothing came for so many periods is gone. */
const GONE = 20;

/** Learns from when each source asked for an inference when the next ones will. */
export class Arrivals {
  readonly #sources = new Map<string, Source>();
  readonly #forecast: ArrivalForecast;

  /** @param most times that a forecast holds */
  constructor(most: number) {
    this.#forecast = { count: 0, at: new Float64Array(most), sure: new Uint8Array(most) };
  }

  /** A picture of this source is here. */
  seen(name: string, now: number): void {
    const source = this.#sources.get(name);
    if (source === undefined) {
      this.#sources.set(name, { lastAt: now, period: null, jitter: 0, seen: 1 });
      return;
    }
    const gap = now - source.lastAt;
    source.lastAt = now;
    const { period } = source;
    if (period === null || gap > PAUSE * period) {
      source.period = gap;
      source.jitter = gap;
      source.seen = 2;
      return;
    }
    const gain = Math.max(GAIN, 1 / source.seen++);
    source.period = period + gain * (gap - period);
    source.jitter += gain * (Math.abs(gap - source.period) - source.jitter);
  }

  /** Pictures per ms of all sources together. */
  rate(now: number): number {
    let sum = 0;
    for (const source of this.#living(now)) if (source.period! > 0) sum += 1 / source.period!;
    return sum;
  }

  /** What comes until `until`, the soonest first; the same object each time. */
  forecast(now: number, until: number): ArrivalForecast {
    const forecast = this.#forecast;
    forecast.count = 0;
    for (const source of this.#living(now)) {
      const period = source.period!;
      if (period <= 0) continue;
      const due = source.lastAt + period;
      const isRegular = source.seen >= KNOWN_AFTER && source.jitter <= REGULAR * period;
      const isSure = isRegular && now - due <= LATE_JITTERS * source.jitter + LATE_MS;
      let at = isSure ? Math.max(due, now) : now + period;
      for (let sure = isSure ? 1 : 0; at <= until; at += period, sure = 0) {
        if (!insert(forecast, at, sure)) break;
      }
    }
    return forecast;
  }

  *#living(now: number): Generator<Source> {
    for (const [name, source] of this.#sources) {
      if (source.period === null) {
        if (now - source.lastAt > 60_000) this.#sources.delete(name);
        continue;
      }
      if (now - source.lastAt > GONE * Math.max(source.period, 50)) this.#sources.delete(name);
      else yield source;
    }
  }
}

/** Keeps the soonest ones. @returns false where it is later than all that have room */
function insert(forecast: ArrivalForecast, at: number, sure: number): boolean {
  const { at: times, sure: sures } = forecast;
  let place = forecast.count;
  if (place === times.length) {
    if (at >= times[place - 1]!) return false;
    place--;
  } else forecast.count++;
  for (; place > 0 && times[place - 1]! > at; place--) {
    times[place] = times[place - 1]!;
    sures[place] = sures[place - 1]!;
  }
  times[place] = at;
  sures[place] = sure;
  return true;
}
