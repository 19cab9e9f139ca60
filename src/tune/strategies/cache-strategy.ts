import type { Cache } from '../../cache/cache.js';
import { GhostCaches, type GhostCounts, hitRatioBetween } from '../../cache/ghosts/ghost-caches.js';
import { type MemorySettings, STRATEGIES, type StrategyName } from '../../cache/memory.js';
import type { Clock } from '../../foundation/clock.js';
import { median } from '../../foundation/statistics.js';
import { z } from '../../foundation/validate.js';
import type { OptimizationStrategy, ProposedChange, Score, Undo } from '../optimization-strategy.js';

/** What of a cache is looked at and changed. */
export type TunedCache = Pick<Cache, 'memorySettings' | 'changeMemory' | 'watchMemory' | 'getStats'>;

export interface CacheStrategyParts {
  readonly cache: TunedCache;
  /** As the configuration has them: no budget goes below that. */
  readonly configured: MemorySettings;
  /** How far the budget may grow; less than the configured one: not at all. */
  readonly maxBytes: number;
  /** Bytes of memory that are left; null where nothing tells. */
  readonly memoryFreeBytes: () => number | null;
  readonly clock: Clock;
}

/** Another way to set the memory tier up. */
interface CacheChange extends ProposedChange {
  readonly settings: MemorySettings;
}

/** What other settings of the memory tier would find of the same lookups. */
export interface SimulatedCaches {
  /** ms over which it was simulated. */
  readonly ms: number;
  /** Of the keys that are simulated now, 0..1. */
  readonly share: number;
  /** Since it is watched. */
  readonly lookups: number;
  readonly now: MemorySettings;
  /** Hit ratios, 0..1; null where too little was looked up. */
  readonly curves: readonly (MemorySettings & { readonly hitRatio: number | null })[];
}

/** What was simulated over some time. */
interface Slice {
  readonly ms: number;
  /** Hit ratios in the order of the settings; null where too little was looked up. */
  readonly ratios: readonly (number | null)[];
}

const NAMES = Object.keys(STRATEGIES) as StrategyName[];
const MOST_SIZES = 3;
const SLICE_MS = 60_000;
const LEAST_LOOKUPS = 500;
/** A gain must hold so many slices in a row. */
const SLICES = 3;
/** Hit ratio, 0..1, that another strategy must find more. */
const LEAST_GAIN = 0.02;
/** And what each doubling of the budget must find besides. */
const GAIN_PER_DOUBLING = 0.01;
/** What a budget that has grown may lose when it is halved again. */
const LOSS_PER_HALVING = 0.002;
/** Of the memory that is left a larger budget takes a part at most. */
const SHARE_OF_FREE = 0.25;
/** A score is made of so many lookups at least. */
const LOOKUPS_PER_SCORE = 50;
/** How often all of the cache is written until a strategy shows what it is worth: frequencies are learned over several rounds. */
const ROUNDS = 4;
const SHORTEST_WINDOW_MS = 120_000;
const LONGEST_WINDOW_MS = 1_800_000;
const MEBIBYTE = 2 ** 20;

const savedSettings = z.object({
  configured: z.object({ strategy: z.string(), maxBytes: z.number() }),
  strategy: z.enum(NAMES),
  maxBytes: z.int().min(1),
});

const settings = z.object({ strategy: z.enum(NAMES), maxBytes: z.int().min(1) });
const savedWay = z.object({ before: settings, after: settings });

/**
 * What leaves the memory of the cache first, and how much memory it has: simulated beside the real cache (`GhostCaches`), proposed where the gain
 * holds, and kept where the real hit ratio rises above that of the simulation of what was there before, in the same time.
 */
export class CacheStrategy implements OptimizationStrategy<CacheChange> {
  readonly type = 'cache';
  readonly #parts: CacheStrategyParts;
  readonly #settings: readonly MemorySettings[];
  #ghosts: GhostCaches | null = null;
  /** What stands when nothing is being tried. */
  #standing: MemorySettings;
  #slices: Slice[] = [];
  /** ms that only go forward: since when the slice is counted. */
  #sliceBegan = 0;
  #sliceFrom: GhostCounts | null = null;
  #scoreFrom: { readonly ghosts: GhostCounts; readonly hits: number; readonly lookups: number } | null = null;
  #score: Score = NO_SCORE;
  #bytesPerMs = 0;

  constructor(parts: CacheStrategyParts) {
    this.#parts = parts;
    this.#standing = parts.configured;
    this.#settings = sizesOf(parts.configured.maxBytes, parts.maxBytes).flatMap((maxBytes) =>
      NAMES.map((strategy) => ({ strategy, maxBytes })),
    );
  }

  observe(): void {
    const ghosts = this.#watched();
    const counts = ghosts.counts();
    this.#closeSlice(counts);
    this.#takeScore(counts);
  }

  propose(): CacheChange | null {
    const now = this.#indexOf(this.#current);
    if (now < 0 || this.#slices.length < SLICES) return null;
    let best: { readonly index: number; readonly gain: number; readonly worth: number } | null = null;
    for (const [index, settings] of this.#settings.entries()) {
      if (index === now) continue;
      const gain = this.#holdingGain(index, now);
      if (gain === null) continue;
      const worth = gain - leastGain(this.#current, settings);
      if (worth >= 0 && this.#hasRoomFor(settings) && worth > (best?.worth ?? -1)) best = { index, gain, worth };
    }
    return best === null ? null : this.#changeTo(this.#settings[best.index]!, best.gain, now, best.index);
  }

  async apply({ settings }: CacheChange): Promise<Undo> {
    const before = this.#current;
    this.#parts.cache.changeMemory(settings);
    this.#forgetScore();
    return async () => {
      this.#parts.cache.changeMemory(before);
      this.#standing = before;
      this.#forgetScore();
    };
  }

  wayBack({ settings: after }: CacheChange): object {
    return { before: this.#current, after };
  }

  async goBack(way: unknown): Promise<void> {
    const { before, after } = savedWay.parse(way);
    const { strategy, maxBytes } = this.#current;
    if (strategy !== after.strategy || maxBytes !== after.maxBytes || this.#indexOf(before) < 0)
      throw new Error(`the cache has other settings by now: ${strategy}, ${maxBytes} bytes`);
    this.#parts.cache.changeMemory(before);
    this.#standing = before;
    this.#forgetScore();
  }

  score(): Score {
    return this.#score;
  }

  kept(): void {
    this.#standing = this.#current;
    this.#forgetScore();
  }

  /** What was simulated over the last slices; null before the first. */
  simulated(): SimulatedCaches | null {
    const counts = this.#ghosts?.counts();
    if (counts === undefined || this.#slices.length === 0) return null;
    return {
      ms: this.#slices.reduce((sum, { ms }) => sum + ms, 0),
      share: counts.share,
      lookups: counts.lookups,
      now: this.#current,
      curves: this.#settings.map((settings, index) => ({
        ...settings,
        hitRatio: median(this.#slices.flatMap(({ ratios }) => ratios[index] ?? [])),
      })),
    };
  }

  rest(): void {
    this.#parts.cache.watchMemory(null);
    this.#ghosts = null;
    this.#slices = [];
    this.#sliceFrom = null;
    this.#forgetScore();
  }

  save(): object {
    const { strategy, maxBytes } = this.#standing;
    return { configured: this.#parts.configured, strategy, maxBytes };
  }

  restore(saved: unknown): void {
    const { data } = savedSettings.safeParse(saved);
    const { configured, cache } = this.#parts;
    // who changed the configuration means it
    if (!data || data.configured.strategy !== configured.strategy || data.configured.maxBytes !== configured.maxBytes)
      return;
    const settings = { strategy: data.strategy, maxBytes: data.maxBytes };
    if (this.#indexOf(settings) < 0 || !this.#hasRoomFor(settings)) return;
    cache.changeMemory(settings);
    this.#standing = settings;
  }

  get #current(): MemorySettings {
    return this.#parts.cache.memorySettings ?? this.#standing;
  }

  #watched(): GhostCaches {
    const { cache, clock } = this.#parts;
    if (this.#ghosts !== null) return this.#ghosts;
    this.#ghosts = new GhostCaches({ settings: this.#settings, now: () => clock.unixNow() });
    cache.watchMemory(this.#ghosts);
    return this.#ghosts;
  }

  #closeSlice(counts: GhostCounts): void {
    const now = this.#parts.clock.now();
    const from = this.#sliceFrom;
    if (from === null) {
      this.#sliceFrom = counts;
      this.#sliceBegan = now;
      return;
    }
    const passedMs = now - this.#sliceBegan;
    if (passedMs < SLICE_MS || counts.lookups - from.lookups < LEAST_LOOKUPS) return;
    this.#bytesPerMs = (counts.writtenBytes - from.writtenBytes) / passedMs;
    // in the first one the ghosts fill, which were empty
    const ratios = this.#settings.map((_, index) => hitRatioBetween(from, counts, index));
    if (from.lookups > 0) this.#slices.push({ ms: passedMs, ratios });
    if (this.#slices.length > SLICES) this.#slices.shift();
    this.#sliceFrom = counts;
    this.#sliceBegan = now;
  }

  #takeScore(counts: GhostCounts): void {
    const { hits = 0, misses = 0 } = this.#parts.cache.getStats().memory ?? {};
    const to = { ghosts: counts, hits, lookups: hits + misses };
    const from = this.#scoreFrom;
    this.#score = NO_SCORE;
    if (from === null) this.#scoreFrom = to;
    if (from === null || to.lookups - from.lookups < LOOKUPS_PER_SCORE) return;
    this.#scoreFrom = to;
    const hitRatio = (to.hits - from.hits) / (to.lookups - from.lookups);
    const index = this.#indexOf(this.#standing);
    const without = index < 0 ? null : hitRatioBetween(from.ghosts, counts, index);
    // a difference is compared with differences only
    if (without === null) return;
    this.#score = { value: hitRatio, without, parts: { 'hit ratio': hitRatio, 'simulated before': without } };
  }

  #forgetScore(): void {
    this.#scoreFrom = null;
    this.#score = NO_SCORE;
  }

  /** The median over the last slices of what it would find more; null where it would not in each of them. */
  #holdingGain(index: number, now: number): number | null {
    const least = leastGain(this.#current, this.#settings[index]!);
    const gains: number[] = [];
    for (const { ratios } of this.#slices) {
      const [ratio, present] = [ratios[index] ?? null, ratios[now] ?? null];
      if (ratio === null || present === null || ratio - present < least / 2) return null;
      gains.push(ratio - present);
    }
    return median(gains);
  }

  #hasRoomFor({ maxBytes }: MemorySettings): boolean {
    const free = this.#parts.memoryFreeBytes();
    const growth = maxBytes - this.#current.maxBytes;
    return growth <= 0 || free === null || growth <= free * SHARE_OF_FREE;
  }

  #changeTo(settings: MemorySettings, gain: number, from: number, to: number): CacheChange {
    const usual = (index: number) => median(this.#slices.flatMap(({ ratios }) => ratios[index] ?? [])) ?? 0;
    const share = this.#ghosts?.counts().share ?? 1;
    const minutes = Math.round(this.#slices.reduce((sum, { ms }) => sum + ms, 0) / 60_000);
    const sample = share === 1 ? 'of all keys' : `of 1 key in ${1 / share}`;
    const found =
      gain >= 0
        ? `${percent(usual(to))} would be found instead of ${percent(usual(from))}`
        : 'as good as nothing would be lost';
    // by then what was there before has gone
    const turnoverMs =
      this.#bytesPerMs > 0 ? Math.max(settings.maxBytes, this.#current.maxBytes) / this.#bytesPerMs : 0;
    return {
      knobs: [],
      from: nameOf(this.#current),
      to: nameOf(settings),
      reason: `simulated ${sample}, ${found} over the last ${minutes} min`,
      windowMs: Math.round(Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, ROUNDS * turnoverMs))),
      leastEffect: gain >= 0 ? Math.max(LEAST_GAIN / 2, gain / 3) : LEAST_GAIN / 2,
      mustPay: gain >= 0,
      settings,
    };
  }

  #indexOf({ strategy, maxBytes }: MemorySettings): number {
    return this.#settings.findIndex((other) => other.strategy === strategy && other.maxBytes === maxBytes);
  }
}

const NO_SCORE: Score = { value: null, without: null, parts: {} };

/** The configured budget, doubled once or twice where that may be. */
function sizesOf(configured: number, most: number): number[] {
  const sizes = [configured];
  while (sizes.length < MOST_SIZES && sizes.at(-1)! * 2 <= most) sizes.push(sizes.at(-1)! * 2);
  return sizes;
}

/** What the simulation must find more, so that a change is worth it; negative where memory is given back. */
function leastGain(from: MemorySettings, to: MemorySettings): number {
  const doublings = Math.log2(to.maxBytes / from.maxBytes);
  return doublings < 0 ? doublings * LOSS_PER_HALVING : LEAST_GAIN + doublings * GAIN_PER_DOUBLING;
}

const nameOf = ({ strategy, maxBytes }: MemorySettings): string =>
  `${strategy} ${Number((maxBytes / MEBIBYTE).toPrecision(3))} MiB`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
