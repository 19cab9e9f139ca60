import type { LoadRequest } from '../../detect/detector.js';

/** How a picture's bytes become numbers: value = (byte × scale − mean) / std, per channel in the order of `colour`. */
export type InputValues = Pick<LoadRequest['input'], 'colour' | 'scale' | 'mean' | 'std'>;

/** What somebody says of it who adds a model. */
export type InputHints = { readonly [Key in keyof InputValues]?: InputValues[Key] | undefined };

const ZERO = [0, 0, 0] as const;
const ONE = [1, 1, 1] as const;
/** Of ImageNet's pictures, as most backbones were trained with. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** Of ImageNet's pictures in bytes, blue first: Caffe's backbones, which Detectron and mmdetection took over. */
const CAFFE = [103.53, 116.28, 123.675] as const;

/** What exporters want, the commonest first: ultralytics and most DETRs, YOLOX, SSD and Paddle, RF-DETR, TensorFlow's MobileNets, Faster R-CNNs. */
const FLOATS: readonly InputValues[] = [
  { colour: 'rgb', scale: 1 / 255, mean: ZERO, std: ONE },
  { colour: 'bgr', scale: 1, mean: ZERO, std: ONE },
  { colour: 'rgb', scale: 1, mean: ZERO, std: ONE },
  { colour: 'rgb', scale: 1 / 255, mean: IMAGENET.mean, std: IMAGENET.std },
  { colour: 'rgb', scale: 1, mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
  { colour: 'bgr', scale: 1 / 255, mean: ZERO, std: ONE },
  { colour: 'bgr', scale: 1, mean: CAFFE, std: ONE },
];
const BYTES: readonly InputValues[] = [
  { colour: 'rgb', scale: 1, mean: ZERO, std: ONE },
  { colour: 'bgr', scale: 1, mean: ZERO, std: ONE },
];

/**
 * The ways to fill a model's input that are worth trying.
 * @param usual of the model's family: comes first
 * @param hints what is said is not guessed
 */
export function inputGuesses(
  type: LoadRequest['input']['type'],
  usual: InputValues,
  hints: InputHints = {},
): readonly InputValues[] {
  const known = type === 'uint8' ? BYTES : [usual, ...FLOATS];
  const said = known.map((guess) => ({
    colour: hints.colour ?? guess.colour,
    scale: hints.scale ?? guess.scale,
    // mean and standard deviation belong to their scale
    mean: hints.mean ?? (hints.scale === undefined ? guess.mean : ZERO),
    std: hints.std ?? (hints.scale === undefined ? guess.std : ONE),
  }));
  return said.filter((guess, at) => said.findIndex((other) => isSameInput(guess, other)) === at);
}

export function isSameInput(a: InputValues, b: InputValues): boolean {
  const same = (one: readonly number[], other: readonly number[]) => one.every((value, at) => value === other[at]);
  return a.colour === b.colour && a.scale === b.scale && same(a.mean, b.mean) && same(a.std, b.std);
}

/** For people: `RGB 0..1`, `BGR 0..255`, `RGB with ImageNet's mean and deviation`. */
export function inputText({ colour, scale, mean, std }: InputValues): string {
  const order = colour.toUpperCase();
  const plain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  if (plain) return `${order} 0..${Number((scale * 255).toPrecision(3))}`;
  if (mean[0] === IMAGENET.mean[0]) return `${order} with ImageNet's mean and deviation`;
  if (mean[0] === CAFFE[0] && std[0] === 1) return `${order} with Caffe's mean`;
  const ends = [0, 255].map((byte) => Number(((byte * scale - mean[0]) / std[0]).toPrecision(3)));
  return `${order} ${ends[0]}..${ends[1]}`;
}
