import type { LoadRequest } from '../../src/detect/detector.js';
import { explain } from '../../src/foundation/errors.js';
import type { ManifestInput } from '../../src/models/manifest.js';
import type { VariantFacts } from '../../src/models/variant-store.js';
import type { Model } from '../../src/onnx/model.js';
import { readModel } from '../../src/onnx/model-file.js';
import { detectOn } from '../../src/optimize/gate/detections-of.js';
import { compare, f1Of } from '../../src/optimize/gate/likeness.js';
import { PASSES } from '../../src/optimize/passes.js';
import { type CandidateFile, candidateRequest, fileAt, writeCandidate } from '../../src/optimize/workshop/candidate.js';
import { inputDims } from '../../src/optimize/workshop/make-variant.js';
import { type FrameSet, modelInputs } from '../../src/pictures/frame-set.js';
import type { ModelInputs } from '../../src/pictures/model-inputs.js';
import type { Contender, Kind } from './contender.js';
import type { KeptModel, KeptModels } from './kept-models.js';
import type { Subject } from './subject.js';

export interface VariantsParts {
  readonly subject: Subject;
  /** To find the ranges of values. */
  readonly calibration: FrameSet;
  /** To choose between ways to quantize. */
  readonly validation: FrameSet;
  readonly kept: KeptModels;
  readonly scratch: string;
  readonly notes: string[];
  readonly say: (what: string) => void;
}

type Change = Partial<Pick<VariantFacts, 'precision' | 'input' | 'output'>>;

/** Candidate boxes that a fused variant gives, as in the workshop. */
const TOP = 300;
/** Of the reporting threshold: what is weaker decides nothing. */
const UNSURE = 5 / 7;

/** Makes variants of one model with the passes of the workshop. One that cannot be made leaves a note. */
export class Variants {
  readonly #parts: VariantsParts;
  #base: Model | null = null;
  #parentRows: Float32Array[] | null = null;

  constructor(parts: VariantsParts) {
    this.#parts = parts;
  }

  async int8(): Promise<Contender[]> {
    return this.#made('int8', 'made', { precision: 'int8' }, () => this.#int8());
  }

  /** With input and output fused. */
  async fp32Fused(): Promise<Contender[]> {
    return this.#try('fp32-fused', async () => this.#fuse('fp32-fused', await this.#tidy(), 'fp32', 0));
  }

  async int8Fused(): Promise<Contender[]> {
    return this.#try('int8-fused', async () => {
      const { file, seconds } = await this.#int8();
      return this.#fuse('int8-fused', readModel(file.path), 'int8', seconds);
    });
  }

  async fp16(): Promise<Contender[]> {
    return this.#made('fp16', 'made', { precision: 'fp16' }, () => this.#fp16());
  }

  async fp16Fused(): Promise<Contender[]> {
    return this.#try('fp16-fused', async () => {
      const { file, seconds } = await this.#fp16();
      return this.#fuse('fp16-fused', readModel(file.path), 'fp16', seconds);
    });
  }

  /** Without a share of the filters, alone and with int8 on top. @param ratio 0..1 */
  async pruned(ratio: number): Promise<Contender[]> {
    const name = `pruned-${Math.round(ratio * 100)}`;
    const alone = await this.#made(name, 'pruned', { precision: 'fp32' }, () => this.#pruned(name, ratio));
    if (alone.length === 0) return [];
    const int8 = await this.#made(`${name}-int8`, 'pruned', { precision: 'int8' }, async () => {
      const { file, seconds } = await this.#pruned(name, ratio);
      const both = await this.#keep(`${name}-int8`, () => this.#quantize(readModel(file.path)));
      return { ...both, seconds: seconds + both.seconds };
    });
    return [...alone, ...int8];
  }

  /** A file that somebody else made of the parent. */
  contender(name: string, kind: Kind, file: CandidateFile, change: Change, seconds: number | null): Contender {
    return { name, kind, request: this.#request(name, file, change), bytes: file.bytes, seconds, claimed: null };
  }

  #int8(): Promise<KeptModel> {
    return this.#keep('int8', async () => this.#quantize(await this.#tidy()));
  }

  #fp16(): Promise<KeptModel> {
    return this.#keep('fp16', async () => {
      const model = await this.#tidy();
      return PASSES.convertToFp16(model, { inputs: this.#inputs(model) });
    });
  }

  #pruned(name: string, ratio: number): Promise<KeptModel> {
    return this.#keep(name, async () => {
      const model = await this.#tidy();
      const dims = inputDims(model, this.#parts.subject.request);
      return PASSES.pruneFilters(model, { ratio, inputs: this.#inputs(model), inputDims: dims });
    });
  }

  async #quantize(model: Model) {
    const inputRange = byteRange(this.#parts.subject.manifest.input);
    const quantized = await PASSES.quantizeInt8(model, {
      inputs: this.#inputs(model),
      scheme: 'cpu',
      score: (candidate) => this.#score(candidate),
      ...(inputRange && { inputRange }),
    });
    const { method, sensitivity, notes } = quantized;
    const inFloat = sensitivity.filter(({ keptInFloat }) => keptInFloat).length;
    const choice = `ranges by ${method}, ${inFloat} of ${sensitivity.length} layers in float`;
    return { model: quantized.model, notes: [choice, ...notes] };
  }

  /** The output first: what is fused into the input need not be followed again. */
  async #fuse(name: string, model: Model, precision: VariantFacts['precision'], seconds: number): Promise<Contender> {
    const { scratch, subject } = this.#parts;
    const { family, classes, input } = subject.manifest;
    const began = performance.now();
    const reduced = PASSES.reduceOutput(model, { family, classes: classes.length, output: 'candidates', top: TOP });
    const fused = PASSES.fuseInput(reduced.model, input);
    const file = await writeCandidate(scratch, `${subject.name}.${name}`, fused.model);
    const change: Change = { precision, input: fused.input, output: 'candidates' };
    return this.contender(name, 'made', file, change, seconds + (performance.now() - began) / 1000);
  }

  /** The parent without what computes nothing. */
  async #tidy(): Promise<Model> {
    if (this.#base) return this.#base;
    let model = readModel(this.#parts.subject.file);
    for (const pass of [PASSES.foldConstants, PASSES.removeIdentities]) {
      try {
        ({ model } = await pass(model));
      } catch (error) {
        this.#note('tidied', explain(error));
      }
    }
    return (this.#base = model);
  }

  /** F1 of a model with the parent's input and output, on the validation pictures. */
  async #score(model: Model): Promise<number> {
    const { validation, scratch, subject } = this.#parts;
    const { classes, scoreThresholds } = subject.request;
    const minScore = Math.min(...scoreThresholds) * UNSURE;
    this.#parentRows ??= await detectOn(subject.request, validation, { minScore });
    const file = await writeCandidate(scratch, 'candidate', model);
    const rows = await detectOn(this.#request('candidate', file, {}), validation, { minScore });
    return f1Of(compare(this.#parentRows, rows, { classes, scoreThreshold: scoreThresholds }).total);
  }

  #inputs(model: Model): ModelInputs {
    const { calibration, subject } = this.#parts;
    return modelInputs(calibration, subject.request, model.graph.inputs[0]!.name);
  }

  #request(id: string, file: CandidateFile, change: Change): LoadRequest {
    const { manifest, parent } = this.#parts.subject;
    return candidateRequest(manifest, { ...parent, ...change, id }, file);
  }

  #keep(name: string, make: () => Promise<{ model: Model; notes: readonly string[] }>): Promise<KeptModel> {
    const { kept, subject } = this.#parts;
    return kept.get(`${subject.name}.${name}`, make);
  }

  async #made(name: string, kind: Kind, change: Change, make: () => Promise<KeptModel>): Promise<Contender[]> {
    return this.#try(name, async () => {
      const { file, seconds, notes } = await make();
      for (const note of notes) this.#note(name, note);
      return this.contender(name, kind, file, change, seconds);
    });
  }

  async #try(name: string, make: () => Promise<Contender>): Promise<Contender[]> {
    const { say } = this.#parts;
    say(`making ${name}`);
    try {
      const contender = await make();
      say(`making ${name}: ${(contender.seconds ?? 0).toFixed(0)} s`);
      return [contender];
    } catch (error) {
      this.#note(name, `left out: ${explain(error)}`);
      return [];
    }
  }

  #note(name: string, text: string): void {
    const note = `${this.#parts.subject.name} ${name}: ${text}`;
    if (!this.#parts.notes.includes(note)) this.#parts.notes.push(note);
  }
}

/** Variants of the registry, as they are. */
export async function shippedContenders({ manifest, shipped }: Subject): Promise<Contender[]> {
  return Promise.all(
    shipped.map(async ({ variant, file }) => {
      const there = await fileAt(file);
      return {
        name: `shipped ${variant.id}`,
        kind: 'shipped' as const,
        request: candidateRequest(manifest, variant, there),
        bytes: there.bytes,
        seconds: null,
        claimed: variant.accuracy?.relativeToFp32 ?? null,
      };
    }),
  );
}

/** What the values of the picture lie between, where they are bytes times a factor and begin at 0. */
function byteRange({ scale, mean, std }: ManifestInput): readonly [number, number] | null {
  const alike = std.every((value) => value === std[0]) && mean.every((value) => value === 0);
  return alike ? [0, (255 * scale) / std[0]] : null;
}
