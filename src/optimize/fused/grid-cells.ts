import { int64Tensor } from '../../onnx/tensor.js';
import { asIntAttribute, type GraphWriter } from './graph-writer.js';
import { type PictureSize, sideOf } from './picture-size.js';

const STRIDES = [8, 16, 32] as const;

/** Cells of strides 8, 16 and 32 in a picture, all together. */
export function gridCells(width: number, height: number): number {
  return STRIDES.reduce((sum, stride) => sum + Math.floor(width / stride) * Math.floor(height / stride), 0);
}

/**
 * Of anchors that are the cells of strides 8, 16 and 32, row by row: where the chosen ones lie.
 *
 * @param index `[batch, K]`, int64
 * @returns their strides in pixels, `[batch, K, 1]`, and their column and row, `[batch, K, 2]`, all floats
 */
export function cellsOfPicked(
  writer: GraphWriter,
  size: PictureSize,
  index: string,
): { readonly stride: string; readonly corner: string } {
  const number = (value: number) => writer.constant('number', int64Tensor([value]));
  const width = sideOf(writer, size, 'width');
  const height = sideOf(writer, size, 'height');
  const columns = STRIDES.map((stride) => writer.node('Div', [width, number(stride)]));
  const cells = STRIDES.slice(0, 2).map((stride, i) =>
    writer.node('Mul', [columns[i]!, writer.node('Div', [height, number(stride)])]),
  );
  const both = writer.node('Add', [cells[0]!, cells[1]!]);
  const fine = writer.node('Less', [index, cells[0]!]);
  const middle = writer.node('Less', [index, both]);
  const choose = (ofFine: string, ofMiddle: string, ofCoarse: string) =>
    writer.node('Where', [fine, ofFine, writer.node('Where', [middle, ofMiddle, ofCoarse])]);
  const strides = choose(number(8), number(16), number(32));
  const width2 = choose(columns[0]!, columns[1]!, columns[2]!);
  const local = writer.node('Sub', [index, choose(number(0), cells[0]!, both)]);
  const row = writer.node('Div', [local, width2]);
  const column = writer.node('Sub', [local, writer.node('Mul', [row, width2])]);
  const standing = writer.constant('standing', int64Tensor([0, -1, 1]));
  const floats = (value: string) =>
    writer.node('Cast', [writer.node('Reshape', [value, standing])], { to: asIntAttribute(1) });
  return {
    stride: floats(strides),
    corner: writer.node('Concat', [floats(column), floats(row)], { axis: asIntAttribute(2) }),
  };
}
