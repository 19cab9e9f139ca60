import type { Config } from '../../config/config.js';
import { lackedMemory } from '../../detect/out-of-memory.js';
import type { Clock } from '../../foundation/clock.js';
import { DetectorError, explain, ModelError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { stateOfModelFile } from '../../models/file-state.js';
import { type ChangeCost, checkKnobs, costOfChange } from '../../tune/knob-changes.js';
import type { KnobSettings } from '../../tune/knobs.js';
import { isSamePoint, nameOfPoint, type OperatingPoint } from '../../tune/operating-point.js';
import type { Undo } from '../../tune/optimization-strategy.js';
import { type FailureCircumstances, PointFailures } from '../../tune/point-failures.js';
import type { Cameras } from '../cameras/cameras.js';
import type { ModelsInUse } from '../detector/models-in-use.js';
import type { RuntimeStatus } from '../status.js';
import { CHANGE_OUTCOMES, type ChangeOutcome, knobMetrics } from './knob-metrics.js';
import type { QualityCeiling } from './quality-ceiling.js';

export interface KnobsParts {
  readonly config: Pick<Config, 'model'>;
  readonly models: Pick<ModelsInUse, 'current' | 'change' | 'batchWindowMs'>;
  readonly cameras: Pick<Cameras, 'inferenceIntervalMs'>;
  readonly ceiling: QualityCeiling;
  /** Bytes that processes of the program may still have; null where nothing tells. */
  readonly memoryFreeBytes: () => number | null;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What can be moved while the program runs. Interval, window and quality hold from the next frame on; for anything else
 * another set of workers is loaded and verified beside the one that serves. Where that fails nothing has changed, and the
 * operating point is left alone for a while.
 */
export class Knobs implements Part {
  readonly name = 'knobs';
  readonly essential = false;
  readonly failures = new PointFailures();
  readonly metrics = knobMetrics({
    settings: () => this.currentOrNull,
    changes: (outcome) => this.#changes[outcome],
    heldOff: () => this.failures.heldOff(this.#parts.clock.now()).length,
  });
  readonly #parts: KnobsParts;
  readonly #changes = Object.fromEntries(CHANGE_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    ChangeOutcome,
    number
  >;
  #applying: Promise<unknown> = Promise.resolve();

  constructor(parts: KnobsParts) {
    this.#parts = parts;
  }

  start(): void {
    // it moves when it is asked to
  }

  /** Waits for a change under way, which ends with the models. */
  async stop(): Promise<void> {
    await this.#applying;
  }

  /** Where the knobs stand; null before a model answers. */
  get currentOrNull(): KnobSettings | null {
    const { models, cameras, ceiling } = this.#parts;
    if (models.current === null) return null;
    return {
      point: models.current.point,
      batchWindowMs: models.batchWindowMs,
      inferenceIntervalMs: cameras.inferenceIntervalMs,
      compressionQuality: ceiling.value,
    };
  }

  /** Where the knobs stand. @throws DetectorError before a model answers */
  get current(): KnobSettings {
    const settings = this.currentOrNull;
    if (settings === null) throw new DetectorError('no model answers yet: knobs can be moved after the start');
    return settings;
  }

  /** Operating points that failed and are left alone now. */
  heldOff(): RuntimeStatus['heldOff'] {
    const now = this.#parts.clock.now();
    return this.failures.heldOff(now).map(({ point, failures, reason, until }) => {
      return { point: nameOfPoint(point), failures, reason, forS: Math.ceil((until - now) / 1000) };
    });
  }

  /** What going there from where the knobs stand takes. */
  cost(target: KnobSettings): ChangeCost {
    return costOfChange(this.current, target);
  }

  /**
   * Moves the knobs, all of them or none; one change at a time, in the order of the calls. Resolves once everything holds.
   *
   * @param signal aborted where the change is not wanted any more
   * @returns puts back what this change has moved and nobody else has moved since
   * @throws RangeError where a knob cannot stand so; ModelError where the point failed lately; whatever its load throws
   */
  apply(target: KnobSettings, signal?: AbortSignal): Promise<Undo> {
    checkKnobs(target);
    return this.#inTurn(async () => {
      const before = this.current;
      if (this.cost(target) === 'swap') await this.#tryPoint(target.point, signal);
      this.#turn(target);
      return () => this.#inTurn(() => this.#putBack(before, target));
    });
  }

  /** There was no memory for a point while it served. */
  lacked(point: OperatingPoint, reason: string): void {
    const { clock, memoryFreeBytes, config } = this.#parts;
    const now = clock.now();
    void stateOfModelFile(config.model.dir, point.model, point.variant).then((file) => {
      this.failures.failed(point, { reason, lackedMemory: true }, { file, memoryFreeBytes: memoryFreeBytes() }, now);
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#applying.then(change);
    this.#applying = changed.catch(() => undefined);
    return changed;
  }

  #turn({ batchWindowMs, inferenceIntervalMs, compressionQuality }: Omit<KnobSettings, 'point'>): void {
    const { models, cameras, ceiling } = this.#parts;
    models.batchWindowMs = batchWindowMs;
    cameras.inferenceIntervalMs = inferenceIntervalMs;
    ceiling.value = compressionQuality;
  }

  /** What somebody has moved meanwhile stays. */
  async #putBack(before: KnobSettings, target: KnobSettings): Promise<void> {
    const now = this.current;
    const back = <K extends keyof KnobSettings>(knob: K): KnobSettings[K] =>
      now[knob] === target[knob] ? before[knob] : now[knob];
    const isOurs = isSamePoint(now.point, target.point);
    if (isOurs && !isSamePoint(before.point, target.point)) {
      await this.#parts.models.change(before.point);
      this.#changes.undone++;
    }
    this.#turn({
      batchWindowMs: back('batchWindowMs'),
      inferenceIntervalMs: back('inferenceIntervalMs'),
      compressionQuality: back('compressionQuality'),
    });
  }

  async #tryPoint(point: OperatingPoint, signal?: AbortSignal): Promise<void> {
    const circumstances = await this.#circumstances(point);
    this.#refuseFailed(point, circumstances);
    try {
      await this.#parts.models.change(point, signal);
    } catch (error) {
      if (signal?.aborted) this.#changes.aborted++;
      else this.#remember(point, error, circumstances);
      throw error;
    }
    this.#changes.served++;
    this.failures.served(point);
  }

  #refuseFailed(point: OperatingPoint, circumstances: FailureCircumstances): void {
    const now = this.#parts.clock.now();
    const failed = this.failures.obstacleTo(point, circumstances, now);
    if (failed === null) return;
    this.#changes['held-off']++;
    const seconds = Math.ceil((failed.until - now) / 1000);
    throw new ModelError(
      `${nameOfPoint(point)} failed ${failed.failures} times in a row and is left alone for another ${seconds} s: ${failed.reason}`,
      { failures: failed.failures, seconds },
      undefined,
      false,
    );
  }

  #remember(point: OperatingPoint, error: unknown, circumstances: FailureCircumstances): void {
    const { clock, log } = this.#parts;
    const reason = explain(error);
    this.#changes.failed++;
    const now = clock.now();
    const { failures, until } = this.failures.failed(
      point,
      { reason, lackedMemory: lackedMemory(error) },
      circumstances,
      now,
    );
    const forS = Math.round((until - now) / 1000);
    log.warn({ point: nameOfPoint(point), failures, forS, reason }, 'an operating point failed and is left alone');
  }

  async #circumstances({ model, variant }: OperatingPoint): Promise<FailureCircumstances> {
    const { config, memoryFreeBytes } = this.#parts;
    return { file: await stateOfModelFile(config.model.dir, model, variant), memoryFreeBytes: memoryFreeBytes() };
  }
}
