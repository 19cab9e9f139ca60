/** A value that holds from `t` for one step, Unix ms. */
export interface ChartPoint {
  readonly t: number;
  readonly value: number;
}

export interface ChartFrame {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** Characters. */
  readonly width: number;
  readonly height: number;
  /** Values at the lower and the upper edge. */
  readonly low: number;
  readonly high: number;
}

/** A braille character is two dots wide and four high; of the dots of its left and right column, from below, the bits. */
const ACROSS = 2;
const UP = 4;
const BITS = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
];
const BLANK = 0x2800;

/** The lowest and highest dot that are set in a column of dots. */
type Stroke = readonly [low: number, high: number];

/** A line through the points, in braille characters, a string for each row from the top; where no point is, nothing is drawn. */
export function brailleChart(points: readonly ChartPoint[], frame: ChartFrame): string[] {
  const { width, height } = frame;
  const cells = Array.from({ length: height }, () => new Uint16Array(width).fill(BLANK));
  const strokes = strokesOf(points, frame);
  for (const [x, [low, high]] of joined(strokes)) {
    for (let y = low; y <= high; y++) {
      const row = cells[height - 1 - Math.floor(y / UP)]!;
      row[Math.floor(x / ACROSS)]! |= BITS[x % ACROSS]![y % UP]!;
    }
  }
  return cells.map((row) =>
    String.fromCharCode(...row)
      .replaceAll(String.fromCharCode(BLANK), ' ')
      .trimEnd(),
  );
}

const FRAME: Readonly<Record<string, string>> = { '│': '|', '┤': '+', '└': '+', '─': '-' };
/** Dots of the upper two rows. */
const UPPER = 0x01 | 0x02 | 0x08 | 0x10;

/** A chart with its frame for a terminal that has ASCII only: of a character's dots, the upper, the lower or both halves. */
export function asAscii(line: string): string {
  return line
    .replace(/[│┤└─]/g, (character) => FRAME[character]!)
    .replace(/[\u2800-\u28ff]/g, (character) => {
      const dots = character.charCodeAt(0) - BLANK;
      if (dots === 0) return ' ';
      return (dots & UPPER) === 0 ? '.' : (dots & ~UPPER) === 0 ? "'" : ':';
    });
}

function strokesOf(points: readonly ChartPoint[], frame: ChartFrame): Map<number, Stroke> {
  const { from, to, stepMs, width, height, low, high } = frame;
  const perMs = (width * ACROSS) / (to - from);
  const last = width * ACROSS - 1;
  const top = height * UP - 1;
  const strokes = new Map<number, Stroke>();
  for (const { t, value } of points) {
    const share = high > low ? (value - low) / (high - low) : 0.5;
    const y = Math.round(Math.min(1, Math.max(0, share)) * top);
    const first = Math.max(0, Math.floor((t - from) * perMs));
    const end = Math.min(last, Math.max(first, Math.ceil((t + stepMs - from) * perMs) - 1));
    for (let x = first; x <= end; x++) {
      const [lowest, highest] = strokes.get(x) ?? [y, y];
      strokes.set(x, [Math.min(lowest, y), Math.max(highest, y)]);
    }
  }
  return strokes;
}

/** Each stroke reaches that of the column before it, so that the line has no holes but the gaps. */
function* joined(strokes: ReadonlyMap<number, Stroke>): Iterable<readonly [x: number, Stroke]> {
  for (const [x, [low, high]] of strokes) {
    const before = strokes.get(x - 1);
    // up or down to the dot beside the end of the one before
    yield before === undefined ? [x, [low, high]] : [x, [Math.min(low, before[1] + 1), Math.max(high, before[0] - 1)]];
  }
}
