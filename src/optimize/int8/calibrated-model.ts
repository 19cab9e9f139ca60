import type { Node } from '../../onnx/graph.js';
import type { Model } from '../../onnx/model.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { ValueHistogram } from './histogram.js';
import { realsOf, writeInt8 } from './int8-graph.js';
import { findLayers, type Int8Layer } from './layers.js';
import { type ObserveOptions, observe } from './observe.js';
import { findPictureInput, type PictureInput } from './picture-input.js';
import { type Int8Plan, makePlan } from './plan.js';
import { type Quantizer, quantizerOf, type Range, type Scheme } from './quantizer.js';
import { chooseRange, type Method } from './range-methods.js';

/** One way to quantize a calibrated model. */
export interface Int8Recipe {
  readonly method: Method;
  /** Names of layers' nodes that stay in float, besides those that must. */
  readonly inFloat: ReadonlySet<string>;
  readonly shareConcat: boolean;
  /** Largest magnitude of an s8 weight. */
  readonly weightLimit: number;
  /** By layer's node: what is added to the bias of each channel. */
  readonly biasShifts: ReadonlyMap<string, Float32Array>;
}

/** A sigmoid is 0 below this, and a SiLU too, to within 0.003. */
const GATE_CLOSED = -8;

/** A float model and how the numbers are distributed that it computes on the calibration pictures. */
export class CalibratedModel {
  readonly #quantizers = new Map<string, Quantizer>();

  private constructor(
    readonly model: Model,
    readonly scheme: Scheme,
    readonly layers: readonly Int8Layer[],
    readonly picture: PictureInput | null,
    readonly histograms: ReadonlyMap<string, ValueHistogram>,
  ) {}

  /** @param inputRange null: the input is calibrated like every other value */
  static async of(
    model: Model,
    scheme: Scheme,
    inputRange: readonly [number, number] | null,
    inputs: ModelInputs,
    options: ObserveOptions,
  ): Promise<CalibratedModel> {
    const { graph } = model;
    const layers = findLayers(graph, scheme);
    const found = inputRange && findPictureInput(graph, inputRange, scheme);
    const picture = found && 'value' in found ? found : null;
    const everything = makePlan(graph, layers, { scheme, inFloat: new Set(), shareConcat: false, picture });
    const values = new Set([...everything.values.values()].flat());
    if (picture) values.delete(picture.value);
    const histograms = await observe(model, [...values], inputs, options);
    const sources = (value: string) => everything.values.get(value) ?? [];
    const judged = layers.map((layer) => {
      const broken = [...sources(layer.input), ...sources(layer.output)].some((v) => histograms.get(v)?.notFinite);
      return broken && layer.reason === null
        ? { ...layer, reason: 'its numbers are not finite on some pictures' }
        : layer;
    });
    return new CalibratedModel(model, scheme, judged, picture, histograms);
  }

  plan({ inFloat, shareConcat }: Pick<Int8Recipe, 'inFloat' | 'shareConcat'>): Int8Plan {
    const { scheme, picture } = this;
    return makePlan(this.model.graph, this.layers, { scheme, inFloat, shareConcat, picture });
  }

  /** Of every value of a plan. */
  quantizers(plan: Int8Plan, method: Method): Map<string, Quantizer> {
    return new Map([...plan.values].map(([value, sources]) => [value, this.#quantizerOf(sources, method)]));
  }

  write(recipe: Int8Recipe): Model {
    const plan = this.plan(recipe);
    const { scheme, picture } = this;
    const { weightLimit, biasShifts } = recipe;
    const quantizers = this.quantizers(plan, recipe.method);
    return writeInt8(this.model, { plan, scheme, quantizers, picture, weightLimit, biasShifts });
  }

  /** Name of the value of a written model that stands for one of the float model. */
  readAs(recipe: Int8Recipe, value: string): string {
    return this.plan(recipe).values.has(value) && !this.model.graph.isOutput(value) ? realsOf(value) : value;
  }

  /** Whether a value is read by a sigmoid only, or by a SiLU: the product of a value and its sigmoid. */
  #isGated(value: string): boolean {
    const { graph } = this.model;
    const readers = graph.consumers(value);
    const gates = readers.filter(({ op }) => op === 'Sigmoid').map(({ outputs }) => outputs[0]!);
    const isProduct = ({ op, inputs }: Node) => op === 'Mul' && inputs.some((input) => gates.includes(input));
    return (
      gates.length > 0 && !graph.isOutput(value) && readers.every((node) => node.op === 'Sigmoid' || isProduct(node))
    );
  }

  #quantizerOf(sources: readonly string[], method: Method): Quantizer {
    const { picture, scheme, histograms } = this;
    if (picture && sources.includes(picture.value)) return picture.writes;
    const key = [method, ...sources].join('\n');
    let quantizer = this.#quantizers.get(key);
    if (!quantizer) {
      const all = new ValueHistogram();
      for (const source of sources) all.merge(histograms.get(source)!);
      const range = chooseRange(method, all, scheme);
      quantizer = quantizerOf(sources.every((source) => this.#isGated(source)) ? ungated(range) : range, scheme);
      this.#quantizers.set(key, quantizer);
    }
    return quantizer;
  }
}

/** The part of a range that makes a difference behind a sigmoid. */
function ungated({ low, high }: Range): Range {
  return { low: Math.max(low, GATE_CLOSED), high };
}
