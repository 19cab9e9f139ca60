import type { LoadRequest, ModelInfo } from '../../detect/detector.js';
import type { OperatingPoint } from '../../tune/operating-point.js';
import type { WantedPoint } from './wanted-point.js';
import type { Workers } from './workers.js';

/** What depends on the model that answers: whoever keeps any of it keeps it by generation, and takes all of it anew. */
export interface ModelInUse {
  /** +1 with every change, from 1. */
  readonly generation: number;
  readonly model: string;
  readonly variant: string;
  /** The execution provider really in use; several, `cuda+cpu`, where the workers found different ones. */
  readonly provider: string;
  /** Names by class index of every result of this generation. Later generations only append to them. */
  readonly classes: readonly string[];
  /** Size of the model's input in pixels. */
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/**
 * One generation of the model: its workers, and what its answers mean. It is held by whoever still has a picture on
 * its way through it, cameras and single pictures; once another generation has taken over and the last let go, its workers end.
 */
export class ModelGeneration implements ModelInUse {
  readonly generation: number;
  readonly workers: Workers;
  readonly classes: readonly string[];
  /** Index in `classes` by the model's own index; null where they are the same. */
  readonly classIndices: Uint16Array | null;
  /** Score from which a box is reported, by index in `classes`; above 1 for classes that this model does not report. */
  readonly thresholds: readonly number[];
  /** What it was asked to be. */
  readonly wanted: WantedPoint;
  readonly #request: LoadRequest;
  readonly #onFree: () => void;
  #holders = 0;
  #replaced = false;

  /** @param onFree called when it was replaced and nobody holds it any more; again where somebody held it after that */
  constructor(parts: {
    readonly generation: number;
    readonly wanted: WantedPoint;
    readonly request: LoadRequest;
    readonly workers: Workers;
    readonly classes: readonly string[];
    readonly classIndices: Uint16Array | null;
    readonly thresholds: readonly number[];
    readonly onFree: () => void;
  }) {
    this.generation = parts.generation;
    this.wanted = parts.wanted;
    this.workers = parts.workers;
    this.classes = parts.classes;
    this.classIndices = parts.classIndices;
    this.thresholds = parts.thresholds;
    this.#request = parts.request;
    this.#onFree = parts.onFree;
  }

  /** Names of the classes that this very model knows, reported or not. */
  get classesOfItself(): readonly string[] {
    return this.#request.classes;
  }

  /** Names of the classes that this model reports. */
  get reportedClasses(): readonly string[] {
    return this.classes.filter((_, c) => this.thresholds[c]! <= 1);
  }

  get model(): string {
    return this.#request.model;
  }

  get variant(): string {
    return this.#request.variant;
  }

  get provider(): string {
    return this.info.provider;
  }

  /** How it really runs: its provider is the one found. */
  get point(): OperatingPoint {
    const { workers, intraOpThreads, batchSize } = this.wanted;
    const { model, variant } = this;
    return { model, variant, provider: providerNamed(this.provider), workers, intraOpThreads, batchSize };
  }

  /** Boxes that it gives per picture at most. */
  get maxDetections(): number {
    return this.#request.maxDetections;
  }

  get inputWidth(): number {
    return this.info.inputWidth;
  }

  get inputHeight(): number {
    return this.info.inputHeight;
  }

  /** As its workers found it after their last start. */
  get info(): ModelInfo {
    return this.workers.info!;
  }

  /** Keeps its workers until `release`. */
  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    this.#freeIfDone();
  }

  /** Another generation answers from now on. */
  replaced(): void {
    this.#replaced = true;
    this.#freeIfDone();
  }

  #freeIfDone(): void {
    if (this.#replaced && this.#holders === 0) this.#onFree();
  }
}

/** The execution provider in what a worker tells of it: `cuda` of `cuda (not verified)`, the first of `cuda+cpu`. */
export function providerNamed(told: string): string {
  return told.split(/[ +]/, 1)[0]!;
}
