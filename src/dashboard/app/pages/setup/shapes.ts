import type { SetupReply } from '../../../api/setup.ts';

export type Point = readonly [x: number, y: number];

/** A line, a zone or a mask as it is drawn: corners in shares of the picture. */
export interface DrawnShape {
  readonly kind: 'line' | 'zone' | 'mask' | 'privacyMask';
  /** For the page alone; the same while a name changes. */
  readonly key: string;
  /** Empty for masks, which have none. */
  readonly id: string;
  readonly corners: readonly Point[];
  /** Of a line: what crossing it to that side is called; empty: as the configuration has it. */
  readonly left: string;
  readonly right: string;
}

/** A rule as the file has it, with what the page needs. */
export interface DrawnRule {
  readonly key: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** All that is drawn on a camera. */
export interface Drawn {
  readonly shapes: readonly DrawnShape[];
  readonly rules: readonly DrawnRule[];
}

type Lists = SetupReply['cameras'][number]['shapes'];

let made = 0;
export const newKey = (): string => `s${++made}`;

const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number');
const isRing = (value: unknown): value is readonly Point[] => Array.isArray(value) && value.every(isPoint);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the file has, drawn; null where something in it cannot be drawn. */
export function drawnOf({ lines, zones, masks, privacyMasks, rules }: Lists): Drawn | null {
  const shapes: DrawnShape[] = [];
  for (const line of lines as Record<string, unknown>[]) {
    const { from, to } = line ?? {};
    if (!isPoint(from) || !isPoint(to)) return null;
    const { id, left, right } = line;
    shapes.push({ ...blank('line'), id: text(id), corners: [from, to], left: text(left), right: text(right) });
  }
  for (const zone of zones as Record<string, unknown>[]) {
    const { polygon, id } = zone ?? {};
    if (!isRing(polygon)) return null;
    shapes.push({ ...blank('zone'), id: text(id), corners: polygon });
  }
  for (const [kind, rings] of [
    ['mask', masks],
    ['privacyMask', privacyMasks],
  ] as const) {
    for (const ring of rings) {
      if (!isRing(ring)) return null;
      shapes.push({ ...blank(kind), corners: ring });
    }
  }
  if (!rules.every((rule) => typeof rule === 'object' && rule !== null)) return null;
  return { shapes, rules: rules.map((values) => ({ key: newKey(), values: values as Record<string, unknown> })) };
}

const blank = (kind: DrawnShape['kind']): DrawnShape => ({
  kind,
  key: newKey(),
  id: '',
  corners: [],
  left: '',
  right: '',
});

/** As the file is to have it. */
export function listsOf({ shapes, rules }: Drawn): Lists {
  const of = (kind: DrawnShape['kind']): readonly DrawnShape[] => shapes.filter((shape) => shape.kind === kind);
  return {
    lines: of('line').map(({ id, corners: [from, to], left, right }) => ({
      id,
      from,
      to,
      ...(left !== '' && { left }),
      ...(right !== '' && { right }),
    })),
    zones: of('zone').map(({ id, corners }) => ({ id, polygon: corners })),
    masks: of('mask').map(({ corners }) => corners),
    privacyMasks: of('privacyMask').map(({ corners }) => corners),
    rules: rules.map(({ values }) => values),
  };
}

/** Where a shape or rule stands in its list, as problems name it: `lines.1`. */
export function placeOf({ shapes, rules }: Drawn, key: string): string | null {
  const rule = rules.findIndex((one) => one.key === key);
  if (rule >= 0) return `rules.${rule}`;
  const shape = shapes.find((one) => one.key === key);
  if (shape === undefined) return null;
  const index = shapes.filter(({ kind }) => kind === shape.kind).indexOf(shape);
  return `${shape.kind}s.${index}`;
}

/** A tenth of a per cent: less than a pixel on a phone. */
const STEPS = 1000;
const within = (share: number): number => Math.min(1, Math.max(0, Math.round(share * STEPS) / STEPS));

/** A corner in the picture, on a place that can be written down. */
export const placed = ([x, y]: Point): Point => [within(x), within(y)];

export function moved(shape: DrawnShape, corner: number, to: Point): DrawnShape {
  return { ...shape, corners: shape.corners.map((one, index) => (index === corner ? placed(to) : one)) };
}

/** The whole of it, as far as it stays in the picture. */
export function shifted(shape: DrawnShape, [dx, dy]: Point): DrawnShape {
  const xs = shape.corners.map(([x]) => x);
  const ys = shape.corners.map(([, y]) => y);
  const x = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), dx));
  const y = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), dy));
  return { ...shape, corners: shape.corners.map((corner) => placed([corner[0] + x, corner[1] + y])) };
}

/** One corner more, in the middle of the edge behind `after`. */
export function withCorner(shape: DrawnShape, after: number): DrawnShape {
  const [one, next] = [shape.corners[after]!, shape.corners[(after + 1) % shape.corners.length]!];
  const middle = placed([(one[0] + next[0]) / 2, (one[1] + next[1]) / 2]);
  return { ...shape, corners: shape.corners.toSpliced(after + 1, 0, middle) };
}

export const withoutCorner = (shape: DrawnShape, corner: number): DrawnShape => ({
  ...shape,
  corners: shape.corners.toSpliced(corner, 1),
});

/** Whether shapes of a kind have names. */
export const isNamed = (kind: DrawnShape['kind']): boolean => kind === 'line' || kind === 'zone';

/** A name that no other of its kind has. */
export function freeName(names: readonly string[], kind: string): string {
  for (let number = 1; ; number++) if (!names.includes(`${kind}${number}`)) return `${kind}${number}`;
}

/** A new shape; without corners, in the middle of the picture. */
export function newShape(drawn: Drawn, kind: DrawnShape['kind'], corners: readonly Point[] = MIDDLE[kind]): DrawnShape {
  const names = drawn.shapes.filter((one) => one.kind === kind).map(({ id }) => id);
  return { ...blank(kind), id: isNamed(kind) ? freeName(names, kind) : '', corners: corners.map(placed) };
}

const SQUARE: readonly Point[] = [
  [0.35, 0.4],
  [0.65, 0.4],
  [0.65, 0.7],
  [0.35, 0.7],
];
const MIDDLE: Readonly<Record<DrawnShape['kind'], readonly Point[]>> = {
  line: [
    [0.25, 0.55],
    [0.75, 0.55],
  ],
  zone: SQUARE,
  mask: SQUARE,
  privacyMask: SQUARE,
};
