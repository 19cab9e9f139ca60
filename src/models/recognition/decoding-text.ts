import type { Decoding } from '../../detect/decoding.js';

const ORDERS = {
  xyxy: 'corners',
  cxcywh: 'centre and size',
  yxyx: 'corners, y first',
  xywh: 'first corner and size',
} as const;
const COORDINATES = { pixels: 'in pixels', normalised: 'as fractions', grid: 'within grid cells' } as const;
const SCORES = { probability: 'scores of 0..1', logit: 'logits', softmax: 'a softmax over all classes' } as const;

/** For people: `boxes as centre and size in pixels, scores of 0..1 times objectness, overlapping`. */
export function decodingText({ boxes, coordinates, scores, objectness, background, overlapping }: Decoding): string {
  const parts = [
    `boxes by ${ORDERS[boxes]} ${COORDINATES[coordinates]}`,
    `${SCORES[scores]}${objectness ? ' times objectness' : ''}`,
    ...(background === 'none' ? [] : [`the ${background} class is the background`]),
    overlapping ? 'NMS still to be done' : 'each vehicle once',
  ];
  return parts.join(', ');
}
