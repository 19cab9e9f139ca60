import type { Frame } from './frame.js';
import type { FrameResult } from './frame-result.js';
import { OwnedFrame } from './owned-frame.js';
import type { PrivacyMask } from './privacy-mask.js';
import { rgbFrame } from './rgb-frame.js';

/** Somebody who takes pictures beside the answers: a preview, the diary. */
export interface FrameTap {
  /** Whether it takes frames as the camera made them, `yuv` set or not: RGB24 is then not made for it. */
  readonly takesYuv?: boolean;
  /** Whether it wants the camera's next frame. Asked before and after the frame is answered; must be cheap. */
  wants(camera: string): boolean;
  /** A frame that it wanted, in RGB24 unless it takes others, read-only, with its answer. To be released exactly once, whenever it is done with it. */
  take(frame: Frame, result: FrameResult): void;
}

/**
 * Hands a frame to everybody who wants it; its pixels go back when the last of them is done. What nobody may see of a camera's picture is
 * black before anybody is handed it.
 */
export class FrameTaps {
  readonly #taps: FrameTap[] = [];
  readonly #masks: ReadonlyMap<string, PrivacyMask>;

  /** @param masks by camera id; none has areas that are hidden where there is no entry */
  constructor(masks: ReadonlyMap<string, PrivacyMask> = new Map()) {
    this.#masks = masks;
  }

  add(tap: FrameTap): void {
    this.#taps.push(tap);
  }

  /** Whether anybody wants the camera's next frame. */
  wants(camera: string): boolean {
    return this.#taps.some((tap) => tap.wants(camera));
  }

  /** The frame comes with its ownership; it is released at once where nobody wants it any more. */
  offer(frame: Frame, result: FrameResult): void {
    const takers = this.#taps.filter((tap) => tap.wants(frame.camera));
    if (takers.length === 0) {
      frame.release();
      return;
    }
    this.#masks.get(frame.camera)?.paint(frame);
    const asMade = takers.filter(({ takesYuv }) => takesYuv === true);
    const others = takers.filter(({ takesYuv }) => takesYuv !== true);
    const holders = shared(frame, asMade.length + (others.length > 0 ? 1 : 0));
    for (const taker of asMade) taker.take(holders.pop()!, result);
    if (others.length === 0) return;
    // what is turned into RGB24 is turned once, when the first of them looks
    const pictures = shared(rgbFrame(holders.pop()!), others.length);
    for (const taker of others) taker.take(pictures.pop()!, result);
  }
}

/** The frame for so many holders: its pixels go back when the last of them is done. */
function shared(frame: Frame, count: number): Frame[] {
  let holders = count;
  const giveBack = (): void => {
    if (--holders === 0) frame.release();
  };
  return Array.from({ length: count }, () => new OwnedFrame(frame, giveBack));
}
