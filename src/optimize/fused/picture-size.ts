import type { Graph } from '../../onnx/graph.js';
import { int64Tensor } from '../../onnx/tensor.js';
import type { GraphWriter } from './graph-writer.js';

/** The picture that a model takes; a side is null where it is dynamic. */
export interface PictureSize {
  readonly picture: string;
  readonly order: 'nchw' | 'nhwc';
  readonly width: number | null;
  readonly height: number | null;
}

/** @returns null where a model has another input than one picture of three channels */
export function pictureSizeOf(graph: Graph): PictureSize | null {
  const [input, ...others] = graph.inputs;
  if (!input || others.length > 0 || input.dims?.length !== 4) return null;
  const order = input.dims[1] === 3 ? 'nchw' : input.dims[3] === 3 ? 'nhwc' : null;
  if (!order) return null;
  const [height, width] = order === 'nchw' ? input.dims.slice(2) : input.dims.slice(1);
  const known = (dim: number | string | undefined) => (typeof dim === 'number' ? dim : null);
  return { picture: input.name, order, width: known(width), height: known(height) };
}

/** A side of the picture in pixels, as an int64 value `[1]`. */
export function sideOf(writer: GraphWriter, size: PictureSize, side: 'width' | 'height'): string {
  const known = size[side];
  if (known !== null) return writer.constant(side, int64Tensor([known]));
  const shape = writer.node('Shape', [size.picture]);
  const axis = (side === 'height' ? 1 : 2) + (size.order === 'nchw' ? 1 : 0);
  const from = writer.constant('from', int64Tensor([axis]));
  return writer.node('Slice', [shape, from, writer.constant('to', int64Tensor([axis + 1]))]);
}
