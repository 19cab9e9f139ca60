import type { SeriesPoint } from '../../store/series/series-point.js';
import type { OUTAGE_CAUSES } from '../../telemetry/mqtt/messages/daily-report.js';
import type { LocalDay } from './local-day.js';

export type OutageCause = (typeof OUTAGE_CAUSES)[number];

/** A time in which nothing was seen: up to but without `to`, Unix ms. */
export interface Interruption {
  readonly from: number;
  readonly to: number;
  readonly cause: OutageCause;
}

/** How much of a time something was there, and when it was not. */
export interface Availability {
  /** 0..1; null where nothing is kept that could tell. */
  readonly share: number | null;
  readonly outages: readonly Interruption[];
}

/** Readings step by step over one time. */
export interface Readings {
  readonly stepMs: number;
  /** In order of time; where nothing was read there is none. */
  readonly points: readonly SeriesPoint[];
}

type Span = Pick<LocalDay, 'from' | 'to'>;
type StepKind = 'served' | 'lost' | 'unread';

/** A camera that was paused by a command, Unix ms. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/**
 * When the program ran: at whatever time its own running time was read.
 *
 * @param machineUptime how long the machine ran, in seconds: after an outage it tells whether that was off too
 * @param kept the time of which there is anything; null: there is nothing
 */
export function programAvailability(
  uptime: Readings,
  machineUptime: Readings,
  span: Span,
  kept: Span | null,
): Availability {
  const read = new Map(uptime.points.map((point) => [point.t, point]));
  const steps = stepsOf(span, uptime.stepMs);
  const isBetween = kept !== null && kept.from < span.from && kept.to > span.to;
  if (read.size === 0 && !isBetween) return { share: null, outages: [] };
  let seconds = 0;
  for (const t of steps) seconds += Math.min(uptime.stepMs / 1000, read.get(t)?.count ?? 0);
  const gaps = runsOf(steps, uptime.stepMs, (t) => !read.has(t));
  const outages = gaps.map((gap): Interruption => ({ ...gap, cause: offCause(gap, machineUptime) }));
  return { share: shareOf(seconds, span), outages };
}

/**
 * When a camera delivered: whenever frames were captured.
 *
 * @param captured frames per second
 * @param program when the program ran; a share of null: nobody knows
 * @param since Unix ms of the first reading that there ever was of it: before, it was not there and is not blamed. null: there is
 *   none, and a camera that is configured was lost
 */
export function cameraAvailability(
  captured: Readings,
  program: Availability,
  pauses: readonly Pause[],
  span: Span,
  since: number | null,
): Availability {
  const { stepMs } = captured;
  const judged = { ...span, from: Math.max(span.from, since ?? span.from) };
  if (judged.from >= judged.to) return { share: null, outages: [] };
  const read = new Map(captured.points.map((point) => [point.t, point]));
  if (read.size === 0 && program.share === null) return { share: null, outages: [] };
  const kindOf = (t: number): StepKind => {
    const point = read.get(t);
    if (point === undefined) return 'unread';
    return point.max > 0 ? 'served' : 'lost';
  };
  // the step in which it came is one in which it was there
  const steps = stepsOf({ ...judged, from: Math.max(span.from, Math.floor(judged.from / stepMs) * stepMs) }, stepMs);
  let seconds = 0;
  for (const t of steps) if (kindOf(t) === 'served') seconds += Math.min(stepMs / 1000, read.get(t)!.count);
  const gaps = runsOf(steps, stepMs, (t) => kindOf(t) !== 'served');
  const outages = gaps.flatMap((gap) => partsOf(gap, program, pauses));
  return { share: shareOf(seconds, judged), outages };
}

/** The longest of them, in order of time. */
export function longestOutages(outages: readonly Interruption[], most: number): Interruption[] {
  return [...outages]
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, most)
    .sort((a, b) => a.from - b.from);
}

/** A gap divided by what the program did meanwhile. */
function partsOf(gap: Span, program: Availability, pauses: readonly Pause[]): Interruption[] {
  const parts: Interruption[] = [];
  let from = gap.from;
  for (const outage of program.outages) {
    const begin = Math.max(from, outage.from);
    const end = Math.min(gap.to, outage.to);
    if (begin >= end) continue;
    if (begin > from) parts.push({ from, to: begin, cause: ownCause(from, begin, program, pauses) });
    parts.push({ from: begin, to: end, cause: outage.cause });
    from = end;
  }
  if (from < gap.to) parts.push({ from, to: gap.to, cause: ownCause(from, gap.to, program, pauses) });
  return parts;
}

function ownCause(from: number, to: number, program: Availability, pauses: readonly Pause[]): OutageCause {
  if (pauses.some((pause) => Math.min(to, pause.to) - Math.max(from, pause.from) > (to - from) / 2)) return 'paused';
  return program.share === null ? 'not-measured' : 'camera-lost';
}

/** Whether the machine was off too: what ran on is longer up than the gap is long. */
function offCause({ from, to }: Span, machineUptime: Readings): OutageCause {
  const after = machineUptime.points.find(({ t }) => t >= to);
  if (after === undefined) return 'program-off';
  const startedAt = after.t - after.min * 1000;
  return startedAt > from ? 'machine-off' : 'program-off';
}

function stepsOf({ from, to }: Span, stepMs: number): number[] {
  const steps: number[] = [];
  for (let t = Math.floor(from / stepMs) * stepMs; t < to; t += stepMs) if (t + stepMs / 2 >= from) steps.push(t);
  return steps;
}

function runsOf(steps: readonly number[], stepMs: number, isOut: (t: number) => boolean): Span[] {
  const runs: { from: number; to: number }[] = [];
  for (const t of steps) {
    if (!isOut(t)) continue;
    const last = runs.at(-1);
    if (last?.to === t) last.to = t + stepMs;
    else runs.push({ from: t, to: t + stepMs });
  }
  return runs;
}

const shareOf = (seconds: number, { from, to }: Span): number =>
  Math.min(1, Math.round((seconds * 1e7) / (to - from)) / 1e4);
