import type { Family } from '../detector.js';
import { cellsOf } from '../worker/decoders/box-reader.js';
import { type OutputShape, shapesAsText } from '../worker/decoders/decoder.js';
import type { ReadingFacts } from './reading.js';

/** Of the heads of YOLOv2 and v3; what segments has a finer one. */
const STRIDE_OF_HEADS = 16;

/**
 * What outputs are that no reading fits, where their shapes have a name, and what to do; null where they have none.
 */
export function nameOfUnreadable(outputs: readonly OutputShape[], facts: ReadingFacts): string | null {
  const [only] = outputs;
  if (outputs.some(({ dims }) => dims.length === 5)) {
    return 'raw heads of a YOLO, before their anchors are decoded: export with decoding inside (YOLOv5: export.py as it is; YOLOv7: --grid)';
  }
  if (outputs.length >= 3 && outputs.every(({ dims }) => dims.length === 4)) {
    return 'raw heads, a tensor per stride, as exports for other accelerators (RKNN, Hailo, TFLite) have them: export plain ONNX, with decoding inside';
  }
  if (outputs.some(({ dims, type }) => dims.length === 2 && dims[1] === 3 && type?.startsWith('int'))) {
    return 'indices that NonMaxSuppression chose, beside the boxes that they are of: export without NMS';
  }
  if (facts.task === 'obb' || outputs.some((output) => hasAngle(output, facts))) {
    return 'oriented boxes (OBB), whose last number is an angle: they are not read; export the model that was trained for upright boxes (task detect)';
  }
  if (outputs.length === 1 && only!.dims.length === 2 && only!.dims[0]! > 4 && only!.dims[1]! > 4) {
    return 'rows without an axis for the picture: export with a batch of 1 in front, or take out what removes it (squeeze)';
  }
  if (outputs.length === 1 && only!.dims.length === 2 && only!.dims[1]! > 7) {
    return 'one score per class and no boxes, a classifier: a detector is needed';
  }
  if (outputs.length === 1 && only!.dims.length === 4) {
    if (only!.dims[2]! * STRIDE_OF_HEADS <= facts.height) {
      return 'the raw head of a YOLO, before its anchors are decoded: export with decoding inside';
    }
    return 'an image, as from semantic segmentation: a detector is needed';
  }
  return null;
}

/** One column more than box and classes have. */
function hasAngle({ dims }: OutputShape, { classes }: ReadingFacts): boolean {
  if (dims.length !== 3) return false;
  return (classes !== null && (dims[1] === 5 + classes || dims[2] === 5 + classes)) || dims[2] === 7;
}

/** `a yolox model must give …, this one gives …` */
export function mismatch(family: Family, outputs: readonly OutputShape[], facts: ReadingFacts): string {
  return `a ${family} model must give ${EXPECTED[family](facts)}, this one gives ${shapesAsText(outputs)}`;
}

const EXPECTED: Readonly<Record<Family, (facts: ReadingFacts) => string>> = {
  roadside: ({ classes }) => `[batch, anchors, ${plus(4, classes)}] (4 + ${classes ?? 'its'} classes)`,
  yolox: ({ classes, width, height }) =>
    `[batch, ${cellsOf(width, height)}, ${plus(5, classes)}] (cells of ${width}x${height}, 5 + ${classes ?? 'its classes'})`,
  yolov5: ({ classes }) => `[batch, anchors, ${plus(5, classes)}] (5 + ${classes ?? 'its'} classes) or [boxes, 7]`,
  yolov8: ({ classes }) => `[batch, ${plus(4, classes)}, anchors] (4 + ${classes ?? 'its'} classes)`,
  yolov10: () => '[batch, boxes, 6] (x1, y1, x2, y2, score, class)',
  'yolo-nas': ({ classes }) =>
    `boxes [batch, anchors, 4] and scores [batch, anchors, ${classes ?? 'classes'}], or [boxes, 7]`,
  detr: ({ classes }) =>
    `boxes [batch, queries, 4] and logits [batch, queries, ${classes ?? 'classes'}], or labels, boxes and scores`,
  'rf-detr': ({ classes }) =>
    `dets [batch, queries, 4] and labels [batch, queries, ${classes ?? 'classes'}] or one more`,
  ssd: ({ classes }) =>
    `boxes [batch, anchors, 4] and scores [batch, anchors, ${plus(1, classes)}] (background first), or boxes, classes and scores`,
  efficientnms: () => 'boxes [batch, boxes, 4], scores and classes [batch, boxes], and their number',
};

function plus(before: number, classes: number | null): string | number {
  return classes === null ? `${before}+classes` : before + classes;
}
