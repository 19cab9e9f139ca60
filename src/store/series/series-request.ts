import { durationOf } from '../../foundation/duration.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../../foundation/past-time.js';
import { didYouMean } from '../../foundation/validate.js';
import type { CatalogEntry } from './series-catalog.js';
import { usualStep } from './series-reader.js';

/** What somebody wants to know of the past, as they wrote it. */
export interface RequestWords {
  /** How far back, `24h`, or a time; default 24 hours before `until`, or as much of them as there is. */
  readonly since?: string | undefined;
  /** The same; default now. */
  readonly until?: string | undefined;
  /** `1m`; default such that there are about as many points as `usualPoints`. */
  readonly step?: string | undefined;
}

/** The same in Unix ms and ms. */
export interface RequestedTime {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

export interface RequestBounds {
  /** Unix ms. */
  readonly now: number;
  /** Of one series. */
  readonly mostPoints: number;
  readonly usualPoints?: number;
  /** What is asked for began then, Unix ms: the time that nobody named does not begin much before. */
  readonly keptFrom?: number;
  /** And ended then: where that is over a day ago, the time that nobody named ends with it. */
  readonly keptTo?: number;
  /** What a word is called where it was written: `--since`. */
  readonly nameOf?: (word: keyof RequestWords) => string;
}

const DAY_MS = 86_400_000;
const FINEST_MS = 10_000;
/** A shorter time is not shown unless it is named. */
const LEAST_USUAL_MS = 300_000;

/** @returns what is wrong with the words, all of it, where something is */
export function readRequest(words: RequestWords, bounds: RequestBounds): RequestedTime | readonly string[] {
  const {
    now,
    mostPoints,
    usualPoints,
    nameOf = (word) => word,
    keptFrom = Number.NEGATIVE_INFINITY,
    keptTo = now,
  } = bounds;
  const problems: string[] = [];
  const timeOf = (word: 'since' | 'until', before: number, otherwise: number): number => {
    const text = words[word];
    if (text === undefined) return otherwise;
    const time = pastTime(text, before);
    if (time !== null) return time;
    problems.push(`${nameOf(word)}: expected ${PAST_TIME_IN_WORDS}, got ${text || 'nothing'}`);
    return otherwise;
  };
  const isLongAgo = words.since === undefined && keptTo < now - DAY_MS;
  const to = timeOf('until', now, isLongAgo ? keptTo : now);
  const from = timeOf('since', to, Math.max(to - DAY_MS, Math.min(keptFrom, to - LEAST_USUAL_MS)));
  if (problems.length === 0 && from >= to) {
    problems.push(`${nameOf('since')}: expected a time before ${iso(to)}, got ${iso(from)}`);
  }
  const stepMs = stepOf(words.step, usualStep(to - from, usualPoints));
  if (stepMs === null)
    problems.push(`${nameOf('step')}: expected a time like 10s, 1m or 1h, got ${words.step || 'nothing'}`);
  else if (problems.length === 0 && (to - from) / stepMs > mostPoints) {
    const least = usualStep(to - from, mostPoints) / 1000;
    const got = words.step ?? `${stepMs / 1000}s`;
    problems.push(
      `${nameOf('step')}: expected ${least}s or more, ${mostPoints} steps at most in that time, got ${got}`,
    );
  }
  return problems.length > 0 ? problems : { from, to, stepMs: stepMs! };
}

/** What to say where nothing is kept of a metric, or of these labels of it. @param word what was asked for */
export function unknownSeries(
  word: string,
  labels: Readonly<Record<string, string>>,
  known: readonly CatalogEntry[],
): string {
  const ofMetric = known.filter(({ key }) => key.metric === word || key.name === word);
  if (ofMetric.length > 0) {
    const asked = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const there = ofMetric.slice(0, 8).map(({ key }) => key.name);
    return `${word} has no series with ${asked.join(' and ')}: there is ${there.join(', ')}${ofMetric.length > 8 ? ', …' : ''}`;
  }
  const names = [...new Set(known.flatMap(({ key }) => [key.metric, key.name]))];
  const meant = names.filter((name) => name.includes(word)).slice(0, 5);
  const near = didYouMean(word, names);
  const hint = meant.length > 0 ? meant.join(', ') : near;
  return `nothing is kept of a metric ${word}${hint === null ? '' : `: did you mean ${hint}?`}`;
}

function stepOf(text: string | undefined, otherwise: number): number | null {
  if (text === undefined) return otherwise;
  const ms = durationOf(text.trim());
  return ms === null || ms <= 0 ? null : Math.max(FINEST_MS, Math.ceil(ms));
}

const iso = (t: number): string => new Date(t).toISOString();
