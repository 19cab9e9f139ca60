import type { CameraNow, LiveAnswer } from '../../../api/now.ts';
import type { FedAnswer } from './answer-feed.ts';

type Shapes = Pick<CameraNow, 'lines' | 'zones' | 'masks'>;
type Pen = CanvasRenderingContext2D;
type Point = readonly [number, number];

/** Each origin by its colour and by how its boxes are drawn: who sees no colours sees dashes. Light on any picture, with a dark edge. */
const ORIGIN_LOOKS: Readonly<Record<string, { readonly colour: string; readonly dash: readonly number[] }>> = {
  inferred: { colour: '#5dff7f', dash: [] },
  propagated: { colour: '#6fc8ff', dash: [10, 4] },
  'reused-memory': { colour: '#ffb3ff', dash: [3, 3] },
  'reused-disk': { colour: '#ffc24d', dash: [12, 3, 3, 3] },
};
const LINE = '#ffe14d';
const ZONE = '#9be7ff';
/** Pixels on the screen: names of smaller boxes would hide one another. */
const NAMED_WIDTH = 34;
const SCORED_WIDTH = 70;
const EDGE = 'rgba(0, 0, 0, 0.75)';

/**
 * Draws what is known of a camera over its picture: boxes as they are in this very picture, and tracks with a dot where their vehicles are
 * by now. The canvas has the size of the picture on the screen.
 */
export function drawOver(
  canvas: HTMLCanvasElement,
  shapes: Shapes,
  answer: LiveAnswer | null,
  trails: FedAnswer['trails'],
): void {
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  const scale = Math.min(2, window.devicePixelRatio);
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale;
    canvas.height = height * scale;
  }
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = '600 12px system-ui, sans-serif';
  const at = ([x, y]: Point): Point => [x * width, y * height];
  for (const mask of shapes.masks) hatch(pen, mask.map(at));
  for (const { id, polygon } of shapes.zones) zone(pen, id, polygon.map(at));
  for (const { id, from, to } of shapes.lines) line(pen, id, at(from), at(to));
  const { colour } = ORIGIN_LOOKS[answer?.origin ?? 'inferred'] ?? ORIGIN_LOOKS['inferred']!;
  for (const trail of trails.values()) track(pen, trail.map(at), colour);
  if (answer !== null) boxes(pen, answer, at);
}

function track(pen: Pen, trail: readonly Point[], colour: string): void {
  if (trail.length > 1) twice(pen, colour, [], 2, () => path(pen, trail, false));
  const [x, y] = trail.at(-1)!;
  pen.beginPath();
  pen.arc(x, y, 4, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.strokeStyle = EDGE;
  pen.lineWidth = 1.5;
  pen.fill();
  pen.stroke();
}

function boxes(pen: Pen, answer: LiveAnswer, at: (point: Point) => Point): void {
  const { colour, dash } = ORIGIN_LOOKS[answer.origin] ?? ORIGIN_LOOKS['inferred']!;
  for (const [x1, y1, x2, y2, score, label, number] of answer.boxes) {
    const [left, top] = at([x1 / answer.width, y1 / answer.height]);
    const [right, bottom] = at([x2 / answer.width, y2 / answer.height]);
    twice(pen, colour, dash, 2.5, () => {
      pen.beginPath();
      pen.rect(left, top, right - left, bottom - top);
    });
    const width = right - left;
    if (width >= NAMED_WIDTH) caption(pen, `${label} ${number}`, left, top, colour);
    if (width >= SCORED_WIDTH) caption(pen, `${Math.round(score * 100)} %`, left, bottom + 17, colour);
  }
}

function zone(pen: Pen, id: string, corners: readonly Point[]): void {
  path(pen, corners, true);
  pen.fillStyle = 'rgba(155, 231, 255, 0.14)';
  pen.fill();
  twice(pen, ZONE, [6, 4], 2, () => path(pen, corners, true));
  caption(pen, id, corners[0]![0], corners[0]![1], ZONE);
}

function line(pen: Pen, id: string, from: Point, to: Point): void {
  twice(pen, LINE, [], 3, () => path(pen, [from, to], false));
  caption(pen, id, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, LINE);
}

/** Where change means nothing. */
function hatch(pen: Pen, corners: readonly Point[]): void {
  pen.save();
  path(pen, corners, true);
  pen.clip();
  pen.strokeStyle = 'rgba(255, 255, 255, 0.5)';
  pen.lineWidth = 1;
  pen.beginPath();
  const [right, bottom] = [pen.canvas.clientWidth, pen.canvas.clientHeight];
  for (let x = -bottom; x < right; x += 10) {
    pen.moveTo(x, 0);
    pen.lineTo(x + bottom, bottom);
  }
  pen.stroke();
  pen.restore();
}

function path(pen: Pen, points: readonly Point[], isClosed: boolean): void {
  pen.beginPath();
  for (const [index, [x, y]] of points.entries()) {
    if (index === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  if (isClosed) pen.closePath();
}

/** With a dark edge, so that it is seen on snow too. */
function twice(pen: Pen, colour: string, dash: readonly number[], width: number, outline: () => void): void {
  pen.setLineDash([]);
  pen.strokeStyle = EDGE;
  pen.lineWidth = width + 2;
  outline();
  pen.stroke();
  pen.setLineDash([...dash]);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  outline();
  pen.stroke();
  pen.setLineDash([]);
}

function caption(pen: Pen, text: string, x: number, y: number, colour: string): void {
  const width = pen.measureText(text).width + 8;
  const left = Math.max(0, Math.min(x, pen.canvas.clientWidth - width));
  const top = Math.max(0, y - 17);
  pen.fillStyle = EDGE;
  pen.fillRect(left, top, width, 16);
  pen.fillStyle = colour;
  pen.fillText(text, left + 4, top + 12);
}
