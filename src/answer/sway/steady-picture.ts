import { type Detections, STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import { isNoShift, NO_SHIFT, type SceneShift, shiftBetween, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import { coverMasked } from '../scene/block-mask.js';
import { GRID_HEIGHT, GRID_WIDTH, type Signature } from '../scene/grid.js';
import { OutsideBlocks } from '../scene/outside-blocks.js';
import { SignatureReader } from '../scene/signature.js';
import { brightnessOf } from '../tracking/luma-picture.js';
import { CameraSway } from './camera-sway.js';

/** Share of a side that the scene may have gone until it is another view. */
const FURTHEST = 0.12;
/** Pictures in a row in which nothing was where it was, after as many in which it was: the camera was turned. */
const TURNED_FOR = 40;
const KNOWN_FOR = 100;

/** ms in which lines and zones, held where they lie in the scene, come back to where they were drawn in the picture; and a step at most. */
const RETURNS = 60_000;
const LONGEST_STEP = 5000;

/** The pictures of one camera as if it stood still, however it sways: where everything lies that was known before. */
export class SteadyPicture {
  /** Blocks of the steady picture that count for nothing: masked, or outside of what the camera shows now. */
  readonly masked: Uint8Array;
  readonly #own: Uint8Array;
  readonly #signatures: SignatureReader;
  readonly #sway: CameraSway;
  readonly #outside: OutsideBlocks;
  /** Pixels of a side of the pictures. */
  readonly #isHeld: boolean;
  readonly #width: number;
  readonly #height: number;
  #shift = NO_SHIFT;
  #swayed = NO_SHIFT;
  #takenMs = Number.NaN;
  #knownFor = 0;

  /** @param masked blocks of the camera's own masks @param isHeld false: pictures are taken as they come */
  constructor({ width, height }: Pick<Frame, 'width' | 'height'>, masked: Uint8Array, isHeld = true) {
    this.#isHeld = isHeld;
    this.#own = masked;
    this.masked = masked.slice();
    this.#signatures = new SignatureReader(width, height);
    this.#sway = new CameraSway({ width, height });
    this.#outside = new OutsideBlocks(width, height);
    this.#width = width;
    this.#height = height;
  }

  /** How far the scene lies in the picture at hand from where it lay first, pixels. */
  get shift(): SceneShift {
    return this.#shift;
  }

  /**
   * How far the scene lies in the picture at hand from where it lies on average over a minute: what lines and zones, which were drawn in
   * one picture, go along with. A drift that is slower, and another view, they do not.
   */
  get swayed(): SceneShift {
    return this.#swayed;
  }

  get sways(): boolean {
    return this.#sway.sways;
  }

  /** Whether a camera that sways is not where it was looked for: where anything lies in its picture is not known. */
  get isLost(): boolean {
    return this.#sway.sways && this.#sway.lostFor > 0;
  }

  /** Takes the next picture, with its signature. @returns how far the scene went since the one before, or `anew`: it is another view */
  take(frame: Frame, into: Signature): SceneShift | 'anew' {
    const before = this.#shift;
    const wasHeld = this.#sway.sways;
    if (this.#isHeld && !frame.damaged) this.#measure(frame);
    const isAnew = this.#isElsewhere();
    if (isAnew) this.#restart(frame);
    const now = this.#shift;
    this.#goAlong(isAnew ? NO_SHIFT : shiftBetween(before, now), frame.sceneMs);
    if (isAnew || now !== before) {
      this.#outside.mark(now, this.masked);
      // masks stay where they are in the camera's own picture
      coverMasked(this.#own, (now.x * GRID_WIDTH) / this.#width, (now.y * GRID_HEIGHT) / this.#height, this.masked);
    }
    this.#signatures.read(frame.data, into, frame.yuv, now);
    if (isAnew) return 'anew';
    // where it begins or ends to be held, another place counts as steady, and nothing has moved
    return wasHeld === this.#sway.sways ? shiftBetween(before, now) : NO_SHIFT;
  }

  #goAlong(moved: SceneShift, sceneMs: number): void {
    const passed = Math.min(LONGEST_STEP, Math.max(0, sceneMs - this.#takenMs)) || 0;
    this.#takenMs = sceneMs;
    const kept = Math.exp(-passed / RETURNS);
    const before = this.#swayed;
    if (isNoShift(moved) && isNoShift(before)) return;
    const most = { x: FURTHEST * this.#width, y: FURTHEST * this.#height };
    this.#swayed = {
      x: within(kept * before.x + moved.x, most.x),
      y: within(kept * before.y + moved.y, most.y),
      turn: kept * before.turn + moved.turn,
      growth: kept * before.growth + moved.growth,
    };
  }

  /** Boxes of the picture at hand where they lie in the steady one: the same, or a copy. */
  steady(boxes: Detections): Detections {
    return this.#moved(boxes, -1);
  }

  /** Boxes of the steady picture where they lie in the one at hand: the same, or a copy. */
  asShown(boxes: Detections): Detections {
    return this.#moved(boxes, 1);
  }

  #measure(frame: Frame): void {
    this.#shift = this.#sway.measure(brightnessOf(frame));
    this.#knownFor = this.#sway.lostFor === 0 ? Math.min(KNOWN_FOR, this.#knownFor + 1) : this.#knownFor;
  }

  #isElsewhere(): boolean {
    const { x, y } = this.#shift;
    if (Math.abs(x) > FURTHEST * this.#width || Math.abs(y) > FURTHEST * this.#height) return true;
    return this.#sway.lostFor >= TURNED_FOR && this.#knownFor >= KNOWN_FOR;
  }

  #restart(frame: Frame): void {
    this.#sway.restart();
    this.#knownFor = 0;
    this.#shift = this.#sway.measure(brightnessOf(frame));
  }

  #moved(boxes: Detections, way: 1 | -1): Detections {
    const shift = this.#shift;
    if (isNoShift(shift)) return boxes;
    const data = boxes.data.slice(0, boxes.count * STRIDE);
    const [middleX, middleY] = [this.#width / 2, this.#height / 2];
    for (let at = 0; at < data.length; at += STRIDE) {
      const right = (data[at]! + data[at + 2]!) / 2 - middleX;
      const below = (data[at + 1]! + data[at + 3]!) / 2 - middleY;
      const [x, y] = [way * shiftRight(shift, right, below), way * shiftDown(shift, right, below)];
      data[at]! += x;
      data[at + 1]! += y;
      data[at + 2]! += x;
      data[at + 3]! += y;
    }
    return { count: boxes.count, data };
  }
}

const within = (value: number, most: number): number => Math.min(most, Math.max(-most, value));
