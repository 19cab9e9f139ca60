import { countIn, NumberSet } from './number-set.js';

/** What a message says of its number. */
export interface Numbered {
  readonly n: number;
  readonly historical: boolean;
  /** Below the device. */
  readonly topic: string;
  /** The broker had kept it for whoever subscribes: it was sent before, and says nothing of what is sent from now on. */
  readonly retained?: boolean;
}

/** What a device says that it gave up: so many of the numbers between. */
export interface ToldDrop {
  readonly kind: string;
  readonly cause: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface StreamVerdict {
  /** The lowest number that this receiver knows of. */
  readonly first: number;
  /** Every number below this one came, or was told as given up. */
  readonly low: number | null;
  /** Different messages from `first` on. */
  readonly received: number;
  readonly doubles: number;
  /** Messages that came before one with a lower number, of what must be in order. */
  readonly outOfOrder: number;
  /** Numbers told as given up. */
  readonly toldDropped: number;
  /** Ranges of numbers that never came, and that the device says it delivered: these are lost. */
  readonly lost: readonly (readonly [number, number])[];
  /** How many of these it did not tell of; some of the numbers in a range may be told ones. */
  readonly lostCount: number;
  /** Numbers that may still come: the device has not said that they were delivered. */
  readonly waiting: number;
  /** Why nothing more is numbered in it; null while something may be. */
  readonly ended: string | null;
}

/** What a check knows, as it is kept over restarts. */
export interface StreamCheckState {
  /** null: nothing was heard. */
  readonly first: number | null;
  readonly ranges: readonly (readonly [number, number])[];
  readonly forgotten: number;
  /** By lane, the highest number. */
  readonly highest: Readonly<Record<string, number>>;
  readonly told: readonly ToldDrop[];
  readonly outOfOrder: number;
  readonly low: number | null;
  readonly next: number;
  readonly ended: string | null;
}

/** Gaps that are told apart; more of them are of no use to anybody. */
const MOST_RANGES = 1000;
/** Told drops that are told apart. */
const MOST_TOLD = 256;

/**
 * Checks one stream of numbers: every one comes once, in order within what was live and within what is history, or is told as
 * given up. See docs/mqtt/delivery.md.
 */
export class StreamCheck {
  readonly #received: NumberSet;
  readonly #highest: Map<string, number>;
  readonly #told: ToldDrop[];
  #first = Number.POSITIVE_INFINITY;
  #doubles = 0;
  #outOfOrder = 0;
  #low: number | null = null;
  #next = 1;
  #ended: string | null = null;

  /**
   * @param fromStart whether this receiver has heard the stream from its first message on, so that nothing before may lack
   * @param state of an earlier run, as `kept()` told it; doubles begin anew
   */
  constructor(fromStart = false, state: StreamCheckState | null = null) {
    this.#received = new NumberSet(state?.ranges, MOST_RANGES, state?.forgotten);
    this.#highest = new Map(Object.entries(state?.highest ?? {}));
    this.#told = [...(state?.told ?? [])];
    if (fromStart) this.#first = 1;
    if (state === null) return;
    this.#first = state.first ?? this.#first;
    this.#outOfOrder = state.outOfOrder;
    this.#low = state.low;
    this.#next = state.next;
    this.#ended = state.ended;
  }

  /** What must be known to go on after a restart. */
  kept(): StreamCheckState {
    return {
      first: Number.isFinite(this.#first) ? this.#first : null,
      ranges: this.#received.ranges,
      forgotten: this.#received.forgotten,
      highest: Object.fromEntries(this.#highest),
      told: [...this.#told],
      outOfOrder: this.#outOfOrder,
      low: this.#low,
      next: this.#next,
      ended: this.#ended,
    };
  }

  /** It began when this receiver listened already: nothing before what it heard may lack. */
  expectFromStart(): void {
    this.#first = 1;
  }

  /** @returns false for a double, which is to be dropped */
  take({ n, historical, topic, retained = false }: Numbered): boolean {
    this.#next = Math.max(this.#next, n + 1);
    if (retained) return this.#received.add(n);
    this.#first = Math.min(this.#first, n);
    if (!this.#received.add(n)) {
      this.#doubles++;
      return false;
    }
    // the newest of each report is told as live, whenever it was made
    const kind = historical ? ' historical' : ' live';
    const lane = topic.startsWith('report/') ? topic + kind : kind;
    const highest = this.#highest.get(lane) ?? 0;
    if (n < highest) this.#outOfOrder++;
    else this.#highest.set(lane, n);
    return true;
  }

  /** The device tells how far it is. @param retained whether it told so before this receiver listened */
  state(
    { low, next, ended }: { readonly low: number; readonly next: number; readonly ended?: string },
    retained = false,
  ): void {
    this.#low = Math.max(this.#low ?? 0, low);
    if (!retained) this.#first = Math.min(this.#first, low);
    this.#next = Math.max(this.#next, next);
    if (ended !== undefined) this.#ended = ended;
  }

  /** The device tells what it gave up. */
  dropped(drop: ToldDrop): void {
    this.#told.push(drop);
    if (this.#told.length <= MOST_TOLD) return;
    const [lowest, next] = this.#told.sort((a, b) => a.from - b.from) as [ToldDrop, ToldDrop];
    this.#told.splice(0, 2, {
      ...next,
      from: lowest.from,
      to: Math.max(lowest.to, next.to),
      count: lowest.count + next.count,
    });
  }

  verdict(): StreamVerdict {
    // of what was sent before it listened nothing is expected
    const first = Math.min(this.#first, this.#next);
    const through = (this.#low ?? 1) - 1;
    const lost: [number, number][] = [];
    let lostCount = 0;
    let toldDropped = 0;
    for (const { from, to, count } of this.#toldRanges()) {
      // before this receiver heard anything
      if (to < first) continue;
      const missing = this.#received.missing(Math.max(from, first), to);
      toldDropped += Math.min(count, countIn(missing));
      // numbers above the low watermark may still come
      const gone = countIn(this.#received.missing(Math.max(from, first), Math.min(to, through)));
      if (gone <= count) continue;
      lostCount += gone - count;
      lost.push(...missing);
    }
    for (const range of this.#untold(first, through)) {
      lostCount += countIn([range]);
      lost.push(range);
    }
    const missing = countIn(this.#received.missing(first, this.#next - 1));
    return {
      first,
      low: this.#low,
      received: this.#received.size - this.#received.sizeBelow(first),
      doubles: this.#doubles,
      outOfOrder: this.#outOfOrder,
      toldDropped,
      lost,
      lostCount,
      waiting: Math.max(0, missing - toldDropped - lostCount),
      ended: this.#ended,
    };
  }

  /** Told drops, those that overlap as one: which of their numbers are meant is not said. */
  #toldRanges(): { from: number; to: number; count: number }[] {
    const ranges: { from: number; to: number; count: number }[] = [];
    for (const { from, to, count } of [...this.#told].sort((a, b) => a.from - b.from)) {
      const last = ranges.at(-1);
      if (last && from <= last.to) {
        last.to = Math.max(last.to, to);
        last.count += count;
      } else ranges.push({ from, to, count });
    }
    return ranges;
  }

  /** Missing numbers that are in no told range. */
  #untold(first: number, through: number): [number, number][] {
    const known = this.#toldRanges();
    const gaps: [number, number][] = [];
    let next = first;
    for (const { from, to } of known) {
      if (from > next) gaps.push([next, Math.min(from - 1, through)]);
      next = Math.max(next, to + 1);
    }
    gaps.push([next, through]);
    return gaps.filter(([from, to]) => from <= to).flatMap(([from, to]) => this.#received.missing(from, to));
  }
}
