import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRuntime } from '../../detect/worker/onnx-runtime.js';
import { ModelError } from '../../foundation/errors.js';
import type { Variant } from '../../models/manifest.js';
import { readOnnxFacts } from '../../models/onnx-facts.js';
import { ModelRegistry, type RegistryEntry } from '../../models/registry.js';
import { checkWritable, storeVariants } from '../../models/variant-store.js';
import { readModel } from '../../onnx/model-file.js';
import type { FrameSet, Picture } from '../../pictures/frame-set.js';
import { foldExtraInputs } from '../passes/fold-extra-inputs.js';
import { PASSES, type Passes } from '../passes.js';
import { type Progress, StepProgress } from '../step-progress.js';
import { examplesOf } from './examples.js';
import { splitForWorkshop } from './frame-parts.js';
import { VariantMaker, WEIGHTS } from './make-variant.js';
import type { WorkshopReport } from './outcome.js';
import { type Kind, otherSizes, recipesFor, type Size, sizeProblem, type Target, type VariantRecipe } from './plan.js';
import type { MeasureOptions } from './speed.js';
import { Trials } from './trials.js';

export interface OptimizeOptions {
  /** The registry's folder. */
  readonly modelsDir: string;
  readonly model: string;
  readonly frames: FrameSet;
  /** Frames that only judge and are never calibrated on; default: a third of `frames`. */
  readonly judgeOn?: FrameSet | null;
  /** Where the frames come from, in the operator's words. */
  readonly framesFrom: string;
  readonly target: Target;
  /** F1 against the fp32 model of the same size below which a variant is refused, 0..1. */
  readonly minF1: number;
  /** null: everything that the target knows. */
  readonly only: readonly Kind[] | null;
  /** Input sizes to offer besides the default one; null: the usual ones, where the model takes them. */
  readonly sizes: readonly Size[] | null;
  /** Classes to keep in the head; null: the manifest's `report`, where that leaves out most. */
  readonly classes: readonly string[] | null;
  /** Make and judge, but leave the registry as it is. */
  readonly dryRun: boolean;
  /** A frame as JPEG, for the report's examples; without it they have none. */
  readonly encodeJpeg?: (picture: Picture) => Promise<Uint8Array>;
  readonly passes?: Passes;
  /** Times the reference's speed below which a variant at its size is refused; default 1.03. */
  readonly minSpeedup?: number;
  /** How long speed is measured; default as `measureSpeed`. */
  readonly measuring?: Pick<MeasureOptions, 'rounds' | 'roundMs'>;
  /** Folder for models that are not decided on; default: the system's. */
  readonly scratch?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborted: throws its reason; the registry is as it was. */
  readonly signal?: AbortSignal;
}

/** Fewer frames say nothing about a model. */
const LEAST_FRAMES = 12;
/** From here on a quantization and a verdict can be relied on. */
const ENOUGH_FRAMES = 60;
/** A variant that is not at least so much faster is not worth its file. */
const MIN_SPEEDUP = 1.03;

/**
 * Makes the variants of a model that a target can use, and keeps those in the registry that kept their accuracy on
 * frames which they were not made from: pass, load, gate, speed against the parent, then registered or refused, with
 * the reason. The registry is written last, in one step.
 *
 * @throws ModelError where the model has no fp32 variant, cannot be read, or the frames cannot judge it
 */
export async function makeVariants(options: OptimizeOptions): Promise<WorkshopReport> {
  const { signal, dryRun } = options;
  const startedAt = Date.now();
  const parent = await parentOf(options);
  const folder = join(options.modelsDir, options.model);
  if (!dryRun) await checkWritable(folder);
  const work = await mkdtemp(join(options.scratch ?? tmpdir(), 'edge-workshop-'));
  try {
    const { report, trials } = await tryAll(options, parent, work, startedAt);
    signal?.throwIfAborted();
    if (!dryRun) await storeVariants(folder, trials.kept(), signal);
    return { ...report, tookMs: Date.now() - startedAt };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The variant that others are made of and compared with: the first in fp32 that is as its exporter made it. */
async function parentOf({ modelsDir, model, sizes }: OptimizeOptions): Promise<RegistryEntry> {
  const registry = await ModelRegistry.open(modelsDir);
  const { manifest } = await registry.find(model);
  const variant = manifest.variants.find(
    ({ precision, input, output, classes }) =>
      precision === 'fp32' && !input && (output ?? 'raw') === 'raw' && !classes,
  );
  if (!variant) {
    throw new ModelError(
      `model ${model} has no fp32 variant to start from${quantisedAlready(manifest.variants)}; add its fp32 export with: models add FILE --family ${manifest.family}`,
      { model },
    );
  }
  const entry = await registry.find(model, variant.id);
  const { quantised } = readOnnxFacts(entry.file).precision;
  if (quantised !== null) {
    throw new ModelError(
      `${model}:${variant.id} is called fp32 in its manifest, and is quantised already: nothing can be made of it; correct its precision to int8, and add the fp32 export with: models add FILE --family ${manifest.family}`,
      { model, variant: variant.id },
    );
  }
  const problems = (sizes ?? []).flatMap((size) => sizeProblem(size, manifest.input) ?? []);
  if (problems.length > 0) throw new ModelError(problems.join('\n'), { model });
  return entry;
}

function quantisedAlready(variants: readonly Variant[]): string {
  return variants.every(({ precision }) => precision === 'int8')
    ? ', only what is quantised already and cannot be quantised again'
    : '';
}

async function tryAll(
  options: OptimizeOptions,
  parent: RegistryEntry,
  work: string,
  startedAt: number,
): Promise<{ report: WorkshopReport; trials: Trials }> {
  const { target, only, minF1, signal, passes = PASSES, measuring = {} } = options;
  const { manifest, variant } = parent;
  const parts = splitForWorkshop(options.frames, options.judgeOn ?? null);
  const seen = parts.calibration.count + parts.validation.count + parts.heldBack.count;
  if (seen < LEAST_FRAMES) {
    throw new ModelError(
      `${seen} frames are too few to calibrate and to judge: give at least ${ENOUGH_FRAMES} with --frames`,
      { frames: seen },
    );
  }
  const recipes = recipesFor(target, only);
  const sizes = only === null || only.includes('sizes') || options.sizes ? sizesOf(options, parent) : [];
  const progress = new StepProgress(workOf(recipes, sizes.length), Date.now, options.onProgress ?? (() => undefined));
  const { width, height } = variant;
  const model = foldExtraInputs(readModel(parent.file), { width, height, extra: manifest.input.extra });
  const trials = await Trials.begin({ parent, parts, target, minF1, work, measuring, progress, signal });
  const maker = new VariantMaker({
    manifest,
    model,
    request: trials.reference.request,
    calibration: parts.calibration,
    asked: options.classes,
    minF1,
    passes,
    score: (candidate, classes) => trials.judging.score(candidate, classes),
    progress,
    signal,
  });
  for (const recipe of recipes) {
    signal?.throwIfAborted();
    await trials.tryRecipe(recipe, maker);
  }
  await trials.measure(trials.made, options.minSpeedup ?? MIN_SPEEDUP);
  const recommended = trials.fastest();
  if (sizes.length > 0) await trials.trySizes(sizes, recommended);
  const outcomes = trials.outcomes(options.dryRun);
  progress.begin('examples', 1);
  const notes = [...trials.notes];
  if (seen < ENOUGH_FRAMES) {
    notes.push(`only ${seen} frames: give ${ENOUGH_FRAMES} or more, from all hours, before relying on these figures`);
  }
  const report: WorkshopReport = {
    model: manifest.name,
    family: manifest.family,
    licence: manifest.licence,
    target,
    startedAt,
    tookMs: 0,
    device: deviceText(),
    runtime: loadRuntime(null).runtime,
    reference: variant.id,
    minF1,
    scoreThreshold: Math.min(...trials.judging.thresholds),
    classes: manifest.classes,
    frames: {
      from: options.framesFrom,
      calibration: parts.calibration.count,
      validation: parts.validation.count,
      heldBack: parts.heldBack.count,
      labelled: trials.judging.labelled,
      boxes: trials.judging.parentBoxes,
    },
    outcomes,
    recommended: recommended?.facts.id ?? null,
    int8: maker.int8,
    disagreements: await examplesOf(trials, parts.heldBack, options.encodeJpeg ?? null),
    notes,
    dryRun: options.dryRun,
  };
  return { report, trials };
}

function sizesOf({ sizes }: OptimizeOptions, { manifest, variant }: RegistryEntry): readonly Size[] {
  return otherSizes(manifest.input, variant, sizes);
}

/** About how long everything takes, in the unit of the steps' weights. */
function workOf(recipes: readonly VariantRecipe[], sizes: number): number {
  const int8 = recipes.some((recipe) => recipe.int8) ? WEIGHTS.int8 : 0;
  const prune = recipes.some(({ pruned }) => pruned) ? WEIGHTS.prune : 0;
  return 16 + recipes.length * 5 + int8 + prune + (sizes > 0 ? 8 : 0) + sizes * 6;
}

function deviceText(): string {
  const [first] = cpus();
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
}
