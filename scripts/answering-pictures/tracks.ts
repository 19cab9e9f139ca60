import { associate } from '../../src/answer/tracking/association.js';
import { brightnessOf } from '../../src/answer/tracking/luma-picture.js';
import { Track } from '../../src/answer/tracking/track.js';
import { iou } from '../../src/frame/box.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import { answered, type Eye, KNOWN_AFTER_MS } from './answered.js';
import { type Box, ORANGE, picture, rect, SKY, svg, text, WHITE } from './drawing.js';

/** Seconds in which a frame is looked for. */
const SECONDS = 40;
/** Pixels: smaller vehicles get no plate, and do not make a frame worth drawing. */
const LEAST_SIZE = 22;

/** A vehicle followed twice: by what is to be seen, and by inferences alone. */
interface Followed {
  readonly track: Track;
  readonly guess: Track;
  /** Box at the last inference. */
  from: Box;
}

/** The frame in which vehicles have gone farthest since the last inference, with what is known of them. */
export async function drawTracks(url: string, eye: Eye): Promise<Buffer> {
  let followed: Followed[] = [];
  let before = 0;
  let inferredAt = 0;
  let nextId = 0;
  let farthest = 0;
  let best: { frame: Frame; overlay: string } | null = null;
  const isSure = (c: number, score: number): boolean => score >= eye.thresholds[c]!;
  for await (const { frame, found } of answered(url, SECONDS, eye)) {
    for (const { track, guess } of followed) {
      track.predict(frame.sceneMs - before);
      guess.predict(frame.sceneMs - before);
      track.follow(brightnessOf(frame));
    }
    before = frame.sceneMs;
    followed = followed.filter(({ track }) => isInside(boxOf(track), frame));
    if (found === null) {
      const gone = followed.reduce((sum, one) => sum + (isWorthDrawing(one) ? distance(one) : 0), 0);
      if (gone <= farthest || frame.sceneMs < KNOWN_AFTER_MS || hasTwins(followed)) continue;
      farthest = gone;
      best = { frame, overlay: tracksOverlay(followed, frame, frame.sceneMs - inferredAt) };
      continue;
    }
    inferredAt = frame.sceneMs;
    const known = followed.map(({ track }) => track);
    const { rows, taken } = associate(known, boxesOf(followed), found, isSure);
    followed = followed.filter((one, i) => {
      for (const track of [one.track, one.guess]) {
        if (rows[i]! >= 0) track.detect(found.data, rows[i]! * STRIDE, false);
      }
      return rows[i]! >= 0;
    });
    for (let row = 0; row < found.count; row++) {
      const at = row * STRIDE;
      if (taken[row] || !isSure(found.data[at + 5]!, found.data[at + 4]!)) continue;
      const make = (): Track => new Track(nextId, found.data, at, eye.thresholds.length, frame);
      nextId++;
      followed.push({ track: make(), guess: make(), from: [0, 0, 0, 0] });
    }
    for (const one of followed) {
      one.track.anchor(brightnessOf(frame));
      one.from = boxOf(one.track);
    }
  }
  if (best === null) throw new Error(`no vehicle moved in ${SECONDS} s of ${url}: choose another seed`);
  return picture(best.frame, best.overlay);
}

const isWorthDrawing = ({ track }: Followed): boolean => track.hits > 1 && track.size > LEAST_SIZE && track.lost === 0;

/** Whether at least the middle of it is in the picture. */
const isInside = ([x1, y1, x2, y2]: Box, { width, height }: Frame): boolean =>
  x1 + x2 > 0 && y1 + y2 > 0 && x1 + x2 < 2 * width && y1 + y2 < 2 * height;

/** A detector may take one vehicle for a truck and a bus at once. */
function hasTwins(followed: readonly Followed[]): boolean {
  const boxes = boxesOf(followed);
  return followed.some((_, i) => followed.some((_, k) => k < i && iou(boxes, i * 4, boxes, k * 4) > 0.5));
}

const boxesOf = (followed: readonly Followed[]): Float32Array =>
  new Float32Array(followed.flatMap(({ track }) => [...boxOf(track)]));

const distance = ({ track, from }: Followed): number => Math.min(2, Math.abs(boxOf(track)[3] - from[3]) / track.size);

function boxOf(track: Track): Box {
  const box = new Float32Array(4);
  track.box(box, 0);
  return [box[0]!, box[1]!, box[2]!, box[3]!];
}

function tracksOverlay(followed: readonly Followed[], { width, height }: Frame, ageMs: number): string {
  const marks = followed
    .filter(({ track }) => track.hits > 1)
    .map(({ track, guess, from }) => {
      const now = boxOf(track);
      const label = `#${track.id}  r ${track.correlation.toFixed(2)}`;
      const plate = track.size > LEAST_SIZE ? text(now[0], now[1] - 9, label, SKY) : '';
      return `${rect(from, WHITE, 'stroke-dasharray="2 2"')}${rect(boxOf(guess), ORANGE, 'stroke-dasharray="5 2"')}${rect(now, SKY)}${plate}`;
    });
  const legend = [
    text(4, 4, `${Math.round(ageMs)} ms after the last inference`, WHITE),
    text(4, 14, 'dotted: the box at the last inference', WHITE),
    text(4, 24, 'dashed: by inferences alone, at constant speed', ORANGE),
    text(4, 34, 'solid: where it was found, with number and correlation', SKY),
  ];
  return svg(width, height, marks.join('') + legend.join(''));
}
