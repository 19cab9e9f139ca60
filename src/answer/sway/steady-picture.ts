import { type Detections, STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import { coverMasked } from '../scene/block-mask.js';
import { GRID_HEIGHT, GRID_WIDTH, type Signature } from '../scene/grid.js';
import { SteadySignature } from '../scene/steady-signature.js';
import { brightnessOf } from '../tracking/luma-picture.js';
import { CameraSway, type SceneShift } from './camera-sway.js';

/** Share of a side that the scene may have gone until it is another view. */
const FURTHEST = 0.12;
/** Pictures in a row in which nothing was where it was, after as many in which it was: the camera was turned. */
const TURNED_FOR = 40;
const KNOWN_FOR = 100;

const NOWHERE: SceneShift = { x: 0, y: 0 };

/** The pictures of one camera as if it stood still, however it sways: where everything lies that was known before. */
export class SteadyPicture {
  /** Blocks of the steady picture that count for nothing: masked, or outside of what the camera shows now. */
  readonly masked: Uint8Array;
  readonly #own: Uint8Array;
  readonly #signatures: SteadySignature;
  readonly #sway = new CameraSway();
  /** Pixels of a side of the pictures. */
  readonly #width: number;
  readonly #height: number;
  #shift: SceneShift = NOWHERE;
  #knownFor = 0;

  /** @param masked blocks of the camera's own masks */
  constructor({ width, height }: Pick<Frame, 'width' | 'height'>, masked: Uint8Array) {
    this.#own = masked;
    this.masked = masked.slice();
    this.#signatures = new SteadySignature(width, height);
    this.#width = width;
    this.#height = height;
  }

  /** How far the scene lies in the picture at hand from where it lay first, pixels. */
  get shift(): SceneShift {
    return this.#shift;
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
    if (!frame.damaged) this.#measure(frame);
    const isAnew = this.#isElsewhere();
    if (isAnew) this.#restart(frame);
    const { x, y } = this.#shift;
    if (isAnew || x !== before.x || y !== before.y) {
      this.#signatures.outside(this.#shift, this.masked);
      // masks stay where they are in the camera's own picture
      coverMasked(this.#own, (x * GRID_WIDTH) / this.#width, (y * GRID_HEIGHT) / this.#height, this.masked);
    }
    this.#signatures.read(frame, this.#shift, into);
    if (isAnew) return 'anew';
    // where it begins or ends to be held, another place counts as steady, and nothing has moved
    return wasHeld === this.#sway.sways ? { x: x - before.x, y: y - before.y } : NOWHERE;
  }

  /** Boxes of the picture at hand where they lie in the steady one: the same, or a copy. */
  steady(boxes: Detections): Detections {
    return moved(boxes, -this.#shift.x, -this.#shift.y);
  }

  /** Boxes of the steady picture where they lie in the one at hand: the same, or a copy. */
  asShown(boxes: Detections): Detections {
    return moved(boxes, this.#shift.x, this.#shift.y);
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
}

function moved(boxes: Detections, right: number, down: number): Detections {
  if (right === 0 && down === 0) return boxes;
  const data = boxes.data.slice(0, boxes.count * STRIDE);
  for (let at = 0; at < data.length; at += STRIDE) {
    data[at]! += right;
    data[at + 1]! += down;
    data[at + 2]! += right;
    data[at + 3]! += down;
  }
  return { count: boxes.count, data };
}
