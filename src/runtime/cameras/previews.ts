import type { CameraConfig, Config, PreviewConfig } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import { writePreview } from '../../media/preview.js';
import type { PreviewBox, PreviewDrawing } from '../../media/preview-drawing.js';
import type { QualityCeiling } from '../tuning/quality-ceiling.js';

/** Lines and zones of a camera, as they are configured: in shares of the picture. */
type Shapes = Pick<CameraConfig, 'lines' | 'zones'>;
const NO_SHAPES: Shapes = { lines: [], zones: [] };

export interface PreviewsParts {
  readonly config: Pick<Config, 'preview' | 'cameras'>;
  /** Names by class index. */
  readonly classes: () => readonly string[];
  readonly ceiling: QualityCeiling;
  readonly log: Log;
}

/** Writes the latest annotated frame of each camera now and then; one at a time, so that a slow disk costs previews only. */
export class Previews implements Part, FrameTap {
  readonly name = 'previews';
  readonly essential = false;
  readonly settings = [
    { path: 'preview', requiresRestart: true },
    {
      path: 'preview.intervalMs',
      requiresRestart: false,
      apply: (intervalMs: unknown) => {
        this.#config = { ...this.#config, intervalMs: intervalMs as number };
      },
    },
    {
      path: 'preview.quality',
      requiresRestart: false,
      apply: (quality: unknown) => {
        this.#config = { ...this.#config, quality: quality as number };
      },
    },
  ];
  #config: PreviewConfig;
  readonly #shapes: ReadonlyMap<string, Shapes>;
  readonly #classes: () => readonly string[];
  readonly #ceiling: QualityCeiling;
  readonly #log: Log;
  readonly #writtenAt = new Map<string, number>();
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor({ config, classes, ceiling, log }: PreviewsParts) {
    this.#config = config.preview;
    this.#shapes = new Map(config.cameras.map((camera) => [camera.id, camera]));
    this.#classes = classes;
    this.#ceiling = ceiling;
    this.#log = log;
  }

  start(): void {}

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    await this.#writing;
  }

  /** Whether a preview of the camera is due, and none is being written. */
  wants(camera: string): boolean {
    if (this.#config.file === undefined || this.#writing !== null) return false;
    return performance.now() - (this.#writtenAt.get(camera) ?? Number.NEGATIVE_INFINITY) >= this.#config.intervalMs;
  }

  /** Draws and writes a frame with its vehicles and the camera's lines and zones, and releases it. */
  take(frame: Frame, result: FrameResult): void {
    if (this.#writing !== null) {
      frame.release();
      return;
    }
    this.#writtenAt.set(frame.camera, performance.now());
    const file = this.#config.file!.replaceAll('{camera}', frame.camera);
    const caption = `${frame.camera}  ${new Date(result.capturedAt).toISOString()}  ${result.detections.count} vehicles`;
    const shapes = this.#shapes.get(frame.camera) ?? NO_SHAPES;
    const boxes = boxesOf(frame, result, this.#classes());
    const drawing: PreviewDrawing = { ...drawnShapes(frame, shapes), boxes };
    const quality = this.#ceiling.under(this.#config.quality);
    this.#writing = writePreview(file, frame, drawing, { quality, caption })
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

  /** Said once until a preview works again: the same full disk is not news every two seconds. */
  #failure(error: unknown): void {
    if (!this.#failed) this.#log.warn(`no preview: ${explain(error)}`);
    this.#failed = true;
  }
}

/** The result's boxes, which are in pixels of the source, in pixels of the frame. */
function boxesOf(frame: Frame, { detections, trackIds }: FrameResult, classes: readonly string[]): PreviewBox[] {
  const { count, data } = detections;
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
      trackId: trackIds[i]!,
    };
  });
}

function drawnShapes({ width, height }: Frame, { lines, zones }: Shapes): Omit<PreviewDrawing, 'boxes'> {
  const inPixels = ([x, y]: readonly [number, number]) => [x * width, y * height] as const;
  return {
    lines: lines.map(({ id, from, to, left, right }) => ({
      label: id,
      left,
      right,
      from: inPixels(from),
      to: inPixels(to),
    })),
    zones: zones.map(({ id, polygon }) => ({ label: id, corners: polygon.map(inPixels) })),
  };
}
