import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { coresWithin } from '../../board/cpu-quota.js';
import { fingerprintId } from '../../board/fingerprint.js';
import type { Config } from '../../config/config.js';
import { ModelError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { hostOf } from '../../models/default-variant.js';
import { unknownClasses } from '../../models/known-classes.js';
import type { Manifest } from '../../models/manifest.js';
import { fixedBatchOf } from '../../models/onnx-facts.js';
import { ModelRegistry } from '../../models/registry.js';
import { deviceFingerprint, type FingerprintPlace, placeAt } from '../../profile/device-fingerprint.js';
import { openDatabase } from '../../store/database.js';
import type { Measurement } from '../../store/measurement.js';
import { PROFILE_MIGRATIONS } from '../../store/migrations.js';
import { Profiles, type StoredAccuracy } from '../../store/profiles.js';
import type { KnownPoint, OperatingPoint } from '../../tune/operating-point.js';
import { keyOf } from '../../tune/points/comparable-accuracy.js';
import { candidatePoints, knownPoints, type PointSources } from '../../tune/points/known-points.js';
import { camerasKey, stillSeen } from './seen-accuracies.js';

export interface DevicePointsParts {
  readonly config: Pick<Config, 'model' | 'detector' | 'store' | 'cameras' | 'capture'>;
  /** How large the pictures of the cameras are; default: nobody knows. */
  readonly pictures?: () => readonly { readonly width: number; readonly height: number }[];
  readonly log: Log;
  /** `/`; tests give others. */
  readonly root?: string;
}

/** What was measured on this device. */
export interface MeasuredHere {
  readonly measurements: readonly Measurement[];
  /** On the pictures of its cameras. */
  readonly seen?: readonly StoredAccuracy[];
}

/** What there is to choose from on this device: of the installed models, with what was measured of them here. */
export class DevicePoints {
  readonly #parts: DevicePointsParts;
  /** By sha256 of the file: the one number of pictures that it takes; null: any. Reading it takes the whole file. */
  readonly #batches = new Map<string, number | null>();

  constructor(parts: DevicePointsParts) {
    this.#parts = parts;
  }

  /**
   * @param inUse where the knobs stand
   * @param served what workers showed while they served, at which point: ms of one picture alone
   * @throws ModelError where the folder of the models cannot be read
   */
  async read(
    inUse: OperatingPoint,
    served: readonly { readonly point: OperatingPoint; readonly serviceMs: number }[],
  ): Promise<readonly KnownPoint[]> {
    return knownPoints(await this.#sources(inUse, served));
  }

  /** All points, those that others beat too: what may be worth being measured. @throws as `read` */
  async candidates(inUse: OperatingPoint): Promise<readonly KnownPoint[]> {
    return candidatePoints(await this.#sources(inUse, []));
  }

  /** What was measured of these models on this device, and how accurate they were found on its cameras. */
  measured(manifests: readonly Manifest[]): MeasuredHere {
    return this.#measured(manifests, placeAt(this.#parts.root ?? '/'));
  }

  async #sources(inUse: OperatingPoint, served: NonNullable<PointSources['served']>): Promise<PointSources> {
    const { config, root = '/' } = this.#parts;
    const registry = await ModelRegistry.open(config.model.dir);
    const manifests = registry.list().flatMap(({ manifest }) => manifest ?? []);
    const place = placeAt(root);
    await this.#readBatches(registry, manifests);
    return {
      manifests,
      ...this.#measured(manifests, place),
      served,
      pictures: this.#parts.pictures?.() ?? [],
      host: hostOf(config.detector.providers[0]!.name, root),
      cpus: coresWithin(place),
      inUse,
      canAnswer: (manifest, variant) => unknownClasses(manifest, variant, config.model).length === 0,
      fixedBatch: (_, { sha256 }) => this.#batches.get(sha256) ?? null,
    };
  }

  /** Nothing where there is no profile yet: that makes no file. */
  #measured(manifests: readonly Manifest[], place: FingerprintPlace): MeasuredHere {
    const { config, log } = this.#parts;
    const file = join(config.store.dir, 'profiles.db');
    if (!existsSync(file)) return { measurements: [] };
    const profiles = new Profiles({ open: () => openDatabase({ file, migrations: PROFILE_MIGRATIONS, log }), log });
    try {
      profiles.start();
      const measurements = config.detector.providers.flatMap(({ name }) => {
        const device = fingerprintId(deviceFingerprint(config.detector, name, place));
        return manifests.flatMap((manifest) => profiles.read(device, manifest.name));
      });
      return { measurements, seen: seenOf(profiles, config, manifests) };
    } catch {
      // the store has said why
      return { measurements: [] };
    } finally {
      profiles.stop();
    }
  }

  async #readBatches(registry: ModelRegistry, manifests: readonly Manifest[]): Promise<void> {
    // a batch is worth its while on an accelerator only
    if (this.#parts.config.detector.providers[0]!.name === 'cpu') return;
    for (const { name, variants } of manifests) {
      for (const { id, sha256 } of variants) {
        if (this.#batches.has(sha256)) continue;
        this.#batches.set(sha256, await batchOf(registry, name, id));
      }
    }
  }
}

/** What was found on these cameras of files that are still the same, as long as it is not too old. */
function seenOf(
  profiles: Profiles,
  config: DevicePointsParts['config'],
  manifests: readonly Manifest[],
): readonly StoredAccuracy[] {
  const files = new Map(
    manifests.flatMap(({ name, variants }) => variants.map(({ id, sha256 }) => [keyOf(name, id), sha256] as const)),
  );
  return stillSeen(profiles.accuracies(camerasKey(config)), Date.now()).filter(
    ({ model, variant, sha256 }) => files.get(keyOf(model, variant)) === sha256,
  );
}

/** A model or file that is missing says nothing. */
async function batchOf(registry: ModelRegistry, name: string, id: string): Promise<number | null> {
  const entry = await registry.find(name, id).catch((error: unknown) => {
    if (error instanceof ModelError) return null;
    throw error;
  });
  return entry === null ? null : fixedBatchOf(entry.file);
}
