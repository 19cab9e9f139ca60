import type { FrameResult } from './answer/frame-result.js';
import type { Frame } from './capture/frame.js';
import type { PreviewConfig } from './config.js';
import { STRIDE } from './detect/detections.js';
import { explain } from './errors.js';
import type { Log } from './log.js';
import { type PreviewBox, writePreview } from './media/preview.js';

/** Writes the latest annotated frame of each camera now and then; one at a time, so that a slow disk costs previews only. */
export class Previews {
  readonly #config: PreviewConfig;
  readonly #log: Log;
  readonly #writtenAt = new Map<string, number>();
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor(config: PreviewConfig, log: Log) {
    this.#config = config;
    this.#log = log;
  }

  /** Whether the camera's next frame should be handed to `write`. */
  isDue(camera: string): boolean {
    if (this.#config.file === undefined || this.#writing !== null) return false;
    return performance.now() - (this.#writtenAt.get(camera) ?? Number.NEGATIVE_INFINITY) >= this.#config.intervalMs;
  }

  /** Draws and writes a frame, and releases it. */
  write(frame: Frame, result: FrameResult, classes: readonly string[]): void {
    this.#writtenAt.set(frame.camera, performance.now());
    if (this.#writing !== null) {
      frame.release();
      return;
    }
    const file = this.#config.file!.replaceAll('{camera}', frame.camera);
    const caption = `${frame.camera}  ${new Date(result.capturedAt).toISOString()}  ${result.detections.count} vehicles`;
    this.#writing = writePreview(file, frame, boxesOf(frame, result, classes), {
      quality: this.#config.quality,
      caption,
    })
      .then(
        () => {
          this.#failed = false;
        },
        (error: unknown) => this.#failure(error),
      )
      .finally(() => {
        frame.release();
        this.#writing = null;
      });
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Said once until a preview works again: the same full disk is not news every two seconds. */
  #failure(error: unknown): void {
    if (!this.#failed) this.#log.warn(`no preview: ${explain(error)}`);
    this.#failed = true;
  }
}

/** The result's boxes, which are in pixels of the source, in pixels of the frame. */
function boxesOf(frame: Frame, { detections: { count, data } }: FrameResult, classes: readonly string[]): PreviewBox[] {
  const x = frame.width / frame.sourceWidth;
  const y = frame.height / frame.sourceHeight;
  return Array.from({ length: count }, (_, i) => {
    const at = i * STRIDE;
    return {
      x1: data[at]! * x,
      y1: data[at + 1]! * y,
      x2: data[at + 2]! * x,
      y2: data[at + 3]! * y,
      score: data[at + 4]!,
      label: classes[data[at + 5]!]!,
    };
  });
}
