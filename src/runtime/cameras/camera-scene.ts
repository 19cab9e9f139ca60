import { createHash } from 'node:crypto';
import type { AuditBudget } from '../../answer/audit/audit-budget.js';
import { type AuditedAccuracy, CameraAudit } from '../../answer/audit/camera-audit.js';
import type { HourExperience } from '../../answer/audit/hours-of-day.js';
import type { EveryFrame, KnownAnswers } from '../../answer/frame-loop.js';
import type { InferencePace, PaceBound } from '../../answer/inference-pace.js';
import { KnownScene } from '../../answer/known-scene.js';
import { RememberedScenes } from '../../answer/memory/remembered-scenes.js';
import { maskBlocks } from '../../answer/scene/block-mask.js';
import type { ScenesOf } from '../../answer/sized-scene.js';
import { VehicleNumbers } from '../../answer/vehicle-numbers.js';
import type { Cache } from '../../cache/cache.js';
import type { AnswerConfig, CameraConfig } from '../../config/config.js';
import { systemClock } from '../../foundation/clock.js';
import type { InferenceReason } from '../../frame/inference-reason.js';
import type { AuditHistory } from '../../store/audits.js';
import type { ModelGeneration } from '../detector/model-generation.js';

/** Days of audits that tell what an hour is usually like. */
const SEED_DAYS = 30;

export interface CameraSceneOptions {
  readonly camera: Pick<CameraConfig, 'id' | 'masks'>;
  readonly config: AnswerConfig;
  /** The generation that answers first. */
  readonly model: ModelGeneration;
  readonly cache: Cache;
  readonly history: AuditHistory;
  readonly budget: AuditBudget;
  /** How often an inference may be asked for, at any time. */
  readonly bound: PaceBound;
}

/** What answers one camera's frames without inference, and what watches over that. */
export class CameraScene {
  readonly camera: string;
  readonly answering: KnownAnswers | EveryFrame;
  readonly #options: CameraSceneOptions;
  /** `MODEL@VARIANT`: what the audits are of. */
  #model: string;

  constructor(options: CameraSceneOptions) {
    const { camera, config, model } = options;
    this.camera = camera.id;
    this.#options = options;
    this.#model = nameOf(model);
    this.answering = config.accuracyFloor === 1 ? everyFrame(model) : this.#knownAnswers();
  }

  /** null where every frame is inferred. */
  get audit(): CameraAudit | null {
    return this.answering.kind === 'known-scene' ? this.answering.audit : null;
  }

  /** Frames for which an inference was due for a reason so far; none are counted where every frame is inferred. */
  dueFor(reason: InferenceReason): number {
    return this.answering.kind === 'known-scene' ? this.answering.scene.dueFor(reason) : 0;
  }

  /** Whether answers without inference pay; null where every frame is inferred whatever that costs. */
  get reusePays(): boolean | null {
    return this.answering.kind === 'known-scene' ? this.answering.scene.reusePays : null;
  }

  /** How often it asks for inferences, and would; null where every frame is inferred, whatever the bound. */
  get pace(): InferencePace | null {
    return this.answering.kind === 'known-scene' ? this.answering.scene.pace : null;
  }

  /** Reads what earlier runs found. */
  start(): void {
    const { history } = this.#options;
    this.audit?.seed(history.read(this.camera, this.#model, SEED_DAYS), systemClock.unixNow());
  }

  /** Whether what is answered now counts for the audit. */
  suspend(isSuspended: boolean): void {
    if (this.audit) this.audit.isSuspended = isSuspended;
  }

  /** Another model answers from the next frame on: what was counted goes to the history of the one before. */
  renew(model: ModelGeneration): void {
    const isSame = nameOf(model) === this.#model;
    this.store();
    this.#model = nameOf(model);
    if (this.answering.kind === 'every-frame') {
      this.answering.numbers.renew(model.thresholds);
      return;
    }
    const { scene, audit } = this.answering;
    scene.renew(model.thresholds, this.#scenesOf(model));
    if (isSame) return;
    audit.renew(systemClock.now());
    this.start();
  }

  /** Hands what was counted since the last call to the history. */
  store(): void {
    if (this.audit) this.#options.history.add(this.camera, this.#model, this.audit.takeTotals());
  }

  /** The hours of the day with audits; empty where every frame is inferred. */
  hoursOfDay(): readonly HourExperience[] {
    return this.audit?.hoursOfDay().filter(({ audits }) => audits > 0) ?? [];
  }

  report(): AuditedAccuracy | null {
    return this.audit?.report(systemClock.unixNow()) ?? null;
  }

  #knownAnswers(): KnownAnswers {
    const { camera, config, model, budget, bound } = this.#options;
    const { thresholds } = model;
    const scene = new KnownScene({
      thresholds,
      maxAgeMs: config.maxAgeMs,
      maxIdleAgeMs: config.maxIdleAgeMs,
      masked: maskBlocks(camera.masks),
      scenes: this.#scenesOf(model),
      bound,
    });
    const audit = new CameraAudit({
      share: config.auditShare,
      floor: config.accuracyFloor,
      reportThreshold: Math.min(...thresholds),
      budget,
      localHour: (at) => new Date(at).getHours(),
    });
    return { kind: 'known-scene', scene, audit };
  }

  /** Scenes are remembered per model, and by the class indices that it is answered with. */
  #scenesOf({ model, variant, classes, classIndices }: ModelGeneration): ScenesOf {
    const { camera, config, cache } = this.#options;
    // indices that another order of changes would not give are of no use after a restart
    const suffix = classIndices === null ? '' : `+${digest(classes)}`;
    return (background, { sourceWidth, sourceHeight }) =>
      config.rememberedScenes === 0
        ? null
        : new RememberedScenes({
            camera: camera.id,
            model,
            variant: `${variant}${suffix}`,
            sourceWidth,
            sourceHeight,
            cache,
            background,
            maxScenes: config.rememberedScenes,
          });
  }
}

const everyFrame = ({ thresholds }: ModelGeneration): EveryFrame => ({
  kind: 'every-frame',
  numbers: new VehicleNumbers(thresholds),
});

const digest = (names: readonly string[]): string =>
  createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 8);

const nameOf = ({ model, variant }: ModelGeneration): string => `${model}@${variant}`;
