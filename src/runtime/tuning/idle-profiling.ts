import { join } from 'node:path';
import { fingerprintId } from '../../board/fingerprint.js';
import type { Config } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import { hostOf } from '../../models/default-variant.js';
import { ModelRegistry, type RegistryEntry } from '../../models/registry.js';
import { besideMeasurement } from '../../profile/beside-measurement.js';
import { deviceFingerprint, placeAt } from '../../profile/device-fingerprint.js';
import { openDatabase } from '../../store/database.js';
import { PROFILE_MIGRATIONS } from '../../store/migrations.js';
import { Profiles, type StoredAccuracy } from '../../store/profiles.js';
import type { Observation } from '../../tune/observation.js';
import type { KnownPoint, OperatingPoint } from '../../tune/operating-point.js';
import { keyOf } from '../../tune/points/comparable-accuracy.js';
import { agreement } from '../../tune/points/consensus.js';
import { IdleGate } from '../../tune/points/idle-gate.js';
import { type CandidateVariant, worthMeasuring } from '../../tune/points/idle-plan.js';
import { type CandidateParts, look, measureBeside } from './candidate-trial.js';
import { FrameSample } from './frame-sample.js';
import type { IdleProfilingStatus } from './idle-profiling-status.js';
import { camerasKey, stillSeen } from './seen-accuracies.js';
import { pinnedBy } from './tune-budgets.js';

export interface IdleProfilingParts {
  readonly config: Pick<Config, 'model' | 'detector' | 'store' | 'tune' | 'cameras' | 'capture'>;
  /** All points that this device has, with what is known of them by now. */
  readonly candidates: (inUse: OperatingPoint) => Promise<readonly KnownPoint[]>;
  /** Of the last interval; null before there is one. */
  readonly observation: () => Observation | null;
  /** Whether something is tried or changed just now: what is measured then is of two settings. */
  readonly isTrying: () => boolean;
  /** More is known of some points than before. */
  readonly onLearnt: () => void;
  readonly log: Log;
  /** `/`; tests give others. */
  readonly root?: string;
  /** How often it is looked whether something can be measured, ms; default a second. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 1000;
/** Once everything was measured: what there is takes reading all manifests and profiles, and seldom changes. */
const LOOK_AGAIN_MS = 600_000;
/** A candidate that could not be measured is tried no more for so long. */
const FAILED_FOR_MS = 6 * 3_600_000;

/**
 * Measures what this device could run, while it has nothing better to do: how fast each candidate is beside the one in use,
 * and how much of what all of them together believe to see on the own cameras it reports. One candidate at a time, in
 * worker processes of the lowest priority, for seconds at a time and a tenth of the time at most; it ends at once when the
 * device has something to do. What was measured is kept in `profiles.db`.
 */
export class IdleProfiling implements Part, FrameTap {
  readonly name = 'idle-profiling';
  readonly essential = false;
  readonly #parts: IdleProfilingParts;
  readonly #gate = new IdleGate();
  readonly #sample = new FrameSample(() => performance.now());
  /** What each variant saw on the pictures of the sample. */
  readonly #looks = new Map<string, { readonly entry: RegistryEntry; readonly rows: readonly Float32Array[] }>();
  /** By variant: until when it is left alone. */
  readonly #failed = new Map<string, number>();
  readonly #cameras: string;
  #profiles: Profiles | null = null;
  #timer: NodeJS.Timeout | null = null;
  #observedAt = Number.NEGATIVE_INFINITY;
  /** On the observations' clock. */
  #doneUntil = Number.NEGATIVE_INFINITY;
  #measuring: { readonly ending: AbortController; readonly done: Promise<void> } | null = null;
  #status: IdleProfilingStatus = { state: 'off', detail: 'nothing was observed yet', left: null };

  constructor(parts: IdleProfilingParts) {
    this.#parts = parts;
    this.#cameras = camerasKey(parts.config);
  }

  start(): void {
    const { config, log, lookEveryMs = LOOK_EVERY_MS } = this.#parts;
    const needless = whyNeedless(config);
    if (needless !== null) {
      this.#tell('off', needless);
      return;
    }
    const file = join(config.store.dir, 'profiles.db');
    const profiles = new Profiles({ open: () => openDatabase({ file, migrations: PROFILE_MIGRATIONS, log }), log });
    profiles.start();
    this.#profiles = profiles;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#measuring?.ending.abort();
    await this.#measuring?.done;
    this.#profiles?.stop();
    this.#profiles = null;
    this.#sample.clear();
  }

  status(): IdleProfilingStatus {
    return this.#status;
  }

  wants(camera: string): boolean {
    return this.#sample.wants(camera);
  }

  take(frame: Frame, result: FrameResult): void {
    this.#sample.take(frame, result);
  }

  /** What was found on the cameras of this device, none of it too old. */
  seen(): readonly StoredAccuracy[] {
    return stillSeen(this.#profiles?.accuracies(this.#cameras) ?? [], Date.now());
  }

  #look(): void {
    const observation = this.#parts.observation();
    if (observation === null || observation.now === this.#observedAt) return;
    this.#observedAt = observation.now;
    if (this.#measuring !== null) this.#interrupt(observation);
    else this.#begin(observation);
  }

  #interrupt(observation: Observation): void {
    const why = this.#gate.interruption(observation);
    if (why === null || this.#measuring!.ending.signal.aborted) return;
    this.#measuring!.ending.abort();
    this.#parts.log.info({ reason: why }, 'measuring in idle time was ended: the device has something to do');
  }

  #begin(observation: Observation): void {
    if (observation.now < this.#doneUntil) return;
    const obstacle = this.#parts.isTrying() ? 'a change is being tried' : this.#gate.obstacle(observation);
    if (obstacle !== null) {
      if (this.#status.state !== 'done') this.#tell('waiting', obstacle);
      return;
    }
    const ending = new AbortController();
    this.#gate.begin(observation);
    const began = performance.now();
    const done = this.#measureNext(observation.knobs.point, ending.signal)
      .catch((error: unknown) => {
        this.#parts.log.warn({ reason: explain(error) }, 'nothing could be measured in idle time');
      })
      .then((measured) => {
        this.#measuring = null;
        if (this.#status.state === 'done') this.#doneUntil = observation.now + LOOK_AGAIN_MS;
        if (measured) this.#gate.ended(observation.now, performance.now() - began);
      });
    this.#measuring = { ending, done };
  }

  /** @returns whether something was measured */
  async #measureNext(inUse: OperatingPoint, signal: AbortSignal): Promise<boolean> {
    const points = await this.#parts.candidates(inUse);
    const { latencyMs } = this.#parts.config.tune;
    const now = Date.now();
    const isFree = !pinnedBy(this.#parts.config).includes('model');
    const choosable = points.filter(({ model, variant }) => {
      return (isFree || model === inUse.model) && (this.#failed.get(keyOf(model, variant)) ?? 0) <= now;
    });
    const left = worthMeasuring(choosable, this.seen(), latencyMs);
    if (left.length === 0) {
      this.#sample.clear();
      this.#looks.clear();
      this.#tell('done', 'everything worth it was measured', 0);
      return false;
    }
    this.#sample.gather();
    const { frames, progress } = this.#sample;
    if (frames === null) {
      this.#tell('gathering', `${progress.taken} of ${progress.most} pictures`, left.length);
      return false;
    }
    const next = left.find((one) => one.wantsSpeed || !this.#looks.has(keyOf(one.model, one.variant)));
    if (next === undefined) {
      this.#agree();
      return false;
    }
    this.#tell('measuring', keyOf(next.model, next.variant), left.length);
    await this.#measure(next, inUse, { ...this.#candidateParts(signal), frames });
    const looked = left.filter(({ wantsLook }) => wantsLook);
    if (looked.length > 0 && looked.every((one) => this.#looks.has(keyOf(one.model, one.variant)))) this.#agree();
    return true;
  }

  #candidateParts(signal: AbortSignal): Omit<CandidateParts, 'frames'> {
    const { config, root = '/' } = this.#parts;
    return { model: config.model, detector: config.detector, root, signal };
  }

  async #measure(next: CandidateVariant, inUse: OperatingPoint, parts: CandidateParts): Promise<void> {
    const { config, log, onLearnt } = this.#parts;
    const key = keyOf(next.model, next.variant);
    const provider = config.detector.providers[0]!.name;
    const host = hostOf(provider, parts.root);
    try {
      const registry = await ModelRegistry.open(config.model.dir);
      const entry = await registry.find(next.model, next.variant, host);
      if (next.wantsSpeed) {
        await this.#measureSpeed(await registry.find(inUse.model, inUse.variant, host), entry, provider, parts);
        if (!parts.signal.aborted) onLearnt();
      }
      if (next.wantsLook && !this.#looks.has(key) && !parts.signal.aborted) {
        const rows = await look(entry, provider, await this.#classes(registry), parts);
        if (rows !== null) this.#looks.set(key, { entry, rows });
      }
    } catch (error) {
      if (parts.signal.aborted) return;
      this.#failed.set(key, Date.now() + FAILED_FOR_MS);
      log.warn({ candidate: key, reason: explain(error) }, 'a candidate could not be measured in idle time');
    }
  }

  async #measureSpeed(
    inUse: RegistryEntry,
    entry: RegistryEntry,
    provider: string,
    parts: CandidateParts,
  ): Promise<void> {
    const { config, log } = this.#parts;
    const isOwn = inUse.manifest.name === entry.manifest.name && inUse.variant.id === entry.variant.id;
    const measured = await measureBeside(isOwn ? null : inUse, entry, provider, parts);
    const profiles = this.#profiles;
    if (measured.length === 0 || profiles === null) return;
    const fingerprint = deviceFingerprint(config.detector, provider, placeAt(parts.root));
    const id = fingerprintId(fingerprint);
    const stored = profiles.read(id, inUse.manifest.name).filter(({ sha256 }) => sha256 === inUse.variant.sha256);
    const kept = besideMeasurement(measured, entry.variant.id, stored);
    profiles.save({ id, fingerprint: { ...fingerprint }, seenAt: Date.now() }, kept);
    const own = kept.at(-1)!;
    const numbers = { p50Ms: own.p50Ms, imagesPerSecond: own.imagesPerSecond, drift: own.drift, failure: own.failure };
    log.info({ model: own.model, variant: own.variant, ...numbers }, 'a candidate was measured in idle time');
  }

  /** All classes that any of the installed models knows: what is seen is compared by their numbers here. */
  async #classes(registry: ModelRegistry): Promise<string[]> {
    return [...new Set(registry.list().flatMap(({ manifest }) => manifest?.classes ?? []))];
  }

  /** Holds what all candidates saw against one another. */
  #agree(): void {
    const looks = [...this.#looks.values()];
    const witnesses = looks.map(({ entry, rows }) => {
      return { model: entry.manifest.name, variant: entry.variant.id, rows };
    });
    const agreed = agreement(witnesses, this.#parts.config.model.scoreThreshold);
    const measuredAt = Date.now();
    const found = looks.map(({ entry: { manifest, variant } }, at): StoredAccuracy => {
      return { model: manifest.name, variant: variant.id, sha256: variant.sha256, ...agreed[at]!, measuredAt };
    });
    this.#profiles?.saveAccuracies(this.#cameras, found);
    this.#looks.clear();
    this.#sample.clear();
    const accuracies = Object.fromEntries(found.map(({ model, variant, f1 }) => [keyOf(model, variant), round(f1)]));
    this.#parts.log.info(
      { accuracies, vehicles: found[0]?.boxes ?? 0 },
      'the candidates were compared on the own cameras',
    );
    this.#parts.onLearnt();
  }

  #tell(state: IdleProfilingStatus['state'], detail: string, left: number | null = this.#status.left): void {
    this.#status = { state, detail, left };
  }
}

/** Why measuring is of no use, whatever there is to measure; null where it is of use. */
function whyNeedless({ tune, model, detector, cameras }: IdleProfilingParts['config']): string | null {
  if (!tune.enabled || !tune.idleProfiling) return 'it is switched off';
  const pinned = pinnedBy({ tune, model, detector });
  if (pinned.includes('variant')) return 'the variant stays where it is';
  if (cameras.some(({ pace }) => pace === 'fast')) return 'a camera of pace fast leaves no time idle';
  return null;
}

const round = (share: number): number => Math.round(share * 1000) / 1000;
