import type { Configuration, VariantTraits } from '../../src/profile/configuration.js';
import { profileSpace } from '../../src/profile/configuration.js';
import type { PerformanceReading } from '../../src/profile/search.js';

/** A made-up device and model: how fast every configuration really is, and what a measurement of it would read. */
export interface SyntheticSurface {
  readonly variants: readonly VariantTraits[];
  readonly space: readonly Configuration[];
  readonly cores: number;
  truth(configuration: Configuration): PerformanceReading;
  /** The truth with the spread of real measurements; another one at every call. */
  measure(configuration: Configuration): PerformanceReading;
}

const SIZES = [
  [320, 192],
  [416, 256],
  [512, 320],
  [640, 384],
] as const;

/**
 * Devices differ in cores (some with slow ones among them), in memory bandwidth, in how well threads and batches help and
 * in whether there is a GPU; models in their variants. Every one of a seed is the same.
 */
export function syntheticSurface(seed: number): SyntheticSurface {
  const random = generator(seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const cores = [2, 4, 6, 8, 12, 16][Math.floor(random() * 6)]!;
  const slowFrom = random() < 0.3 ? Math.ceil(cores / 2) : cores;
  const slowness = between(0.3, 0.6);
  const precisions = random() < 0.7 ? ['fp32', 'int8'] : ['fp32'];
  const sizes = SIZES.filter(() => random() < 0.75);
  const variants = (sizes.length > 0 ? sizes : [SIZES[1]]).flatMap(([width, height]) =>
    precisions.map((precision) => ({ id: `${precision}-${width}x${height}`, precision, width, height })),
  );
  const providers = random() < 0.35 ? ['cpu', 'cuda'] : ['cpu'];
  const msPerMegapixel = Math.exp(between(Math.log(20), Math.log(800)));
  const int8Gain = between(0.8, 3);
  const costs = new Map(
    variants.map(({ id, precision, width, height }) => [
      id,
      ((msPerMegapixel * width * height) / 1e6 / (precision === 'int8' ? int8Gain : 1)) * Math.exp(0.1 * normal()),
    ]),
  );
  const parallel = between(0.55, 0.97);
  const perThreadMs = between(0, 0.15);
  const overheadMs = between(0.1, 2);
  const batchGain = between(-0.06, 0.1);
  const bandwidth = between(0.5, 1.2);
  const gpuGain = between(3, 60);
  const gpuLaunchMs = between(0.5, 6);
  const quirk = between(0.01, 0.05);
  const noise = between(0.01, 0.03);
  const quirks = new Map<string, number>();

  const speedOf = (used: number): number => Math.min(used, slowFrom) + Math.max(0, used - slowFrom) * slowness;

  const onCpu = ({ variant, threads, batch, workers }: Configuration): PerformanceReading => {
    const cost = costs.get(variant)!;
    const workMs = cost * batch * (1 - batchGain * Math.log2(batch));
    // a larger operator splits better
    const share = Math.min(0.99, parallel + 0.04 * Math.log2(batch) + 0.02 * Math.log2(cost / 10));
    const alone = workMs * (1 - share + share / speedOf(threads)) + perThreadMs * threads + overheadMs;
    const used = threads * workers;
    const crowded = 1 + ((1 - bandwidth / 1.2) * (used - 1)) / cores;
    const slowed = used > slowFrom && threads < used ? (used / speedOf(used)) ** 0.5 : 1;
    const p50Ms = alone * crowded * slowed;
    return { p50Ms, imagesPerSecond: (1000 * batch * workers) / p50Ms };
  };

  const onGpu = ({ variant, batch, workers }: Configuration): PerformanceReading => {
    const workMs = (costs.get(variant)! / gpuGain) * batch * (0.4 + 0.6 / (1 + 0.3 * (batch - 1)));
    const p50Ms = gpuLaunchMs + workMs * (1 + 0.7 * (workers - 1)) + overheadMs * batch * 0.3;
    return { p50Ms, imagesPerSecond: (1000 * batch * workers) / p50Ms };
  };

  const truth = (configuration: Configuration): PerformanceReading => {
    const key = JSON.stringify(configuration);
    const own = quirks.get(key) ?? Math.exp(quirk * (2 * hash(`${seed} ${key}`) - 1));
    quirks.set(key, own);
    const { p50Ms, imagesPerSecond } = configuration.provider === 'cpu' ? onCpu(configuration) : onGpu(configuration);
    return { p50Ms: p50Ms * own, imagesPerSecond: imagesPerSecond / own };
  };

  return {
    variants,
    cores,
    space: profileSpace({ variants, providers, cpus: cores }),
    truth,
    measure: (configuration) => {
      const { p50Ms, imagesPerSecond } = truth(configuration);
      return {
        p50Ms: p50Ms * Math.exp(noise * normal()),
        imagesPerSecond: imagesPerSecond * Math.exp(noise * normal()),
      };
    },
  };
}

/** Numbers from 0 up to 1 (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0..1 from a text (FNV-1a). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0) / 2 ** 32;
}
