import type { LoadRequest, OutputForm } from '../../detect/detector.js';
import { ModelError } from '../../foundation/errors.js';
import type { Manifest, ManifestInput } from '../../models/manifest.js';
import type { Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { type FrameSet, modelInputs } from '../../pictures/frame-set.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import type { LayerSensitivity } from '../int8/quantize.js';
import type { Passes } from '../passes.js';
import type { StepProgress } from '../step-progress.js';
import { classesToKeep, PRUNE_RATIOS, type VariantRecipe } from './plan.js';

/** Boxes that a reduced output keeps of a picture: more vehicles than a camera sees, few enough to copy in no time. */
const TOP = 300;
/** What the cut model must agree with the whole one; it should be exact but for boxes that change their class. */
const CUT_F1 = 0.995;
/** What pruning must leave for the quantization after it. */
const PRUNE_RESERVE = 0.005;

/** About how long the long steps take, for guessing the time left. */
export const WEIGHTS = { int8: 60, prune: 40, fp16: 6 } as const;

/** A model made by a recipe, with what its manifest entry must say. */
export interface MadeModel {
  readonly model: Model;
  /** null: as the manifest says for all. */
  readonly input: ManifestInput | null;
  readonly output: OutputForm;
  /** null: all of the manifest's. */
  readonly classes: readonly string[] | null;
  /** The steps in words. */
  readonly steps: readonly string[];
  readonly notes: readonly string[];
}

export interface Int8Details {
  readonly method: string;
  readonly scores: Readonly<Record<string, number>>;
  readonly sensitivity: readonly LayerSensitivity[];
}

export interface VariantMakerParts {
  readonly manifest: Manifest;
  /** The fp32 model as its file has it. */
  readonly model: Model;
  /** How it is loaded at the default size. */
  readonly request: LoadRequest;
  readonly calibration: FrameSet;
  /** Classes to keep, where the operator says so. */
  readonly asked: readonly string[] | null;
  readonly minF1: number;
  readonly passes: Passes;
  /** F1 of a model with these classes against the parent, on the validation frames. */
  readonly score: (model: Model, classes: readonly string[] | null) => Promise<number>;
  readonly progress: StepProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Makes models by recipes; what two recipes have in common is made once. */
export class VariantMaker {
  readonly #parts: VariantMakerParts;
  readonly #made = new Map<string, Promise<MadeModel>>();
  /** What the last quantization found out; null before one. */
  int8: Int8Details | null = null;

  constructor(parts: VariantMakerParts) {
    this.#parts = parts;
  }

  /** @throws Refusal where a pass cannot treat the model */
  async make(recipe: VariantRecipe): Promise<MadeModel> {
    let made = await this.#once('whole', () => this.#clean());
    if (recipe.pruned) made = await this.#once('pruned', () => this.#prune());
    const key = recipe.pruned ? 'pruned' : 'whole';
    const { int8 } = recipe;
    if (int8) made = await this.#once(`${key}-${int8}`, async () => this.#quantize(await this.#base(key), int8));
    if (recipe.fp16) made = await this.#once(`${key}-fp16`, async () => this.#halve(await this.#base(key)));
    return recipe.fused ? this.#fuse(made) : made;
  }

  #base(key: 'whole' | 'pruned'): Promise<MadeModel> {
    return this.#made.get(key)!;
  }

  #once(key: string, make: () => Promise<MadeModel>): Promise<MadeModel> {
    let made = this.#made.get(key);
    if (!made) this.#made.set(key, (made = make()));
    return made;
  }

  /** Exact: what computes nothing goes, and classes nobody asked for where they are many. */
  async #clean(): Promise<MadeModel> {
    const { manifest, passes, progress } = this.#parts;
    progress.begin('tidying the graph', 1);
    const notes: string[] = [];
    let { model } = this.#parts;
    const folded = await tried(notes, () => passes.foldConstants(model));
    if (folded) model = folded.model;
    const identities = await tried(notes, () => passes.removeIdentities(model));
    if (identities) model = identities.model;
    const whole = { model, input: null, output: 'raw', classes: null, steps: [], notes } as const;
    const keep = classesToKeep(manifest.classes, manifest.report, this.#parts.asked);
    if (!keep) return whole;
    const cut = await tried(notes, () => {
      refuseOwnDecoding('cut-classes', manifest);
      return passes.cutClasses(model, manifest.family, keep, manifest.classes.length);
    });
    if (!cut) return whole;
    const classes = keep.map((index) => manifest.classes[index]!);
    const f1 = await this.#parts.score(cut.model, classes);
    if (f1 < CUT_F1) {
      notes.push(
        `all ${manifest.classes.length} classes stay in the head: without those nobody asked for, F1 is ${f1.toFixed(3)} (their boxes come back as other classes)`,
      );
      return whole;
    }
    const step = `${keep.length} of ${manifest.classes.length} classes`;
    return { ...whole, model: cut.model, classes, steps: [step], notes: [...notes, ...cut.notes] };
  }

  /** The last ratio before the accuracy is lost. */
  async #prune(): Promise<MadeModel> {
    const base = await this.#base('whole');
    const tried: string[] = [];
    let best: MadeModel | null = null;
    for (const ratio of PRUNE_RATIOS) {
      const { made, f1 } = await this.#pruneBy(ratio, base);
      tried.push(`${percent(ratio)} ${f1.toFixed(3)}`);
      if (f1 < this.#parts.minF1 + PRUNE_RESERVE) break;
      best = made;
    }
    const scores = `F1 on the validation frames without so many of the filters: ${tried.join(', ')}`;
    if (best) return { ...best, notes: [...best.notes, scores] };
    throw new Refusal('prune', scores);
  }

  async #pruneBy(ratio: number, base: MadeModel): Promise<{ made: MadeModel; f1: number }> {
    const { passes, request, progress, signal } = this.#parts;
    progress.begin(`pruning ${percent(ratio)} of the filters`, WEIGHTS.prune);
    const { model, removed, notes } = await passes.pruneFilters(base.model, {
      ratio,
      inputs: this.#inputs(base.model),
      inputDims: inputDims(base.model, request),
      onProgress: (done, total) => progress.within(done, total),
      ...(signal && { signal }),
    });
    const gone = removed.reduce((sum, { before, after }) => sum + before - after, 0);
    const step = `${gone} filters pruned (${percent(ratio)}), statistics estimated again`;
    const made = { ...base, model, steps: [...base.steps, step], notes: [...base.notes, ...notes] };
    return { made, f1: await this.#parts.score(model, base.classes) };
  }

  async #quantize(base: MadeModel, scheme: NonNullable<VariantRecipe['int8']>): Promise<MadeModel> {
    const { passes, score, manifest, progress, calibration, signal } = this.#parts;
    progress.begin('int8', WEIGHTS.int8);
    const inputRange = byteRange(manifest.input);
    const quantized = await passes.quantizeInt8(base.model, {
      inputs: this.#inputs(base.model),
      scheme,
      score: (model) => score(model, base.classes),
      ...(inputRange && { inputRange }),
      onProgress: (done, total, what) => progress.within(done, total, what),
      ...(signal && { signal }),
    });
    const { method, scores, sensitivity, notes } = quantized;
    this.int8 = { method, scores, sensitivity };
    const kept = sensitivity.filter(({ keptInFloat }) => keptInFloat).length;
    const step = `int8 (${scheme}, ${method}, ${calibration.count} frames${kept > 0 ? `, ${kept} layers in float` : ''})`;
    return { ...base, model: quantized.model, steps: [...base.steps, step], notes: [...base.notes, ...notes] };
  }

  async #halve(base: MadeModel): Promise<MadeModel> {
    const { passes, progress, signal } = this.#parts;
    progress.begin('fp16', WEIGHTS.fp16);
    const { model, keptInFloat, notes } = await passes.convertToFp16(base.model, {
      inputs: this.#inputs(base.model),
      onProgress: (done: number, total: number) => progress.within(done, total),
      ...(signal && { signal }),
    });
    const step = `fp16${keptInFloat.length > 0 ? ` (${keptInFloat.length} nodes in float)` : ''}`;
    const reasons = keptInFloat.map(({ node, reason }) => `${node} stays in float: ${reason}`);
    return { ...base, model, steps: [...base.steps, step], notes: [...base.notes, ...notes, ...reasons] };
  }

  /** Either half alone is worth having. */
  async #fuse(base: MadeModel): Promise<MadeModel> {
    const { passes, manifest, progress } = this.#parts;
    progress.begin('fusing', 1);
    const notes: string[] = [];
    const classes = (base.classes ?? manifest.classes).length;
    const reduced = await tried(notes, () => {
      refuseOwnDecoding('reduce output', manifest);
      return passes.reduceOutput(base.model, { family: manifest.family, classes, output: 'candidates', top: TOP });
    });
    const fused = await tried(notes, () => passes.fuseInput(reduced?.model ?? base.model, manifest.input));
    if (!fused && !reduced) throw new Refusal('fuse', notes.join('; '));
    return {
      ...base,
      model: fused?.model ?? reduced!.model,
      input: fused?.input ?? base.input,
      output: reduced ? 'candidates' : base.output,
      steps: [...base.steps, ...(fused ? ['uint8 NHWC input'] : []), ...(reduced ? ['candidates output'] : [])],
      notes: [...base.notes, ...notes, ...(reduced?.notes ?? []), ...(fused?.notes ?? [])],
    };
  }

  #inputs(model: Model): ModelInputs {
    return modelInputs(this.#parts.calibration, this.#parts.request, model.graph.inputs[0]!.name);
  }
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;

/** A pass that may refuse without harm: the next goes on without it. */
/** The passes know a family's outputs as its usual export has them. @throws Refusal where this one differs */
function refuseOwnDecoding(pass: string, { family, decoding }: Manifest): void {
  if (decoding === undefined) return;
  throw new Refusal(
    pass,
    `the outputs differ from those of a usual ${family} export (its decoding): they stay as they are`,
  );
}

async function tried<T>(notes: string[], pass: () => T | Promise<T>): Promise<T | null> {
  try {
    return await pass();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    notes.push(error.message);
    return null;
  }
}

export function inputDims(model: Model, { input }: LoadRequest): ReadonlyMap<string, readonly number[]> {
  const { width, height, layout } = input;
  const dims = layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3];
  return new Map([[model.graph.inputs[0]!.name, dims]]);
}

/** What the values of the picture input lie between, where they are bytes times a factor and begin at 0. */
function byteRange({ scale, mean, std }: ManifestInput): readonly [number, number] | null {
  const alike = std.every((value) => value === std[0]) && mean.every((value) => value === 0);
  return alike ? [0, (255 * scale) / std[0]] : null;
}
