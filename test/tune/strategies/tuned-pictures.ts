import type { Observation } from '../../../src/tune/observation.js';
import type { OptimizationStrategy } from '../../../src/tune/optimization-strategy.js';
import { CompressionStrategy, type TunedCompression } from '../../../src/tune/strategies/compression-strategy.js';
import type { KnobChange } from '../../../src/tune/strategies/knob-change.js';
import { SMALL_POINT } from '../two-points.js';

const OBSERVED_EVERY_MS = 30_000;

const REST: Omit<Observation, 'now' | 'unixNow'> = {
  knobs: { point: SMALL_POINT, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 100 },
  cameras: [],
  serviceMs: 3,
  p95LatencyMs: 15,
  lateShare: 0,
  errorShare: 0,
  keptF1: null,
  temperature: 50,
  throttleAt: 90,
  throttledBy: [],
  watts: null,
  cpuBusy: 0.2,
  cpuBusyElsewhere: 0,
  memoryBytes: null,
  memoryFreeBytes: null,
  uplinkBytesPerDay: null,
};

/** The strategy over pictures that are compressed as time passes. */
export class TunedPictures {
  readonly compression: { -readonly [K in keyof TunedCompression]: TunedCompression[K] } = {
    effort: 1,
    most: 3,
    pictures: 0,
    saved: null,
  };
  /** What the quality proposes, as the uplink's budget has it. */
  proposed: KnobChange | null = null;
  readonly kept = new Map<string, object>();
  readonly strategy: CompressionStrategy;
  #now = 1_000_000;
  #observation: Observation | null = null;
  #isJammed = false;

  constructor() {
    const quality: OptimizationStrategy<KnobChange> = {
      type: 'compression',
      keptAs: 'knobs',
      observe: () => undefined,
      propose: () => this.proposed,
      apply: async () => async () => undefined,
      score: () => ({ value: 0.8, parts: { quality: 0.8 } }),
    };
    const tuned = this.compression;
    const isJammed = () => this.#isJammed;
    this.strategy = new CompressionStrategy({
      quality,
      compression: {
        most: tuned.most,
        get effort() {
          return tuned.effort;
        },
        set effort(effort: number) {
          if (isJammed()) throw new Error('the effort cannot be changed');
          tuned.effort = effort;
        },
        get pictures() {
          return tuned.pictures;
        },
        get saved() {
          return tuned.saved;
        },
      },
      observation: () => this.#observation,
      states: { keep: (name, state) => this.kept.set(name, state), kept: (name) => this.kept.get(name) ?? null },
    });
  }

  /** So many half minutes, each with so many pictures. */
  async pass(times: number, { pictures = 0, ...more }: Partial<Observation> & { pictures?: number }): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.#now += OBSERVED_EVERY_MS;
      this.compression.pictures += pictures;
      this.#observation = { ...REST, ...more, now: this.#now, unixNow: this.#now };
      await this.strategy.observe();
    }
  }

  jam(): void {
    this.#isJammed = true;
  }
}
