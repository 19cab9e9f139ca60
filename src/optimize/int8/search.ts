import type { Model } from '../../onnx/model.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { CalibratedModel, type Int8Recipe } from './calibrated-model.js';
import { equalize } from './equalize.js';
import { LastLayers } from './last-layer-error.js';
import { type LayerError, probeLayers } from './layer-probe.js';
import type { Scheme } from './quantizer.js';
import { METHODS } from './range-methods.js';
import { Steps } from './steps.js';
import { FULL_RANGE, REDUCED_RANGE } from './weights.js';

export interface Int8SearchOptions {
  readonly inputs: ModelInputs;
  readonly scheme: Scheme;
  readonly inputRange: readonly [number, number] | null;
  readonly signal: AbortSignal | undefined;
  score(model: Model): Promise<number>;
  onProgress(done: number, total: number, what: string): void;
}

/** One way to quantize the model, and how good it is. */
interface Candidate {
  readonly calibrated: CalibratedModel;
  readonly recipe: Int8Recipe;
  readonly score: number;
  /** At the last layers, against the float model. */
  readonly error: number;
}

export interface Int8SearchResult {
  readonly calibrated: CalibratedModel;
  readonly recipe: Int8Recipe;
  readonly scores: Record<string, number>;
  /** By layer's node. */
  readonly errors: ReadonlyMap<string, LayerError>;
  /** By layer's node: the score with it in float. */
  readonly withoutLayer: ReadonlyMap<string, number>;
}

/** Scores closer than this are the same: a box or two of a few hundred. The error at the last layers decides between them. */
const SAME = 0.002;
/** What keeping a layer in float must gain, since it costs speed. */
const WORTH = 0.003;
/** The last layers go to int8 where the error grows by no more than this part. */
const HARMLESS = 0.005;
/** A score below this may come from sums that overflow 16 bits. */
const SUSPICIOUS = 0.97;
/** Layers of the least SQNR that are tried in float one by one. */
const LEFT_OUT = 10;
/** A score that is good enough not to put many layers into float. */
const GOOD = 0.985;
/** How many layers of the least SQNR are tried in float together: a value is only float where all its layers are. */
const TOGETHER = [4, 8, 16, 32];
/** Pictures that the layers' errors are measured on. */
const PROBED = 16;
/** How long a calibration and a probe take, in scores. */
const CALIBRATION = 8;
const PROBE = 3;

/** Tries ways to quantize a model one after another, each on top of the best so far, and keeps what is better. */
export class Search {
  readonly #float: Model;
  readonly #options: Int8SearchOptions;
  readonly #steps: Steps;
  readonly #scores: Record<string, number> = {};
  readonly #withoutLayer = new Map<string, number>();
  #reference!: LastLayers;
  #best!: Candidate;
  #topScore = Number.NEGATIVE_INFINITY;

  constructor(float: Model, options: Int8SearchOptions) {
    this.#float = float;
    this.#options = options;
    const total = 2 * CALIBRATION + 2 * PROBE + METHODS.length + LEFT_OUT + TOGETHER.length + 5;
    this.#steps = new Steps(total, options.onProgress);
  }

  async run(): Promise<Int8SearchResult> {
    const { inputs, signal, scheme } = this.#options;
    const calibrated = await this.#calibrate(this.#float, 'calibrating');
    this.#reference = await LastLayers.of(this.#float, calibrated.layers, inputs, signal);
    await this.#chooseMethod(calibrated);
    let errors = await this.#probe(calibrated);
    await this.#try('biases corrected', calibrated, { ...this.#best.recipe, biasShifts: shiftsOf(errors) });
    errors = await this.#tryEqualized(errors);
    await this.#tryChange('Concat inputs share a scale', { shareConcat: !this.#best.recipe.shareConcat });
    if (this.#best.score < SUSPICIOUS && scheme === 'cpu') {
      await this.#tryChange('weights of 7 bits', { weightLimit: REDUCED_RANGE });
    }
    await this.#tryLastLayers();
    await this.#leaveOut(errors);
    await this.#leaveOutTogether(errors);
    this.#scores['chosen'] = this.#best.score;
    this.#steps.end();
    const { recipe } = this.#best;
    return {
      calibrated: this.#best.calibrated,
      recipe,
      scores: this.#scores,
      errors,
      withoutLayer: this.#withoutLayer,
    };
  }

  async #calibrate(model: Model, what: string): Promise<CalibratedModel> {
    const { scheme, inputRange, inputs, signal } = this.#options;
    this.#steps.begin(what, CALIBRATION);
    const onProgress = (share: number) => this.#steps.within(share);
    return CalibratedModel.of(model, scheme, inputRange, inputs, { onProgress, signal });
  }

  /** The error that each layer makes alone, with the best recipe's ranges. */
  async #probe(calibrated: CalibratedModel): Promise<Map<string, LayerError>> {
    const { inputs, signal } = this.#options;
    const { model, layers } = calibrated;
    const { recipe } = this.#best;
    this.#steps.begin('measuring the error of each layer', PROBE);
    const plan = calibrated.plan({ ...recipe, inFloat: new Set() });
    const treatable = layers.filter(({ reason }) => reason === null);
    return probeLayers(model, treatable, {
      quantizers: calibrated.quantizers(plan, recipe.method),
      weightLimit: recipe.weightLimit,
      inputs,
      pictures: PROBED,
      signal,
      onProgress: (share) => this.#steps.within(share),
    });
  }

  async #chooseMethod(calibrated: CalibratedModel): Promise<void> {
    const inFloat = new Set(calibrated.layers.filter(({ last }) => last).map(({ node }) => node.name));
    const shareConcat = this.#options.scheme === 'tensorrt';
    const recipe = { inFloat, shareConcat, weightLimit: FULL_RANGE, biasShifts: new Map() };
    for (const method of METHODS) await this.#try(method, calibrated, { ...recipe, method });
  }

  /** Other weights have other ranges and errors: all is measured anew. @returns the errors of the model that is kept */
  async #tryEqualized(errors: Map<string, LayerError>): Promise<Map<string, LayerError>> {
    const { model, pairs } = equalize(this.#float, this.#best.calibrated.layers);
    if (pairs === 0) return errors;
    const calibrated = await this.#calibrate(model, `calibrating with ${pairs} pairs of layers equalized`);
    const others = await this.#probe(calibrated);
    const corrected = this.#best.recipe.biasShifts.size > 0;
    const recipe = { ...this.#best.recipe, biasShifts: corrected ? shiftsOf(others) : new Map() };
    return (await this.#try('weights equalized', calibrated, recipe)) ? others : errors;
  }

  /** Boxes and scores are computed in float unless int8 does as well. */
  async #tryLastLayers(): Promise<void> {
    const candidate = await this.#candidate('last layers in int8', this.#best.calibrated, {
      ...this.#best.recipe,
      inFloat: new Set(),
    });
    const { score, error } = this.#best;
    if (candidate.score >= score && candidate.error <= error * (1 + HARMLESS)) this.#best = candidate;
  }

  async #leaveOut(errors: ReadonlyMap<string, LayerError>): Promise<void> {
    const { calibrated, recipe, score } = this.#best;
    for (const node of this.#worstFirst(errors).slice(0, LEFT_OUT)) {
      const inFloat = new Set([...recipe.inFloat, node]);
      this.#withoutLayer.set(node, await this.#scoreOf(`without ${node}`, calibrated.write({ ...recipe, inFloat })));
    }
    const harmful = [...this.#withoutLayer].filter(([, without]) => without >= score + WORTH);
    for (const [node] of harmful.sort(([, a], [, b]) => b - a)) {
      const inFloat = new Set([...this.#best.recipe.inFloat, node]);
      const candidate = await this.#candidate(`${node} in float`, calibrated, { ...this.#best.recipe, inFloat });
      if (candidate.score >= this.#best.score + WORTH) this.#best = candidate;
    }
  }

  /** Where the model is still not good, more of its worst layers stay in float, as few as make it good. */
  async #leaveOutTogether(errors: ReadonlyMap<string, LayerError>): Promise<void> {
    const worst = this.#worstFirst(errors);
    const { calibrated, recipe } = this.#best;
    for (const count of TOGETHER) {
      if (this.#best.score >= GOOD || count > worst.length / 2) return;
      const inFloat = new Set([...recipe.inFloat, ...worst.slice(0, count)]);
      const candidate = await this.#candidate(`${count} worst layers in float`, calibrated, { ...recipe, inFloat });
      if (candidate.score >= this.#best.score + WORTH) this.#best = candidate;
    }
  }

  /** Names of the layers that are in int8, least SQNR first. */
  #worstFirst(errors: ReadonlyMap<string, LayerError>): string[] {
    const layers = this.#best.calibrated.plan(this.#best.recipe).layers.map(({ node }) => node.name);
    return layers.sort((a, b) => errors.get(a)!.sqnrDb - errors.get(b)!.sqnrDb);
  }

  async #tryChange(name: string, change: Partial<Int8Recipe>): Promise<void> {
    await this.#try(name, this.#best.calibrated, { ...this.#best.recipe, ...change });
  }

  /** Takes a candidate where it is better than the best so far. @returns whether it was */
  async #try(name: string, calibrated: CalibratedModel, recipe: Int8Recipe): Promise<boolean> {
    const candidate = await this.#candidate(name, calibrated, recipe);
    const better = !this.#best || this.#isBetter(candidate);
    if (better) this.#best = candidate;
    this.#topScore = Math.max(this.#topScore, candidate.score);
    return better;
  }

  #isBetter({ score, error }: Candidate): boolean {
    if (score > this.#best.score + SAME) return true;
    // measured from the highest score, or many small steps would lead down
    return score >= this.#topScore - SAME && error < this.#best.error;
  }

  async #candidate(name: string, calibrated: CalibratedModel, recipe: Int8Recipe): Promise<Candidate> {
    const model = calibrated.write(recipe);
    const score = await this.#scoreOf(name, model);
    this.#scores[name] = score;
    const error = await this.#reference.errorOf(model, (value) => calibrated.readAs(recipe, value));
    return { calibrated, recipe, score, error };
  }

  async #scoreOf(name: string, model: Model): Promise<number> {
    this.#options.signal?.throwIfAborted();
    this.#steps.begin(`scoring: ${name}`, 1);
    return this.#options.score(model);
  }
}

function shiftsOf(errors: ReadonlyMap<string, LayerError>): Map<string, Float32Array> {
  const shifts = [...errors].flatMap(([node, { meanError }]) => (meanError ? [[node, meanError] as const] : []));
  return new Map(shifts);
}
