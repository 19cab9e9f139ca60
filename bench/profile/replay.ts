import { type Configuration, nameOf, type VariantTraits } from '../../src/profile/configuration.js';
import { anchorReserve, type PerformanceReading, ProfileSearch } from '../../src/profile/search.js';

/** How near a search came to the best of everything, from 0 to 1. */
export interface Reached {
  readonly space: number;
  /** Share of the space that was measured, repetitions for drift included. */
  readonly measuredShare: number;
  /** Best latency of all over the latency of what the search found best. */
  readonly latency: number;
  /** Throughput of what the search found best over the best of all. */
  readonly throughput: number;
  /** The same for the variant that came off worst. */
  readonly worstVariantLatency: number;
  readonly worstVariantThroughput: number;
}

/** Windows per configuration; the one that is repeated to see drift gets one with every later group. */
export const ROUNDS = 3;
export const GROUP = 4;
/** Of the configurations, that the search may measure. */
export const SHARE = 0.25;

/** Lets the search run on readings that are there already, and compares its finds with the truth. */
export function replay(
  space: readonly Configuration[],
  variants: readonly VariantTraits[],
  parts: {
    readonly measure: (one: Configuration) => PerformanceReading;
    readonly truth: (one: Configuration) => PerformanceReading;
  },
): Reached {
  const { measure, truth } = parts;
  const reserve = anchorReserve(space.length, SHARE, GROUP, ROUNDS);
  const search = new ProfileSearch(space, { variants, share: SHARE, group: GROUP, reserve });
  const measured: { configuration: Configuration; reading: PerformanceReading }[] = [];
  let anchors = 0;
  for (let group = search.next(); group.length > 0; group = search.next()) {
    if (measured.length > 0) anchors++;
    for (const configuration of group) {
      const reading = measure(configuration);
      search.record(configuration, reading);
      measured.push({ configuration, reading });
    }
  }
  const cost = measured.length + anchors / ROUNDS;
  return { space: space.length, measuredShare: cost / space.length, ...reached(space, measured, truth) };
}

/** The search's finds, each judged by the truth. */
export function reached(
  space: readonly Configuration[],
  measured: readonly { readonly configuration: Configuration; readonly reading: PerformanceReading }[],
  truth: (one: Configuration) => PerformanceReading,
): Omit<Reached, 'space' | 'measuredShare'> {
  const truths = new Map(space.map((one) => [nameOf(one), truth(one)]));
  const shares = (variant: string | null): { latency: number; throughput: number } => {
    const all = space
      .filter((one) => variant === null || one.variant === variant)
      .map((one) => truths.get(nameOf(one))!);
    const own = measured.filter(({ configuration }) => variant === null || configuration.variant === variant);
    if (own.length === 0) return { latency: 0, throughput: 0 };
    const quick = own.reduce((a, b) => (b.reading.p50Ms < a.reading.p50Ms ? b : a));
    const many = own.reduce((a, b) => (b.reading.imagesPerSecond > a.reading.imagesPerSecond ? b : a));
    return {
      latency: Math.min(...all.map(({ p50Ms }) => p50Ms)) / truths.get(nameOf(quick.configuration))!.p50Ms,
      throughput:
        truths.get(nameOf(many.configuration))!.imagesPerSecond /
        Math.max(...all.map(({ imagesPerSecond }) => imagesPerSecond)),
    };
  };
  const perVariant = [...new Set(space.map(({ variant }) => variant))].map((variant) => shares(variant));
  return {
    ...shares(null),
    worstVariantLatency: Math.min(...perVariant.map(({ latency }) => latency)),
    worstVariantThroughput: Math.min(...perVariant.map(({ throughput }) => throughput)),
  };
}
