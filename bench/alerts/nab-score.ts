/** What hits, false alarms and misses are worth in a profile of the Numenta Anomaly Benchmark. */
export interface NabProfile {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
}

export const NAB_PROFILES = {
  standard: { truePositive: 1, falsePositive: 0.11, falseNegative: 1 },
  lowFalsePositives: { truePositive: 1, falsePositive: 0.22, falseNegative: 1 },
  lowFalseNegatives: { truePositive: 1, falsePositive: 0.11, falseNegative: 2 },
} as const satisfies Record<string, NabProfile>;

/** One series of the corpus. */
export interface NabSeries {
  /** `realTraffic/speed_t4013.csv`. */
  readonly file: string;
  /** Unix ms of each row, in the order of the file: times may repeat or go back. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  /** First and last row of each window with an anomaly, in order. */
  readonly windows: readonly (readonly [first: number, last: number])[];
}

/** A row that counts: with which anomaly score it is an alarm, and what one is worth there. */
interface ScoredRow {
  readonly score: number;
  readonly worth: number;
  /** Of the corpus; null outside of all windows. */
  readonly window: number | null;
}

/** What a detector is worth at a threshold. */
export interface NabResult {
  /** Sum of the worths. */
  readonly raw: number;
  /** 0 of a detector that never alarms, 100 of a perfect one. */
  readonly normalised: number;
  readonly threshold: number;
  readonly foundWindows: number;
  readonly falseAlarms: number;
}

/** Rows at the beginning of a series that are not scored: 15 %, 750 at most. */
export const probationOf = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

/** What an alarm is worth by its place: 1 long before the end of a window, 0 at the end, -1 far behind it. */
const sigmoid = (y: number): number => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);
const MOST = sigmoid(-1);

/**
 * The anomaly scores of a detector on some series, ready to be scored at any threshold, as the Numenta Anomaly Benchmark does it:
 * an alarm within a window is worth more the earlier it is, and only the best of a window counts; one outside costs, little shortly behind a
 * window; a window without an alarm costs.
 */
export class NabScoring {
  readonly #profile: NabProfile;
  readonly #rows: readonly ScoredRow[];
  readonly #windows: number;

  /** @param scores of each series: one per row, higher is more anomalous; with scores of 0 a row is never an alarm */
  constructor(series: readonly NabSeries[], scores: readonly (readonly number[])[], profile: NabProfile) {
    this.#profile = profile;
    let windows = 0;
    this.#rows = series
      .flatMap((one, i) => {
        const rows = scoredRows(one, scores[i]!, profile, windows);
        windows += one.windows.length;
        return rows;
      })
      .sort((a, b) => b.score - a.score);
    this.#windows = windows;
  }

  /** At one threshold: a row is an alarm if its score reaches it. */
  at(threshold: number): NabResult {
    return this.#result(this.#rows.slice(0, this.#alarms(threshold)), threshold);
  }

  /** At the threshold that is best for these very series, which the benchmark allows. */
  best(): NabResult {
    const part = this.#misses();
    let total = this.#nothing;
    let best = { total, threshold: Number.POSITIVE_INFINITY };
    for (let i = 0; i < this.#rows.length; i++) {
      const { score, worth, window } = this.#rows[i]!;
      if (window === null) total += worth;
      else if (worth > part[window]!) {
        total += worth - part[window]!;
        part[window] = worth;
      }
      const isLast = this.#rows[i + 1]?.score !== score;
      if (isLast && total > best.total + 1e-12) best = { total, threshold: score };
    }
    return this.at(best.threshold);
  }

  get #nothing(): number {
    return -this.#profile.falseNegative * this.#windows;
  }

  #misses(): Float64Array {
    return new Float64Array(this.#windows).fill(-this.#profile.falseNegative);
  }

  /** How many of the rows, which are in falling order, reach the threshold. */
  #alarms(threshold: number): number {
    const first = this.#rows.findIndex(({ score }) => score < threshold);
    return first < 0 ? this.#rows.length : first;
  }

  #result(alarms: readonly ScoredRow[], threshold: number): NabResult {
    const part = this.#misses();
    let outside = 0;
    let falseAlarms = 0;
    for (const { worth, window } of alarms) {
      if (window !== null) part[window] = Math.max(part[window]!, worth);
      else {
        outside += worth;
        falseAlarms++;
      }
    }
    const raw = part.reduce((sum, worth) => sum + worth, outside);
    const perfect = this.#profile.truePositive * this.#windows;
    const normalised = (100 * (raw - this.#nothing)) / (perfect - this.#nothing);
    const foundWindows = part.filter((worth) => worth > -this.#profile.falseNegative).length;
    return { raw, normalised, threshold, foundWindows, falseAlarms };
  }
}

/** Rows after the probation whose score is above 0. @param firstWindow number of the series' first window in the corpus */
function scoredRows(
  { values, windows }: NabSeries,
  scores: readonly number[],
  profile: NabProfile,
  firstWindow: number,
): ScoredRow[] {
  const rows: ScoredRow[] = [];
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    while (next < windows.length && i > windows[next]![1]) next++;
    const score = scores[i]!;
    if (i < probationOf(values.length) || !(score > 0)) continue;
    const window = windows[next];
    const isWithin = window !== undefined && i >= window[0];
    if (isWithin) rows.push({ score, worth: worthWithin(window, i, profile), window: firstWindow + next });
    else rows.push({ score, worth: worthBehind(windows[next - 1], i, profile), window: null });
  }
  return rows;
}

function worthWithin([first, last]: readonly [number, number], row: number, { truePositive }: NabProfile): number {
  return (sigmoid(-(last - row + 1) / (last - first + 1)) * truePositive) / MOST;
}

/** @param before the window that ended last; none before the first one has */
function worthBehind(
  before: readonly [number, number] | undefined,
  row: number,
  { falsePositive }: NabProfile,
): number {
  if (before === undefined) return -falsePositive;
  const [first, last] = before;
  return sigmoid((row - last) / (last - first)) * falsePositive;
}
