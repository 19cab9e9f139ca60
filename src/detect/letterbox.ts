import { createResize } from '../kernels/resize.js';
import type { Resize, ResizePlan } from '../kernels/resize-plan.js';
import { createYuvResize } from '../kernels/resize-yuv.js';
import { areaTaps, linearTaps } from '../kernels/taps.js';
import { type YuvFormat, yuvBytes } from '../kernels/yuv-colour.js';

/** The grey of the padding, as the models were trained with. */
export const PADDING = 114;
/** Shrinking by more than this, bilinear interpolation would skip source pixels: they are averaged instead. */
const AVERAGE_FROM = 2;

/** Fits a frame into a model's input: scaled with its aspect kept, at the top left, padded with grey on the right and below. */
export class Letterbox {
  /** Size of the picture inside the input, in pixels. */
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** How the picture is resized; null where it is only copied. */
  readonly plan: ResizePlan | null;
  private readonly resize: Resize;
  private yuvResize: { readonly yuv: YuvFormat; readonly apply: Resize } | null = null;

  /** Sizes in pixels, all at least 1. Computes the tables of the resize, so make one per frame size and keep it. */
  constructor(
    readonly frameWidth: number,
    readonly frameHeight: number,
    readonly inputWidth: number,
    readonly inputHeight: number,
  ) {
    const scale = Math.min(inputWidth / frameWidth, inputHeight / frameHeight);
    this.contentWidth = fit(frameWidth * scale, inputWidth);
    this.contentHeight = fit(frameHeight * scale, inputHeight);
    this.plan = this.planResize(scale);
    this.resize = this.plan === null ? copyRows(frameWidth * 3, frameHeight, inputWidth * 3) : createResize(this.plan);
  }

  /**
   * @param frame of the frame's size: RGB24, or I420 where `yuv` says what its numbers mean
   * @param out RGB24 of the input's size, every byte of which is written
   */
  apply(frame: Uint8Array, out: Uint8Array, yuv?: YuvFormat): void {
    const { frameWidth, frameHeight, inputWidth, inputHeight, contentWidth, contentHeight } = this;
    const bytes = yuv === undefined ? frameWidth * frameHeight * 3 : yuvBytes(frameWidth, frameHeight);
    if (frame.length < bytes || out.length < inputWidth * inputHeight * 3) {
      throw new RangeError(
        `letterbox of ${frameWidth}x${frameHeight} into ${inputWidth}x${inputHeight}: got ${frame.length} and ${out.length} bytes`,
      );
    }
    const outStride = inputWidth * 3;
    const resize = yuv === undefined ? this.resize : this.resizeOf(yuv);
    resize(frame, out);
    if (contentWidth < inputWidth) {
      for (let y = 0; y < contentHeight; y++) out.fill(PADDING, y * outStride + contentWidth * 3, (y + 1) * outStride);
    }
    if (contentHeight < inputHeight) out.fill(PADDING, contentHeight * outStride, inputHeight * outStride);
  }

  /**
   * Maps `count` rows of 6 (x1, y1, x2, y2, score, class), in place, from pixels of the input to pixels of a picture of
   * `sourceWidth` x `sourceHeight` (the frame's own size, or that of the picture it was scaled down from), clipped to it.
   */
  unmap(rows: Float32Array, count: number, sourceWidth: number, sourceHeight: number): void {
    const scaleX = sourceWidth / this.contentWidth;
    const scaleY = sourceHeight / this.contentHeight;
    for (let i = 0; i < count * 6; i += 6) {
      rows[i] = clip(rows[i]! * scaleX, sourceWidth);
      rows[i + 1] = clip(rows[i + 1]! * scaleY, sourceHeight);
      rows[i + 2] = clip(rows[i + 2]! * scaleX, sourceWidth);
      rows[i + 3] = clip(rows[i + 3]! * scaleY, sourceHeight);
    }
  }

  private resizeOf(yuv: YuvFormat): Resize {
    if (this.yuvResize?.yuv !== yuv) {
      this.yuvResize = { yuv, apply: createYuvResize(this.plan ?? this.sameSize(), yuv) };
    }
    return this.yuvResize.apply;
  }

  /** Every pixel as it is: its colours are converted all the same. */
  private sameSize(): ResizePlan {
    const { frameWidth, frameHeight, inputWidth } = this;
    const [columns, rows] = [linearTaps(frameWidth, frameWidth), linearTaps(frameHeight, frameHeight)];
    return { sourceWidth: frameWidth, sourceHeight: frameHeight, columns, rows, stride: inputWidth * 3 };
  }

  private planResize(scale: number): ResizePlan | null {
    const { frameWidth, frameHeight, inputWidth, contentWidth, contentHeight } = this;
    if (contentWidth === frameWidth && contentHeight === frameHeight) return null;
    const taps = scale < 1 / AVERAGE_FROM ? areaTaps : linearTaps;
    const columns = taps(frameWidth, contentWidth);
    const rows = taps(frameHeight, contentHeight);
    return { sourceWidth: frameWidth, sourceHeight: frameHeight, columns, rows, stride: inputWidth * 3 };
  }
}

const fit = (size: number, limit: number) => Math.min(limit, Math.max(1, Math.round(size)));
const clip = (value: number, limit: number) => Math.min(limit, Math.max(0, value));

function copyRows(rowBytes: number, rows: number, outStride: number): Resize {
  return (frame, out) => {
    if (rowBytes === outStride) {
      out.set(rows * rowBytes === frame.length ? frame : frame.subarray(0, rows * rowBytes));
      return;
    }
    for (let y = 0; y < rows; y++) out.set(frame.subarray(y * rowBytes, (y + 1) * rowBytes), y * outStride);
  };
}
