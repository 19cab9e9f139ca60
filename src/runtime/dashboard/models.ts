import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import type { ModelsPort, ModelsView, ModelView, VariantSpeed, VariantView } from '../../dashboard/api/models.js';
import type { Clock } from '../../foundation/clock.js';
import type { Variant } from '../../models/manifest.js';
import type { Listing } from '../../models/registry.js';
import type { Measurement } from '../../store/measurement.js';
import type { StoredAccuracy } from '../../store/profiles.js';
import type { ModelGeneration } from '../detector/model-generation.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import type { DevicePoints } from '../tuning/device-points.js';
import { readGateReports } from './gate-reports.js';
import type { InstalledListing, InstalledModels } from './installed-models.js';

export interface DashboardModelsParts {
  readonly config: Pick<Config, 'model' | 'detector' | 'store'>;
  readonly models: Pick<ModelsInUse, 'current'>;
  readonly installed: InstalledModels;
  readonly points: Pick<DevicePoints, 'measured'>;
  readonly clock: Clock;
}

/** ms for which what was read of files is shown again. */
const FRESH_MS = 30_000;

interface Kept {
  readonly measurements: readonly Measurement[];
  readonly seen: readonly StoredAccuracy[];
  readonly reports: ModelsView['reports'];
}

/** Shows the model that answers, and those that could, with what is known of them on this device. */
export class DashboardModels implements ModelsPort {
  readonly #parts: DashboardModelsParts;
  #kept: Promise<Kept> | null = null;
  #keptAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DashboardModelsParts) {
    this.#parts = parts;
  }

  async view(): Promise<ModelsView> {
    const { config, models, installed, clock } = this.#parts;
    const { current } = models;
    const found = await installed.list();
    const kept = await this.#whatIsKept(found);
    const { name: model, variant } = config.model;
    return {
      at: clock.unixNow(),
      inUse: current === null ? null : inUseView(current),
      configured: { model, variant, providers: config.detector.providers.map(({ name }) => name) },
      folderProblem: found.problem,
      models: found.listings.map((listing) => modelView(listing, current, kept)),
      reports: [...kept.reports],
    };
  }

  #whatIsKept({ listings }: InstalledListing): Promise<Kept> {
    const now = this.#parts.clock.now();
    if (this.#kept === null || now - this.#keptAt >= FRESH_MS) {
      this.#keptAt = now;
      this.#kept = this.#read(listings);
    }
    return this.#kept;
  }

  async #read(listings: readonly Listing[]): Promise<Kept> {
    const { points, config } = this.#parts;
    const reports = await readGateReports(join(config.store.dir, 'reports'));
    const { measurements, seen = [] } = points.measured(listings.flatMap(({ manifest }) => manifest ?? []));
    return { measurements, seen, reports };
  }
}

function inUseView({ model, variant, provider, info, point, reportedClasses }: ModelGeneration): ModelsView['inUse'] {
  const { runtime, inputWidth, inputHeight, loadMs, warmupMs, refused } = info;
  const { workers, intraOpThreads: threads, batchSize: batch } = point;
  return {
    model,
    variant,
    provider,
    runtime,
    inputWidth,
    inputHeight,
    workers,
    threads,
    batch,
    loadMs,
    warmupMs,
    classes: [...reportedClasses],
    refused: refused.map(({ provider: name, reason }) => ({ provider: name, reason })),
  };
}

function modelView({ name, manifest, problem }: Listing, current: ModelGeneration | null, kept: Kept): ModelView {
  const { description = null, family = null, licence = null, origin = null } = manifest ?? {};
  return {
    name,
    problem,
    description,
    family,
    licence,
    origin,
    classes: [...(manifest?.report ?? manifest?.classes ?? [])],
    variants: (manifest?.variants ?? []).map((variant) => variantView(name, variant, current, kept)),
  };
}

function variantView(model: string, variant: Variant, current: ModelGeneration | null, kept: Kept): VariantView {
  const { id, precision, width, height, bytes, sha256, accuracy, needs = null, providers = [], madeBy } = variant;
  const isOwn = (one: { model: string; variant: string; sha256: string }): boolean =>
    one.model === model && one.variant === id && one.sha256 === sha256;
  const seen = kept.seen.find(isOwn);
  return {
    id,
    precision,
    width,
    height,
    bytes,
    isInUse: current?.model === model && current.variant === id,
    accuracyKept: accuracy?.relativeToFp32 ?? null,
    accuracyMetric: accuracy?.metric ?? null,
    labelled: [...(accuracy?.absolute ?? [])],
    seenHere: seen === undefined ? null : { f1: seen.f1, boxes: seen.boxes, measuredAt: seen.measuredAt },
    speed: kept.measurements.filter(isOwn).map(speedView).sort(byPace),
    needs,
    providers: [...providers],
    madeBy,
  };
}

function speedView(measurement: Measurement): VariantSpeed {
  const { provider, threads, batch, workers, p50Ms, p95Ms, imagesPerSecond, measuredAt, failure } = measurement;
  const { rssBytes: memoryBytes, millijoulesPerImage: millijoules } = measurement;
  return {
    provider,
    threads,
    batch,
    workers,
    p50Ms,
    p95Ms,
    imagesPerSecond,
    memoryBytes,
    millijoules,
    measuredAt,
    failure,
  };
}

const byPace = (a: VariantSpeed, b: VariantSpeed): number => (b.imagesPerSecond ?? 0) - (a.imagesPerSecond ?? 0);
