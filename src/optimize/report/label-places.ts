import { LabelSpace, type Rectangle } from '../../media/label-space.js';

/** A mark of a chart that wants its name beside it, in pixels. */
export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface LabelPlace {
  readonly position: 'right' | 'left' | 'top' | 'bottom';
  /** Further down (up where negative), in pixels. */
  readonly down: number;
}

/** Of a letter in the chart's font. */
const LETTER = 6.4;
const HEIGHT = 14;
const GAP = 10;
const PLACES: readonly LabelPlace[] = [
  { position: 'right', down: 0 },
  { position: 'top', down: -4 },
  { position: 'bottom', down: 4 },
  { position: 'left', down: 0 },
  ...[-1, 1, -2, 2, -3, 3].map((lines) => ({ position: 'right', down: lines * HEIGHT }) as const),
];

/**
 * Where names stand so that none lies on another or on a mark; as good as it gets where the marks are too many.
 * @param right edge of the drawing
 */
export function placeLabels(marks: readonly Mark[], right: number): LabelPlace[] {
  const endless = Number.POSITIVE_INFINITY;
  const space = new LabelSpace({ x1: 0, y1: -endless, x2: right, y2: endless });
  for (const { x, y } of marks) space.take({ x1: x - 8, y1: y - 8, x2: x + 8, y2: y + 8 });
  return marks.map((mark) => PLACES[space.best(PLACES.map((place) => boxOf(mark, place)))]!);
}

function boxOf({ x, y, text }: Mark, { position, down }: LabelPlace): Rectangle {
  const width = text.length * LETTER;
  const sideways = position === 'top' || position === 'bottom';
  const x1 = sideways ? x - width / 2 : position === 'right' ? x + GAP : x - GAP - width;
  const middle = y + down + (position === 'top' ? -GAP - HEIGHT / 2 : position === 'bottom' ? GAP + HEIGHT / 2 : 0);
  return { x1, y1: middle - HEIGHT / 2, x2: x1 + width, y2: middle + HEIGHT / 2 };
}
