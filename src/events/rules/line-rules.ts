import { isOfClass } from './class-of-vehicle.js';
import { type LinePassage, linePassage } from './line-passage.js';
import { judgeCrossing, judgeHeldUp } from './red-light.js';
import type { RoadView } from './road-view.js';
import type { RuleTerms } from './rule-terms.js';
import type { SignalStates } from './signal-states.js';
import type { RuleVerdict } from './verdict.js';
import type { RuleMemory, WatchedVehicle } from './watched-vehicle.js';

/** A rule about who goes over a line in a direction. */
export type LineRule = RuleTerms & { readonly offence: 'wrong-way' | 'red-light' };

/** A crossing is settled with this much of the way, in sizes, or with somewhat less where it ends so far beyond the line. */
const LEAST_SIZES = 1;
const LEAST_SEEN_SIZES = 0.75;
const LEAST_CONSISTENCY = 0.75;
/** The way is read for so long before and after it; not earlier after it than that, ms. */
const AROUND_MS = 2500;
const SETTLED_AFTER_MS = 250;
/** Who is held up on the line is waited for so long, ms. */
const HELD_UP_MS = 180_000;

/** The name that a line has for the direction of a rule. */
function directionOf({ line, side }: LineRule): string {
  return side === 1 ? line.left : line.right;
}

/** A vehicle was told to have crossed the line of a rule. */
export function noteCrossing(rule: LineRule, direction: string, memory: RuleMemory, now: number): void {
  if (directionOf(rule) === direction) memory.pending ??= { toldAt: now };
  // who drives back may offend again
  else Object.assign(memory, { isTold: false, pending: null });
}

/** Judges a crossing as soon as its way is clear. */
export function judgeLine(
  rule: LineRule,
  memory: RuleMemory,
  vehicle: WatchedVehicle,
  view: RoadView,
  signals: SignalStates | null,
): RuleVerdict {
  const { pending } = memory;
  const waitedMs = pending === null ? 0 : view.now - pending.toldAt;
  if (pending === null || waitedMs < SETTLED_AFTER_MS) return null;
  const steps = vehicle.path.stepsSince(pending.toldAt - AROUND_MS);
  const passage = linePassage(steps, rule.line, rule.side, view.height);
  const isClear = isOver(passage) && passage.consistency >= LEAST_CONSISTENCY;
  const isOnLine = Math.abs(passage.beyondSizes) < LEAST_SIZES;
  if (!isClear && waitedMs < (isOnLine ? HELD_UP_MS : AROUND_MS)) return null;
  memory.pending = null;
  const from = passage.at ?? pending.toldAt;
  if (!isClear || memory.isTold || !rule.holds(view.unix(from)) || !isOfClass(rule, vehicle)) return null;
  const where = { line: rule.line.id, direction: directionOf(rule) };
  const certainty = passage.consistency * vehicle.confidence;
  if (rule.offence === 'wrong-way') {
    return { finding: { offence: rule.offence, ...where, angleDeg: passage.angleDeg }, certainty, from };
  }
  const shownAt = (at: number) => signals?.shown(rule.signal, view.unix(at), rule.maxAgeMs) ?? null;
  const signal = shownAt(from);
  const isHeldUp = waitedMs > AROUND_MS;
  const verdict = isHeldUp ? judgeHeldUp(signal, shownAt(view.now), rule) : judgeCrossing(signal, rule);
  if (verdict === 'unknown') return 'undecided';
  return verdict === 'lawful'
    ? null
    : { finding: { offence: rule.offence, ...where, signal: signal! }, certainty, from };
}

function isOver({ sizes, beyondSizes }: LinePassage): boolean {
  return sizes >= LEAST_SIZES || (beyondSizes >= LEAST_SIZES && sizes >= LEAST_SEEN_SIZES);
}
