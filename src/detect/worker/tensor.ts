import { toHalf } from '../../foundation/half.js';
import type { LoadRequest } from '../detector.js';

type Input = LoadRequest['input'];

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The arrays ONNX Runtime takes as tensor data; float16 travels as its bits in a Uint16Array. */
export type TensorArray = Float32Array | Uint16Array | Uint8Array;

/** Writes one picture (RGB24, width * height * 3 bytes) into `out` from element `offset` on, in the model's layout. */
export type TensorFill = (image: Uint8Array, out: TensorArray, offset: number) => void;

/** The ONNX element type of the model's input. */
export function tensorElementType(input: Input): 'float32' | 'float16' | 'uint8' {
  return input.type;
}

/** An array for `batch` pictures of `width * height * 3` elements each, of the input's element type. */
export function allocateTensor(input: Input, batch: number): TensorArray {
  const length = batch * input.width * input.height * 3;
  if (input.type === 'float32') return new Float32Array(length);
  return input.type === 'float16' ? new Uint16Array(length) : new Uint8Array(length);
}

/**
 * Chooses, once, the loop that fills an input tensor: by layout, colour order and normalisation. Bytes that need no
 * arithmetic are copied; everything else is one table look-up per byte.
 */
export function chooseFill(input: Input): TensorFill {
  const plane = input.width * input.height;
  const swap = input.colour === 'bgr';
  if (isIdentity(input) && input.type !== 'float16') {
    if (input.layout === 'nchw') return copyPlanes(plane, swap);
    return swap ? copySwapped(plane) : copyBytes;
  }
  const tables = channelTables(input);
  return input.layout === 'nchw' ? lookUpPlanes(plane, swap, tables) : lookUpPixels(plane, swap, tables);
}

function isIdentity(input: Input): boolean {
  return input.scale === 1 && input.mean.every((m) => m === 0) && input.std.every((s) => s === 1);
}

/** Per channel of the model's colour order, the tensor element of each byte value. */
function channelTables(input: Input): readonly [TensorArray, TensorArray, TensorArray] {
  const table = (channel: 0 | 1 | 2): TensorArray => {
    const value = (byte: number) => (byte * input.scale - input.mean[channel]) / input.std[channel];
    if (input.type === 'float32') return Float32Array.from({ length: 256 }, (_, byte) => value(byte));
    if (input.type === 'float16') return Uint16Array.from({ length: 256 }, (_, byte) => toHalf(value(byte)));
    return Uint8Array.from({ length: 256 }, (_, byte) => Math.min(255, Math.max(0, Math.round(value(byte)))));
  };
  return [table(0), table(1), table(2)];
}

const copyBytes: TensorFill = (image, out, offset) => {
  out.set(image, offset);
};

function copySwapped(plane: number): TensorFill {
  return (image, out, offset) => {
    for (let i = 0; i < plane * 3; i += 3) {
      out[offset + i] = image[i + 2]!;
      out[offset + i + 1] = image[i + 1]!;
      out[offset + i + 2] = image[i]!;
    }
  };
}

/**
 * Bytes are first sorted into planes, four pixels at a time, and then converted all at once: the engine's own conversion
 * is vectorised, which a loop over elements is not. A third of the time of the plain loop.
 */
function copyPlanes(plane: number, swap: boolean): TensorFill {
  const planes = new Uint8Array(plane * 3);
  const words = new Uint32Array(planes.buffer, 0, Math.floor(planes.length / 4));
  return (image, out, offset) => {
    if (plane % 4 === 0 && image.byteOffset % 4 === 0 && LITTLE_ENDIAN) {
      sortWords(new Uint32Array(image.buffer, image.byteOffset, words.length), words, plane / 4, swap);
    } else sortBytes(image, planes, plane, swap);
    out.set(planes, offset);
  };
}

/** Twelve bytes, r g b r | g b r g | b r g b, become four bytes in each of three planes of `quads` words. */
function sortWords(image: Uint32Array, planes: Uint32Array, quads: number, swap: boolean): void {
  let red = swap ? 2 * quads : 0;
  let green = quads;
  let blue = swap ? 0 : 2 * quads;
  for (let i = 0; i < quads * 3; i += 3) {
    const a = image[i]!;
    const b = image[i + 1]!;
    const c = image[i + 2]!;
    planes[red++] = (a & 0xff) | ((a >>> 16) & 0xff00) | (b & 0xff0000) | ((c & 0xff00) << 16);
    planes[green++] = ((a >>> 8) & 0xff) | ((b & 0xff) << 8) | ((b >>> 8) & 0xff0000) | ((c & 0xff0000) << 8);
    planes[blue++] = ((a >>> 16) & 0xff) | (b & 0xff00) | ((c & 0xff) << 16) | (c & 0xff000000);
  }
}

function sortBytes(image: Uint8Array, planes: Uint8Array, plane: number, swap: boolean): void {
  let red = swap ? 2 * plane : 0;
  let green = plane;
  let blue = swap ? 0 : 2 * plane;
  for (let i = 0; i < plane * 3; i += 3) {
    planes[red++] = image[i]!;
    planes[green++] = image[i + 1]!;
    planes[blue++] = image[i + 2]!;
  }
}

function lookUpPlanes(plane: number, swap: boolean, tables: readonly [TensorArray, TensorArray, TensorArray]) {
  const [redTable, greenTable, blueTable] = swap ? [tables[2], tables[1], tables[0]] : tables;
  const fill: TensorFill = (image, out, offset) => {
    let red = swap ? offset + 2 * plane : offset;
    let green = offset + plane;
    let blue = swap ? offset : offset + 2 * plane;
    for (let i = 0; i < plane * 3; i += 3) {
      out[red++] = redTable[image[i]!]!;
      out[green++] = greenTable[image[i + 1]!]!;
      out[blue++] = blueTable[image[i + 2]!]!;
    }
  };
  return fill;
}

function lookUpPixels(plane: number, swap: boolean, tables: readonly [TensorArray, TensorArray, TensorArray]) {
  const [first, second, third] = tables;
  const [from0, from2] = swap ? [2, 0] : [0, 2];
  const fill: TensorFill = (image, out, offset) => {
    for (let i = 0; i < plane * 3; i += 3) {
      out[offset + i] = first[image[i + from0]!]!;
      out[offset + i + 1] = second[image[i + 1]!]!;
      out[offset + i + 2] = third[image[i + from2]!]!;
    }
  };
  return fill;
}
