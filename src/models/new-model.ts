import type { Decoding } from '../detect/decoding.js';
import type { ExtraInput, Family } from '../detect/detector.js';
import { chooseClasses } from './class-names.js';
import { fillInputs } from './known-inputs.js';
import type { ManifestSource, Variant } from './manifest.js';
import type { OnnxFacts } from './onnx-facts.js';
import { BYTES, usualInput } from './usual-input.js';

/** What somebody who adds a model says about it; everything but the family has a default. */
export interface ModelDescription {
  readonly family: Family;
  /** What its numbers mean, where it differs from the family's usual export. */
  readonly decoding?: Decoding | undefined;
  /** Default: those that the file names; else COCO's 80, or the project's own six for family roadside. */
  readonly classes?: readonly string[] | undefined;
  /** Classes reported unless the configuration says otherwise; default: the vehicles of a list of everyday things. */
  readonly report?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly licence?: string | undefined;
  readonly origin?: string | undefined;
  readonly precision?: 'fp32' | 'fp16' | 'int8' | undefined;
  /** Input size in pixels; default: what the file says of its input, else what it was exported for, else the family's usual size. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly layout?: 'nchw' | 'nhwc' | undefined;
  readonly type?: 'float32' | 'float16' | 'uint8' | undefined;
  readonly colour?: 'rgb' | 'bgr' | undefined;
  readonly scale?: number | undefined;
  readonly mean?: readonly [number, number, number] | undefined;
  readonly std?: readonly [number, number, number] | undefined;
  /** What goes into inputs besides the picture, where it is not what their names say. */
  readonly extra?: readonly ExtraInput[] | undefined;
}

/** The model file that a description is for. */
export interface ModelFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly madeBy: string;
  readonly externalData?: Variant['externalData'];
  /** What the file says of itself. */
  readonly facts: OnnxFacts;
}

/** A manifest with one variant, for a file that has been put beside it. */
export function describeModel(name: string, model: ModelDescription, file: ModelFile): ManifestSource {
  const usual = usualInput(model.family);
  const { picture, precision: found, notes } = file.facts;
  const width = model.width ?? picture?.width ?? notes.size?.width ?? usual.width;
  const height = model.height ?? picture?.height ?? notes.size?.height ?? usual.height;
  const type = model.type ?? picture?.type ?? 'float32';
  const precision = model.precision ?? found.precision;
  const extra = fillInputs(file.facts.otherInputs, model.extra);
  // a model that takes bytes scales them itself
  const plain = type === 'uint8' ? BYTES : usual;
  const { classes, report } = chooseClasses(model, file.facts);
  return {
    name,
    description: model.description ?? `${model.family} model added from ${file.name}.`,
    family: model.family,
    ...(model.decoding && { decoding: model.decoding }),
    licence: model.licence ?? notes.licence ?? 'unknown',
    origin: model.origin ?? `added from ${file.name}`,
    classes: [...classes],
    ...(report && { report: [...report] }),
    input: {
      layout: model.layout ?? picture?.layout ?? 'nchw',
      type,
      colour: model.colour ?? usual.colour,
      scale: model.scale ?? plain.scale,
      mean: [...(model.mean ?? plain.mean)],
      std: [...(model.std ?? plain.std)],
      width,
      height,
      ...(extra.length > 0 && { extra }),
    },
    variants: [
      {
        id: `${precision}-${width}x${height}`,
        precision,
        width,
        height,
        file: file.name,
        sha256: file.sha256,
        bytes: file.bytes,
        ...(file.externalData && { externalData: file.externalData }),
        accuracy: null,
        madeBy: file.madeBy,
      },
    ],
  };
}
