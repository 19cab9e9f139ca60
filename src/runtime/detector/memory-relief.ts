import type { Config } from '../../config/config.js';
import { DETECTOR_MEMORY } from '../../detect/host/alerts.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { hostOf } from '../../models/default-variant.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import { installedLesser } from '../../tune/lesser-point.js';
import { nameOfPoint, type OperatingPoint } from '../../tune/operating-point.js';
import type { ModelsInUse } from './models-in-use.js';

export interface MemoryReliefParts {
  readonly config: Pick<Config, 'model' | 'detector'>;
  readonly models: Pick<ModelsInUse, 'current' | 'changeAlone'>;
  readonly alerts: Alerts;
  readonly log: Log;
  /** A point for which there was no memory: whoever chooses points hears of it. */
  readonly onLacking: (point: OperatingPoint, reason: string) => void;
}

/** Has the detector do with less where there was no memory for what it did. */
export class MemoryRelief {
  readonly #parts: MemoryReliefParts;
  /** The newest generation that gave way, or could not. */
  #relieved = 0;
  #isBusy = false;
  /** The generation that took over; null where none did. */
  #lesser: number | null = null;

  constructor(parts: MemoryReliefParts) {
    this.#parts = parts;
  }

  /** Another model answers: where somebody chose it, nothing was taken away any more. */
  changed({ generation }: { readonly generation: number }): void {
    if (this.#lesser !== null && generation > this.#lesser) this.#parts.alerts.clear(DETECTOR_MEMORY.code);
  }

  /**
   * Resolves when less answers, or nothing less could be had. Throws nothing.
   *
   * @param reason what was said of it
   */
  async lacked(reason: string): Promise<void> {
    const { current } = this.#parts.models;
    // one that was told of several times, by each of its workers, gives way once
    if (current === null || this.#isBusy || current.generation <= this.#relieved) return;
    this.#isBusy = true;
    this.#relieved = current.generation;
    try {
      await this.#relieve(current.point, reason);
    } catch (error) {
      this.#parts.log.error(
        { reason: explain(error) },
        'there is no memory for the detector, and nothing less is found',
      );
    } finally {
      this.#isBusy = false;
    }
  }

  async #relieve(point: OperatingPoint, reason: string): Promise<void> {
    const { log, alerts, onLacking } = this.#parts;
    onLacking(point, reason);
    for (let next = await this.#lessThan(point); next !== null; next = await this.#lessThan(next)) {
      const generation = await this.#tryAlone(next);
      if (generation === null) continue;
      this.#lesser = generation;
      const [was, is] = [nameOfPoint(point), nameOfPoint(next)];
      log.warn({ was, is, reason }, 'there was no memory for what the detector did: it does with less');
      alerts.raise(DETECTOR_MEMORY.code, {
        severity: 'warning',
        message: `there was no memory for ${was} (${reason}): ${is} answers instead`,
      });
      return;
    }
    log.error({ point: nameOfPoint(point), reason }, 'there is no memory for the detector, and nothing takes less');
  }

  #lessThan(point: OperatingPoint): Promise<OperatingPoint | null> {
    const { model, detector } = this.#parts.config;
    return installedLesser(point, model.dir, hostOf(detector.providers[0]!.name));
  }

  /** @returns the generation that answers; null where it could not be had either */
  async #tryAlone(point: OperatingPoint): Promise<number | null> {
    try {
      return (await this.#parts.models.changeAlone(point)).generation;
    } catch (error) {
      this.#parts.onLacking(point, explain(error));
      return null;
    }
  }
}
