import type { OnnxValue } from './onnx-value.js';

/** What a model file says of the picture it takes; null where it leaves it open or says nothing that fits. */
export interface OnnxPicture {
  readonly name: string;
  /** null for a type that no picture has. */
  readonly type: 'float32' | 'float16' | 'uint8' | null;
  readonly layout: 'nchw' | 'nhwc' | null;
  /** 3 for colour, 1 for grey. */
  readonly channels: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Pictures at once; null: as many as one likes. */
  readonly batch: number | null;
}

const PICTURE_NAME = /image|img|input|pixel|picture|frame|data|^x$/i;
/** Sizes along the axis of colours: grey, colour, colour with transparency or depth. */
const CHANNELS = [3, 1, 4];

/**
 * The input that takes the picture: of those with four dimensions the one that looks most like it; where none has four, of those
 * with three, as torchvision exports its detectors, without an axis for the batch.
 */
export function findPicture(inputs: readonly OnnxValue[]): OnnxPicture | null {
  const likely = mostLikely(inputs.filter(({ dims }) => dims?.length === 4)) ?? mostLikely(inputs.filter(isOnePicture));
  if (likely !== null) return likely;
  const silent = inputs.filter(({ dims, type }) => dims === null && pictureType(type) !== null);
  return silent.length === 1 ? describePicture(silent[0]!) : null;
}

function mostLikely(inputs: readonly OnnxValue[]): OnnxPicture | null {
  const described = inputs.map((input) => ({ input, picture: describePicture(input) }));
  return described.sort((a, b) => likelihood(b) - likelihood(a))[0]?.picture ?? null;
}

const isChannels = (size: number | null): boolean => size !== null && CHANNELS.includes(size);

/** `[3, height, width]` or `[height, width, 3]`, of a type that pictures have. */
function isOnePicture({ dims, type }: OnnxValue): boolean {
  if (dims?.length !== 3 || pictureType(type) === null) return false;
  return isChannels(dims[0]!) || isChannels(dims[2]!);
}

function likelihood({ input, picture }: { input: OnnxValue; picture: OnnxPicture }): number {
  const colour = picture.channels === 3 ? 4 : 0;
  const type = picture.type === null ? 0 : 2;
  return colour + type + (PICTURE_NAME.test(input.name) ? 1 : 0);
}

function pictureType(type: OnnxValue['type']): OnnxPicture['type'] {
  return type === 'float32' || type === 'float16' || type === 'uint8' ? type : null;
}

function describePicture({ name, type: elementType, dims }: OnnxValue): OnnxPicture {
  const type = pictureType(elementType);
  if (!dims) return { name, type, layout: null, channels: null, width: null, height: null, batch: null };
  const axes = dims.length === 3 ? [1, ...dims] : dims;
  const [batch, second, third, fourth] = axes as readonly [number | null, number | null, number | null, number | null];
  if (isChannels(fourth) && !isChannels(second)) {
    return { name, type, layout: 'nhwc', channels: fourth, width: third, height: second, batch };
  }
  const layout = isChannels(second) ? 'nchw' : null;
  return { name, type, layout, channels: second, width: fourth, height: third, batch };
}
