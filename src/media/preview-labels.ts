import { LabelSpace, type Rectangle } from './label-space.js';
import type { PreviewBox, PreviewDrawing, PreviewLine, PreviewZone } from './preview-drawing.js';

/** A label where it stands: a plate with text on it. */
export interface Plate extends Rectangle {
  readonly text: string;
  readonly back: string;
  readonly ink: string;
}

/** Told apart by red-green-blind eyes too (Okabe and Ito); a label always gets the same one. */
const COLOURS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];

/** Lines and zones are lighter than any box. */
export const LINE = '#ffffff';
export const ZONE = '#c0c0ff';
const BLACK = '#000';
const WHITE = '#fff';

/** Of a plate, in heights of a letter. */
const PLATE_HEIGHT = 1.3;
const LETTER_WIDTH = 0.62;
const PLATE_MARGIN = 0.4;
/** Narrower boxes get no label: far vehicles stand close together, and labels would hide them. */
const MIN_LABELLED_WIDTH = 4;
/** How far from a line its directions stand, and by what they move along it where something is in the way. */
const BESIDE = 1.5;
const STEPS_ALONG = [0, 2, -2, 4, -4, 6, -6, 8, -8];

/** A label that is to find a place: its texts, the first choice first, and where each may stand. */
interface Wish {
  readonly texts: readonly string[];
  readonly back: string;
  readonly ink: string;
  /** Upper left corners for a plate of this size, the first choice first. */
  readonly corners: (width: number, height: number) => readonly (readonly [x: number, y: number])[];
}

/**
 * Where the labels of a drawing stand: none on another, none outside the picture. The caption and the lines' names come
 * first, then zones, then vehicles, the largest first; one for which no room is left is not shown.
 *
 * @param size height of a letter, px
 */
export function previewLabels(
  picture: { readonly width: number; readonly height: number },
  { boxes, lines = [], zones = [] }: PreviewDrawing,
  size: number,
  caption?: string,
): Plate[] {
  const space = new LabelSpace({ x1: 0, y1: 0, x2: picture.width, y2: picture.height });
  const largestFirst = boxes.toSorted((a, b) => areaOf(b) - areaOf(a));
  const wishes = [
    ...(caption === undefined ? [] : [captionWish(fitted(caption, picture.width, size))]),
    ...lines.flatMap((line) => lineWishes(line, size)),
    ...zones.map(zoneWish),
    ...largestFirst.filter(({ x1, x2 }) => x2 - x1 >= size * MIN_LABELLED_WIDTH).map(boxWish),
  ];
  return wishes.flatMap((wish) => placed(wish, space, size, picture) ?? []);
}

/** Of a box and its label. */
export function boxColour({ label, colour }: PreviewBox): string {
  return COLOURS[(colour ?? hash(label)) % COLOURS.length]!;
}

function placed(
  { texts, back, ink, corners }: Wish,
  space: LabelSpace,
  size: number,
  picture: { readonly width: number; readonly height: number },
): Plate | null {
  const height = size * PLATE_HEIGHT;
  for (const text of texts) {
    const width = plateWidth(text, size);
    const places = corners(width, height).map(([left, top]) => {
      // at an edge a plate is pushed into the picture
      const x1 = Math.max(0, Math.min(left, picture.width - width));
      const y1 = Math.max(0, Math.min(top, picture.height - height));
      return { x1, y1, x2: x1 + width, y2: y1 + height };
    });
    const index = space.free(places);
    if (index !== null) return { ...places[index]!, text, back, ink };
  }
  return null;
}

function captionWish(text: string): Wish {
  return { texts: [text], back: BLACK, ink: WHITE, corners: () => [[0, 0]] };
}

/** The name at the beginning of the line, the directions on their sides of its middle. */
function lineWishes({ label, from, to, left, right }: PreviewLine, size: number): Wish[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [x, y] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
  const beside = (text: string, side: -1 | 1): Wish => ({
    texts: [text],
    back: BLACK,
    ink: LINE,
    corners: (width) =>
      STEPS_ALONG.map((step) => {
        // in a picture, where y grows downwards, (y, -x) points to the left of (x, y)
        const cx = middle[0] + (side * y * BESIDE + x * step) * size;
        const cy = middle[1] - (side * x * BESIDE - y * step) * size;
        // a plate beside a steep line grows away from it, one above or below a flat line is centred
        return [cx - ((1 - side * y) / 2) * width, cy - (size * PLATE_HEIGHT) / 2] as const;
      }),
  });
  const name: Wish = {
    texts: [label],
    back: LINE,
    ink: BLACK,
    corners: (_width, height) => [from, [from[0], from[1] - height], to, [to[0], to[1] - height]],
  };
  return [name, beside(left, 1), beside(right, -1)];
}

/** At its highest corner, or at another. */
function zoneWish({ label, corners }: PreviewZone): Wish {
  const fromTop = corners.toSorted((a, b) => a[1] - b[1]);
  return { texts: [label], back: ZONE, ink: BLACK, corners: () => fromTop };
}

/** Above the box, beneath it, in it, or beside it; where there is little room, its number alone. */
function boxWish(box: PreviewBox): Wish {
  const { x1, y1, x2, y2, label, score, trackId } = box;
  const sure = score === undefined ? '' : ` ${Math.round(score * 100)} %`;
  const number = trackId === undefined ? [] : [`#${trackId}`];
  return {
    texts: [[`${label}${sure}`, ...number].join(' '), ...number],
    back: boxColour(box),
    ink: BLACK,
    corners: (width, height) => [
      [x1, y1 - height],
      [x2 - width, y1 - height],
      [x1, y1],
      [x1, y2],
      [x2 - width, y2],
      [x1, y2 - height],
      [x2, y1],
      [x1 - width, y1],
    ],
  };
}

/** As much of the text as a plate of the picture's width holds. */
function fitted(text: string, width: number, size: number): string {
  const letters = Math.floor((width / size - PLATE_MARGIN) / LETTER_WIDTH);
  return text.length <= letters ? text : `${text.slice(0, Math.max(0, letters - 1))}…`;
}

function plateWidth(text: string, size: number): number {
  return (text.length * LETTER_WIDTH + PLATE_MARGIN) * size;
}

function areaOf({ x1, y1, x2, y2 }: PreviewBox): number {
  return (x2 - x1) * (y2 - y1);
}

function hash(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}
