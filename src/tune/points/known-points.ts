import { type Host, suits } from '../../models/default-variant.js';
import type { Manifest, Variant } from '../../models/manifest.js';
import { comparable } from '../../profile/measurement.js';
import type { Measurement } from '../../store/measurement.js';
import { isSamePoint, type KnownPoint, nameOfPoint, type OperatingPoint } from '../operating-point.js';
import { broughtHere, comparableAccuracies, keyOf, type SeenAccuracy } from './comparable-accuracy.js';
import { enlarged } from './enlarged-pictures.js';
import { estimateCosts, type MeasuredPoint, type PointCosts } from './estimate.js';
import { frontOfPoints } from './front.js';
import { placements } from './placements.js';

/** What a device is known to have and to be. */
export interface PointSources {
  /** The manifests of the installed models. */
  readonly manifests: readonly Manifest[];
  /** What was measured on this very device, whatever the file: those of other files are left aside. */
  readonly measurements: readonly Measurement[];
  /** What workers showed while they served: ms of one picture alone. Newer than the profile, and on a warm board. */
  readonly served?: readonly { readonly point: OperatingPoint; readonly serviceMs: number }[];
  /** How large the cameras' pictures are; empty: nobody knows. */
  readonly pictures?: readonly { readonly width: number; readonly height: number }[];
  /** How accurate variants were found on the own cameras. */
  readonly seen?: readonly SeenAccuracy[];
  readonly host: Host;
  /** Cores that this process may keep busy. */
  readonly cpus: number;
  /** Where the knobs stand, or would by the configuration; always among the points. */
  readonly inUse: OperatingPoint;
  /** Whether a variant can say what is asked for: it knows the classes that the configuration speaks of. */
  readonly canAnswer: (manifest: Manifest, variant: Variant) => boolean;
  /** The one number of pictures that a variant's file takes at once; null: any. */
  readonly fixedBatch?: (manifest: Manifest, variant: Variant) => number | null;
}

/** The points worth choosing between: of `candidatePoints` those that no other beats in everything, and the one in use. */
export function knownPoints(sources: PointSources): KnownPoint[] {
  return frontOfPoints(candidatePoints(sources), (point) => isSamePoint(point, sources.inUse));
}

/**
 * Every point that this device has: of the installed variants those that suit it, know the classes that are asked for, and
 * have an accuracy that can be compared with that of the one in use; each in the few placements that make sense. What was
 * measured has its numbers, the rest cautious estimates; what could not run when it was measured is left out.
 */
export function candidatePoints(sources: PointSources): KnownPoint[] {
  const candidates = candidatesOf(sources);
  const measured = new Map<string, MeasuredPoint>();
  for (const { point, variant, measurement } of candidates) {
    const costs = measurement && measuredCosts(measurement);
    if (costs) measured.set(nameOfPoint(point), { point, variant, costs });
  }
  addServed(measured, candidates, sources.served ?? []);
  const seen = [...measured.values()];
  return candidates
    .filter(({ refused }) => !refused)
    .map(({ point, variant, accuracy }) => {
      const costs = measured.get(nameOfPoint(point))?.costs ?? estimateCosts({ point, variant }, seen);
      return { ...point, accuracy, ...costs };
    });
}

interface PointCandidate {
  readonly point: OperatingPoint;
  readonly variant: Variant;
  readonly accuracy: number;
  readonly measurement: Measurement | null;
  /** It was tried on this device, and would not run. */
  readonly refused: boolean;
}

function candidatesOf(sources: PointSources): PointCandidate[] {
  const { manifests, inUse, host } = sources;
  const known = enlarged(comparableAccuracies(manifests, inUse), manifests, sources.pictures ?? []);
  const accuracies = broughtHere(known, sources.seen ?? []);
  const candidates: PointCandidate[] = [];
  for (const manifest of manifests) {
    for (const variant of manifest.variants) {
      const accuracy = accuracies.get(keyOf(manifest.name, variant.id));
      const isInUse = manifest.name === inUse.model && variant.id === inUse.variant;
      if (accuracy === undefined) continue;
      if (!isInUse && !(suits(variant, host) && sources.canAnswer(manifest, variant))) continue;
      candidates.push(...placed(manifest, variant, accuracy, sources));
    }
  }
  return candidates;
}

function placed(manifest: Manifest, variant: Variant, accuracy: number, sources: PointSources): PointCandidate[] {
  const { host, cpus, inUse, measurements } = sources;
  const own = measurements.filter((one) => {
    return one.model === manifest.name && one.variant === variant.id && one.sha256 === variant.sha256;
  });
  const { workers, intraOpThreads, batchSize } = inUse;
  const ways = placements(host.provider, cpus, sources.fixedBatch?.(manifest, variant) ?? null);
  const asNow = { provider: inUse.provider, workers, intraOpThreads, batchSize };
  const isInUse = manifest.name === inUse.model && variant.id === inUse.variant;
  const all = ways.some((way) => samePlacement(way, asNow)) || !isInUse ? ways : [...ways, asNow];
  return all.map((way) => {
    const point: OperatingPoint = {
      model: manifest.name,
      variant: variant.id,
      provider: way.provider,
      workers: way.workers,
      intraOpThreads: way.intraOpThreads,
      batchSize: way.batchSize,
    };
    const measurement = own.find((one) => samePlacement(way, placementOf(one))) ?? null;
    const refused = own.some((one) => one.failure !== null && outrules(one, point));
    return { point, variant, accuracy, measurement, refused: refused && !(isInUse && samePlacement(way, asNow)) };
  });
}

const placementOf = ({ provider, workers, threads, batch }: Measurement) => {
  return { provider, workers, intraOpThreads: threads, batchSize: batch };
};

type Place = ReturnType<typeof placementOf>;

function samePlacement(a: Place, b: Place): boolean {
  return (
    a.provider === b.provider &&
    a.workers === b.workers &&
    a.intraOpThreads === b.intraOpThreads &&
    a.batchSize === b.batchSize
  );
}

/** What fails with little fails with more: a larger batch, more workers. */
function outrules(failed: Measurement, point: OperatingPoint): boolean {
  return failed.provider === point.provider && failed.workers <= point.workers && failed.batch <= point.batchSize;
}

function measuredCosts(measurement: Measurement): PointCosts | null {
  const reading = measurement.failure === null ? comparable(measurement) : null;
  if (reading === null) return null;
  const { provider, workers, threads, batch, rssBytes, acceleratorBytes, millijoulesPerImage } = measurement;
  const onCpu = provider === 'cpu';
  return {
    // of a batch it is known how long all of it takes
    serviceMs: onCpu ? reading.p50Ms / batch : reading.p50Ms,
    picturesPerS: reading.imagesPerSecond,
    // at full speed every thread is busy
    cpuMs: onCpu ? (1000 * workers * threads) / reading.imagesPerSecond : null,
    millijoules: millijoulesPerImage,
    memoryBytes: rssBytes,
    acceleratorBytes: onCpu ? 0 : acceleratorBytes,
    isMeasured: true,
  };
}

/** What served tells of its own point where no profile does; a profile is of a cool and idle board, and stands. */
function addServed(
  measured: Map<string, MeasuredPoint>,
  candidates: readonly PointCandidate[],
  served: NonNullable<PointSources['served']>,
): void {
  for (const { point, serviceMs } of served) {
    const name = nameOfPoint(point);
    const candidate = candidates.find((one) => nameOfPoint(one.point) === name);
    if (!candidate || measured.has(name)) continue;
    const { variant } = candidate;
    const guessed = estimateCosts({ point, variant }, []);
    const factor = serviceMs / guessed.serviceMs;
    const costs: PointCosts = {
      serviceMs,
      picturesPerS: guessed.picturesPerS / factor,
      cpuMs: guessed.cpuMs === null ? null : guessed.cpuMs * factor,
      millijoules: null,
      memoryBytes: guessed.memoryBytes,
      acceleratorBytes: guessed.acceleratorBytes,
      isMeasured: true,
    };
    measured.set(name, { point, variant, costs });
  }
}
