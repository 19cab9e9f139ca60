import type { YuvFormat } from '../kernels/yuv-colour.js';
import { rgbTurn } from './camera-pixels.js';
import type { Frame } from './frame.js';
import { OwnedFrame } from './owned-frame.js';

/** Sizes and colours whose tables are kept: those of the cameras of a cabinet. */
const MOST_KEPT = 8;

interface Turn {
  readonly width: number;
  readonly height: number;
  readonly yuv: YuvFormat;
  readonly apply: ReturnType<typeof rgbTurn>;
}

let turns: readonly Turn[] = [];

/**
 * The frame in RGB24; it comes with its ownership. Where it was not, its pixels are made when they are first looked at: who takes every
 * frame looks into few of them. The given one is released then, or with this one.
 */
export function rgbFrame(frame: Frame): Frame {
  const { width, height, yuv } = frame;
  if (yuv === undefined) return frame;
  let rgb: Uint8Array | null = null;
  const pixels = (): Uint8Array => {
    if (rgb === null) {
      rgb = new Uint8Array(width * height * 3);
      turnOf(width, height, yuv).apply(frame.data, rgb);
      frame.release();
    }
    return rgb;
  };
  const turned = {
    ...described(frame),
    yuv: undefined,
    get data() {
      return pixels();
    },
  };
  return new OwnedFrame(turned, () => {
    if (rgb === null) frame.release();
  });
}

function turnOf(width: number, height: number, yuv: YuvFormat): Turn {
  const known = turns.find((one) => one.width === width && one.height === height && one.yuv === yuv);
  if (known !== undefined) return known;
  const made = { width, height, yuv, apply: rgbTurn(width, height, yuv) };
  turns = [made, ...turns].slice(0, MOST_KEPT);
  return made;
}

/** All but the pixels. */
function described(frame: Frame): Omit<Frame, 'release' | 'data' | 'yuv'> {
  const { camera, seq, capturedAt, arrivedAt, sceneMs, width, height, sourceWidth, sourceHeight, damaged } = frame;
  return { camera, seq, capturedAt, arrivedAt, sceneMs, width, height, sourceWidth, sourceHeight, damaged };
}
