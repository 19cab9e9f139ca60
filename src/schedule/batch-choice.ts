import type { ArrivalForecast } from './arrivals.js';

/** A worker that could be given a batch, and what waits for one. */
export interface BatchQuestion {
  readonly now: number;
  /** When it could begin: now, or when it has done what it has. */
  readonly startAt: number;
  /** Sizes that it takes, ascending; fewer pictures than a size are filled up to it. */
  readonly sizes: readonly number[];
  /** ms that a batch of one of these sizes takes. */
  readonly takes: (size: number) => number;
  /** Whether a batch of this size was ever measured; one that was not is tried as soon as there are enough pictures. */
  readonly knows: (size: number) => boolean;
  /** Pictures that wait, >= 1. */
  readonly waiting: number;
  /** More has been coming for some time than is answered: what counts is how many are. */
  readonly hurried: boolean;
  /** When the answer of the first so many of them must be there at the latest; infinite where none is in a hurry. */
  readonly deadlineOf: (pictures: number) => number;
  /** Until when the first of them may go on waiting at an idle worker. */
  readonly waitUntil: number;
  readonly forecast: ArrivalForecast;
  /** Share of what comes that will be this worker's, 0..1. */
  readonly share: number;
}

/** Take so many pictures in a batch of `size`, or look again then. */
export type BatchAnswer =
  | { readonly kind: 'take'; readonly pictures: number; readonly size: number }
  | { readonly kind: 'wait'; readonly until: number };

/** Decides how many of the waiting pictures a worker takes, and when. */
export type BatchChoice = (question: BatchQuestion) => BatchAnswer;

/** Waiting has to answer sooner by this share: a forecast is not quite what comes. */
const WORTH_WAITING = 0.98;
/** A larger batch may cost so much more by the forecast: what it saves when more comes than was expected is worth that. */
const LARGER_MAY_COST = 0.99;
/** A batch for a busy worker is put together this long before it is wanted: the way there, and a timer's coarseness. */
const LEAD_MS = 2;
/** Times to wait for that are tried. */
const MOST_WAITS = 8;

/**
 * Each size, and each picture that can be counted on to come within the window, is tried on paper: what waits and what is
 * expected is answered in batches of up to that size, and the sum of all answers' times is what it costs. The least is
 * taken. So at a light load nobody waits, at a heavy one batches grow until they keep up, and where a batch gains nothing
 * (a processor) it is 1. For a worker that is busy a full batch is taken at once, anything less just before it is wanted.
 */
export const dynamicBatch: BatchChoice = (question) => {
  const { now, startAt, sizes, waiting } = question;
  const largest = sizes.at(-1)!;
  // nothing to choose: this is the way of every worker that takes one picture at a time
  if (largest === 1) return take(1, 1);
  const inTime = sizes.filter((size) => startAt + question.takes(size) <= question.deadlineOf(Math.min(size, waiting)));
  const usable = inTime.length > 0 ? inTime : sizes.slice(0, 1);
  if (waiting < usable.at(-1)! && startAt - LEAD_MS > now) return { kind: 'wait', until: startAt - LEAD_MS };
  const untried = usable.find((size) => size <= waiting && !question.knows(size));
  if (untried !== undefined) return take(untried, untried);
  if (question.hurried) {
    const size = mostPerMs(question, usable);
    return take(Math.min(size, waiting), holding(usable, Math.min(size, waiting)));
  }
  const best = leastCost(question, usable, startAt);
  const until = startAt > now ? null : worthWaiting(question, usable, best.cost);
  if (until !== null) return { kind: 'wait', until };
  const pictures = Math.min(best.size, waiting);
  return take(pictures, holding(usable, pictures));
};

const take = (pictures: number, size: number): BatchAnswer => ({ kind: 'take', pictures, size });

/** The smallest size that holds so many pictures. */
export function holding(sizes: readonly number[], pictures: number): number {
  return sizes.find((size) => size >= pictures) ?? sizes.at(-1)!;
}

/** The size that answers most pictures per ms, of those that can be filled. */
function mostPerMs({ waiting, takes }: BatchQuestion, usable: readonly number[]): number {
  let best = usable[0]!;
  for (const size of usable) {
    if (size <= waiting && size / takes(size) > best / takes(best)) best = size;
  }
  return best;
}

function leastCost(question: BatchQuestion, usable: readonly number[], startAt: number) {
  let best = { size: usable[0]!, cost: Number.POSITIVE_INFINITY };
  for (const size of usable) {
    const cost = costOf(question, usable, size, startAt);
    if (cost * LARGER_MAY_COST < best.cost) best = { size, cost: Math.min(cost, best.cost) };
  }
  return best;
}

/** When to look again instead; null where going now is as good. */
function worthWaiting(question: BatchQuestion, usable: readonly number[], costNow: number): number | null {
  const { now, waitUntil, forecast, waiting } = question;
  const largest = usable.at(-1)!;
  let best = costNow * WORTH_WAITING;
  let until: number | null = null;
  const room = Math.min(forecast.count, MOST_WAITS, largest - waiting);
  for (let i = 0; i < room; i++) {
    const at = forecast.at[i]!;
    if (at > waitUntil) break;
    if (forecast.sure[i] === 0) continue;
    if (at + question.takes(holding(usable, waiting + i + 1)) > question.deadlineOf(waiting)) break;
    const { cost } = leastCost(question, usable, Math.max(now, at));
    if (cost < best) [best, until] = [cost, at];
  }
  return until;
}

/** Sum of the answers' times, from now, of what waits and what is expected, in batches of up to `most` from `startAt` on. */
function costOf(question: BatchQuestion, usable: readonly number[], most: number, startAt: number): number {
  const { now, waiting, forecast, share } = question;
  let clock = startAt;
  let queued = waiting;
  let next = 0;
  // of what comes, only every so many are this worker's
  let part = 0;
  let sum = 0;
  for (;;) {
    for (; next < forecast.count && forecast.at[next]! <= clock; next++) {
      part += share;
      if (part < 1) continue;
      part--;
      queued++;
    }
    if (queued === 0) {
      if (next === forecast.count) return sum;
      clock = forecast.at[next]!;
      continue;
    }
    const pictures = Math.min(most, queued);
    clock += question.takes(holding(usable, pictures));
    sum += pictures * (clock - now);
    queued -= pictures;
  }
}
