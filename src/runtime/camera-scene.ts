import type { AuditBudget } from '../answer/audit/audit-budget.js';
import { type AuditedAccuracy, CameraAudit } from '../answer/audit/camera-audit.js';
import type { HourExperience } from '../answer/audit/hours-of-day.js';
import type { EveryFrame, KnownAnswers } from '../answer/frame-loop.js';
import { KnownScene } from '../answer/known-scene.js';
import { RememberedScenes } from '../answer/memory/remembered-scenes.js';
import { maskBlocks } from '../answer/scene/block-mask.js';
import { VehicleNumbers } from '../answer/vehicle-numbers.js';
import type { Cache } from '../cache/cache.js';
import type { AnswerConfig, CameraConfig } from '../config/config.js';
import type { AuditHistory } from '../store/audits.js';

/** Days of audits that tell what an hour is usually like. */
const SEED_DAYS = 30;

export interface CameraAnsweringOptions {
  readonly camera: Pick<CameraConfig, 'id' | 'masks'>;
  readonly config: AnswerConfig;
  /** Score per class from which a box is reported. */
  readonly thresholds: readonly number[];
  readonly model: string;
  readonly variant: string;
  readonly cache: Cache;
  readonly history: AuditHistory;
  readonly budget: AuditBudget;
}

/** What answers one camera's frames without inference, and what watches over that. */
export class CameraAnswering {
  readonly camera: string;
  readonly answering: KnownAnswers | EveryFrame;
  readonly #history: AuditHistory;
  readonly #model: string;

  constructor({ camera, config, thresholds, model, variant, cache, history, budget }: CameraAnsweringOptions) {
    const { accuracyFloor: floor, auditShare: share, maxAgeMs, maxIdleAgeMs, rememberedScenes: maxScenes } = config;
    this.camera = camera.id;
    this.#history = history;
    this.#model = `${model}@${variant}`;
    if (floor === 1) {
      this.answering = { kind: 'every-frame', numbers: new VehicleNumbers(thresholds) };
      return;
    }
    const scene = new KnownScene({
      thresholds,
      maxAgeMs,
      maxIdleAgeMs,
      masked: maskBlocks(camera.masks),
      scenes: (background, { sourceWidth, sourceHeight }) =>
        maxScenes === 0
          ? null
          : new RememberedScenes({
              camera: camera.id,
              model,
              variant,
              sourceWidth,
              sourceHeight,
              cache,
              background,
              maxScenes,
            }),
    });
    const localHour = (at: number): number => new Date(at).getHours();
    const audit = new CameraAudit({ share, floor, reportThreshold: Math.min(...thresholds), budget, localHour });
    this.answering = { kind: 'known-scene', scene, audit };
  }

  /** null where every frame is inferred. */
  get audit(): CameraAudit | null {
    return this.answering.kind === 'known-scene' ? this.answering.audit : null;
  }

  /** Reads what earlier runs found. */
  start(): void {
    this.audit?.seed(this.#history.read(this.camera, this.#model, SEED_DAYS), Date.now());
  }

  /** Hands what was counted since the last call to the history. */
  store(): void {
    if (this.audit) this.#history.add(this.camera, this.#model, this.audit.takeTotals());
  }

  /** The hours of the day with audits; empty where every frame is inferred. */
  hoursOfDay(): readonly HourExperience[] {
    return this.audit?.hoursOfDay().filter(({ audits }) => audits > 0) ?? [];
  }

  report(): AuditedAccuracy | null {
    return this.audit?.report(Date.now()) ?? null;
  }
}
