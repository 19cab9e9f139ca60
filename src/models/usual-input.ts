import type { Family } from '../detect/detector.js';
import type { InputValues } from './recognition/input-guesses.js';

/** How a family's usual export wants its input: the size in pixels, and how bytes become numbers. */
export interface UsualInput extends InputValues {
  readonly width: number;
  readonly height: number;
}

const SQUARE = { width: 640, height: 640 } as const;
const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] } as const;
/** What a model takes that is given bytes: it scales them itself. */
export const BYTES = { scale: 1, ...PLAIN } as const;
const FRACTIONS = { colour: 'rgb', scale: 1 / 255, ...PLAIN, ...SQUARE } as const;

const USUAL: Readonly<Record<Family, UsualInput>> = {
  roadside: { colour: 'rgb', scale: 1, ...PLAIN, width: 416, height: 256 },
  yolox: { colour: 'bgr', scale: 1, ...PLAIN, ...SQUARE },
  yolov5: FRACTIONS,
  yolov8: FRACTIONS,
  yolov10: FRACTIONS,
  'yolo-nas': FRACTIONS,
  detr: FRACTIONS,
  'rf-detr': { ...FRACTIONS, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], width: 560, height: 560 },
  ssd: { ...FRACTIONS, width: 320, height: 320 },
  efficientnms: FRACTIONS,
};

export function usualInput(family: Family): UsualInput {
  return USUAL[family];
}
