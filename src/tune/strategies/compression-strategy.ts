import { z } from '../../foundation/validate.js';
import type { Observation } from '../observation.js';
import type { OptimizationStrategy, ProposedChange, Score, Undo } from '../optimization-strategy.js';
import { unrestOf } from '../points/idle-gate.js';
import type { KnobChange } from './knob-change.js';

/** What of compressing pictures is looked at and changed. */
export interface TunedCompression {
  /** How much of a core a picture may cost, 0..`most`. */
  effort: number;
  readonly most: number;
  /** Pictures compressed since the start. */
  readonly pictures: number;
  /** By how much smaller than plain JPEG pictures came out lately, natural logarithm; null before any did. */
  readonly saved: number | null;
}

export interface CompressionStrategyParts {
  /** Moves the quality of pictures within the budget of the uplink. */
  readonly quality: OptimizationStrategy<KnobChange>;
  readonly compression: TunedCompression;
  /** Null before the first. */
  readonly observation: () => Observation | null;
  /** What outlives a restart. */
  readonly states: { keep(name: string, state: object): void; kept(name: string): unknown };
}

/** Another effort. */
interface EffortChange extends ProposedChange {
  readonly effort: number;
}

/** The name that the effort is kept under. */
const STATE = 'compression-effort';
/** So many pictures show what an effort brings; fewer in the longest window are not worth a trial. */
const PICTURES = 30;
const [SHORTEST_WINDOW_MS, LONGEST_WINDOW_MS] = [300_000, 3_600_000];
/** Logarithm of bytes that more effort must save. */
const LEAST_SAVED = 0.03;
/** After heat or a rush more effort is not tried for so long, ms. */
const REST_MS = 1_800_000;
/** The price of less effort, logarithm of bytes: it is never taken back for what pictures have more of it. */
const ANY_PRICE = 3;
/** Rates are of so long at most, ms. */
const COUNTED_MS = 3_600_000;

const saved = z.object({ effort: z.int().min(0) });
const savedWay = z.object({ before: z.int().min(0), effort: z.int().min(0) });

/**
 * How pictures are compressed: their quality, which the budget of the uplink decides, and how much effort goes into each. Heat, late
 * frames and busy cores take effort away at once; while the board is at rest more is tried, and kept where the pictures come out smaller.
 */
export class CompressionStrategy implements OptimizationStrategy<KnobChange | EffortChange> {
  readonly type = 'compression';
  readonly keptAs: string;
  readonly #parts: CompressionStrategyParts;
  /** Pictures at times, oldest first. */
  #counted: { readonly at: number; readonly pictures: number }[] = [];
  #unrestAt = Number.NEGATIVE_INFINITY;

  constructor(parts: CompressionStrategyParts) {
    this.#parts = parts;
    this.keptAs = parts.quality.keptAs ?? parts.quality.type;
  }

  async observe(): Promise<void> {
    const { quality, observation, compression } = this.#parts;
    await quality.observe();
    const seen = observation();
    if (seen === null) return;
    if (unrestOf(seen) !== null) this.#unrestAt = seen.now;
    const last = this.#counted.at(-1);
    if (last === undefined || seen.now > last.at) this.#counted.push({ at: seen.now, pictures: compression.pictures });
    while (this.#counted[0]!.at < seen.now - COUNTED_MS) this.#counted.shift();
  }

  async propose(): Promise<KnobChange | EffortChange | null> {
    const change = await this.#parts.quality.propose();
    if (change !== null) return change;
    const seen = this.#parts.observation();
    return seen === null ? null : (this.#less(seen) ?? this.#more(seen));
  }

  whyNothing(): string {
    const { quality, compression } = this.#parts;
    const effort = `effort ${compression.effort} of ${compression.most}`;
    return [quality.whyNothing?.(), `${effort}, ${compression.pictures} pictures so far`].filter(Boolean).join('; ');
  }

  async apply(change: KnobChange | EffortChange): Promise<Undo> {
    if (!('effort' in change)) return this.#parts.quality.apply(change);
    const { compression } = this.#parts;
    const before = compression.effort;
    compression.effort = change.effort;
    return async () => {
      // what was moved since stays
      if (compression.effort === change.effort) this.#putBack(change.effort, before);
    };
  }

  wayBack(change: KnobChange | EffortChange): object | null {
    if (!('effort' in change)) return this.#parts.quality.wayBack?.(change) ?? null;
    return { before: this.#parts.compression.effort, effort: change.effort };
  }

  async goBack(way: unknown): Promise<void> {
    const { quality, compression } = this.#parts;
    const { data } = savedWay.safeParse(way);
    if (data === undefined) {
      if (quality.goBack === undefined) throw new Error('what stood before cannot be read');
      await quality.goBack(way);
      return;
    }
    if (compression.effort !== data.effort) throw new Error(`the effort is ${compression.effort} by now`);
    this.#putBack(data.effort, data.before);
  }

  /** Of the quality, and what effort saves; where either has no score, the other's. */
  score(): Score {
    const { value, parts, ...rest } = this.#parts.quality.score();
    const { saved: effect } = this.#parts.compression;
    if (effect === null) return { value, parts, ...rest };
    return { ...rest, value: (value ?? 0) + effect, parts: { ...parts, 'bytes saved, logarithm': effect } };
  }

  kept(): void {
    this.#parts.quality.kept?.();
    this.#parts.states.keep(STATE, { effort: this.#parts.compression.effort });
  }

  rest(): void {
    this.#parts.quality.rest?.();
    this.#counted = [];
  }

  save(): object {
    return { ...this.#parts.quality.save?.(), effort: this.#parts.compression.effort };
  }

  async restore(state: unknown): Promise<void> {
    const { quality, states, compression } = this.#parts;
    // other strategies keep theirs in the same place, without an effort
    const { data } =
      [state, states.kept(STATE)].map((one) => saved.safeParse(one)).find(({ success }) => success) ?? {};
    if (data !== undefined && data.effort <= compression.most) compression.effort = data.effort;
    await quality.restore?.(state);
  }

  /** Where the effort was kept, a restart is not to bring it again. */
  #putBack(from: number, to: number): void {
    const { compression, states } = this.#parts;
    compression.effort = to;
    if (saved.safeParse(states.kept(STATE)).data?.effort === from) states.keep(STATE, { effort: to });
  }

  #less(seen: Observation): EffortChange | null {
    const { compression } = this.#parts;
    const why = unrestOf(seen);
    if (why === null || compression.effort === 0 || compression.pictures === 0) return null;
    // heat does not wait for another step
    const effort = seen.throttledBy.length > 0 ? 0 : compression.effort - 1;
    return {
      ...changeTo(compression.effort, effort),
      reason: `${why}, and ${compression.pictures} pictures were compressed so far`,
      windowMs: SHORTEST_WINDOW_MS,
      leastEffect: ANY_PRICE,
      isEmergency: true,
    };
  }

  #more(seen: Observation): EffortChange | null {
    const { compression } = this.#parts;
    const first = this.#counted[0];
    if (compression.effort >= compression.most || first === undefined || seen.now - this.#unrestAt < REST_MS)
      return null;
    const [pictures, ms] = [compression.pictures - first.pictures, seen.now - first.at];
    if (pictures < PICTURES || ms < SHORTEST_WINDOW_MS) return null;
    return {
      ...changeTo(compression.effort, compression.effort + 1),
      reason: `the board is at rest, and ${pictures} pictures in ${Math.round(ms / 60_000)} min might be smaller`,
      windowMs: Math.round(Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, (PICTURES * ms) / pictures))),
      leastEffect: LEAST_SAVED,
      mustPay: true,
    };
  }
}

function changeTo(from: number, to: number): Pick<EffortChange, 'knobs' | 'from' | 'to' | 'effort'> {
  return { knobs: [], from: `effort ${from}`, to: `effort ${to}`, effort: to };
}
