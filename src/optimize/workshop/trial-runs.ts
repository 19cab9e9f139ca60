import { explain } from '../../foundation/errors.js';
import type { RegistryEntry } from '../../models/registry.js';
import type { VariantFacts } from '../../models/variant-store.js';
import type { StepProgress } from '../step-progress.js';
import { candidateRequest } from './candidate.js';
import type { Judging } from './judging.js';
import { type Size, variantId } from './plan.js';
import { MADE_BY, type RanTrial, type TrialSubject, type VariantTrial } from './trial.js';

interface TrialRunsParts {
  readonly parent: RegistryEntry;
  readonly progress: StepProgress;
  readonly signal: AbortSignal | undefined;
}

/** Runs what is tried on the held-back frames. */
export class TrialRuns {
  readonly #parts: TrialRunsParts;
  readonly #judging: Judging;
  readonly #provider: Parameters<typeof candidateRequest>[3];

  /** @param provider that everything is run on */
  constructor(parts: TrialRunsParts, judging: Judging, provider: Parameters<typeof candidateRequest>[3]) {
    this.#parts = parts;
    this.#judging = judging;
    this.#provider = provider;
  }

  /** Why a variant cannot have this id: what somebody else made is not written over; null where it can. */
  takenBy(id: string): string | null {
    const there = this.#parts.parent.manifest.variants.find((variant) => variant.id === id);
    if (!there || there.madeBy.startsWith(MADE_BY)) return null;
    return `there is a variant ${id} already, made by: ${there.madeBy}; rename or remove it`;
  }

  /** Runs a candidate and lets the gate judge it. @param whole the fp32 model at its size */
  async judge(
    subject: TrialSubject,
    { file, from }: Pick<RanTrial, 'file' | 'from'>,
    whole: RanTrial,
  ): Promise<VariantTrial> {
    const request = candidateRequest(this.#parts.parent.manifest, subject.facts, file, this.#provider);
    const rows = await this.#run(request);
    if (typeof rows === 'string') {
      return { kind: 'unrun', ...subject, file, reason: `does not load in ONNX Runtime: ${rows}` };
    }
    const gate = await this.#judging.judge(whole.rows, rows);
    return { kind: 'ran', ...subject, file, from, request, rows, gate };
  }

  /** A size is no variant that could be wrong: its fp32 model is run to know what it costs. @param reference the same file */
  async runWhole(size: Size, reference: RanTrial): Promise<VariantTrial> {
    const { manifest, variant } = this.#parts.parent;
    const known = manifest.variants.find(
      (one) =>
        one.width === size.width && one.height === size.height && one.file === variant.file && one.precision === 'fp32',
    );
    const facts: VariantFacts = known ?? {
      width: size.width,
      height: size.height,
      id: variantId('fp32', size),
      precision: 'fp32',
      accuracy: null,
      madeBy: variant.madeBy,
      ...(variant.externalData && { externalData: variant.externalData }),
    };
    const subject: TrialSubject = { facts, recipe: 'fp32', notes: [] };
    const { file, from } = reference;
    this.#parts.progress.begin(`running ${facts.id}`, 3);
    const taken = known ? null : this.takenBy(facts.id);
    if (taken !== null) return { kind: 'unrun', ...subject, file, reason: taken };
    const request = candidateRequest(manifest, facts, file, this.#provider);
    const rows = await this.#run(request);
    if (typeof rows === 'string') {
      return { kind: 'unrun', ...subject, file, reason: `does not run at this size: ${rows}` };
    }
    return { kind: 'ran', ...subject, file, from, request, rows, gate: null };
  }

  /** The variant at another size, of the same file. */
  async resize(best: RanTrial, size: Size, whole: RanTrial): Promise<VariantTrial> {
    const id = variantId(best.recipe, size);
    const facts: VariantFacts = { ...best.facts, ...size, id, accuracy: null };
    const subject: TrialSubject = { facts, recipe: best.recipe, notes: best.notes };
    const taken = this.takenBy(id);
    if (taken !== null) return { kind: 'unrun', ...subject, file: best.file, reason: taken };
    return this.judge(subject, best, whole);
  }

  /** What a model finds on the held-back frames, or why it cannot be run. */
  async #run(request: RanTrial['request']): Promise<RanTrial['rows'] | string> {
    try {
      return await this.#judging.find(request);
    } catch (error) {
      this.#parts.signal?.throwIfAborted();
      return explain(error);
    }
  }
}
