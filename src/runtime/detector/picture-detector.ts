import type { Config } from '../../config/config.js';
import type { ModelInfo } from '../../detect/detector.js';
import { explain, SourceError } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import type { Log } from '../../foundation/log.js';
import { STRIDE } from '../../frame/detections.js';
import type { PictureBox } from '../../frame/picture-box.js';
import { pictureFormat } from '../../media/content-kind.js';
import { decodeImage } from '../../media/image.js';
import { hostOf } from '../../models/default-variant.js';
import { buildLoadRequest } from '../../models/load-request.js';
import { ModelRegistry } from '../../models/registry.js';
import { findWanted } from '../../models/wanted-model.js';
import { OneShot, type StillPicture } from '../../schedule/one-shot.js';
import { keepCompiled } from './compiled-models.js';
import { firstModel, firstPool } from './worker-pools.js';
import { Workers } from './workers.js';

export interface PictureBoxes {
  /** Of the upright picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Strongest first. */
  readonly boxes: readonly PictureBox[];
  /** Milliseconds inside the detector. */
  readonly inferMs: number;
}

type Needed = Pick<Config, 'model' | 'detector' | 'schedule' | 'capture' | 'store'>;

/** A model with the workers of the first pool for pictures that have nothing to do with one another: encoded bytes in, boxes out. */
export class PictureDetector {
  /** The model in use, as its workers found it. */
  readonly info: ModelInfo;
  /** Pictures that are worth handing over at a time. */
  readonly places: number;
  readonly #workers: Workers;
  readonly #oneShot: OneShot;
  readonly #maxWidth: number;

  private constructor(workers: Workers, oneShot: OneShot, info: ModelInfo, { schedule, capture }: Needed) {
    this.info = info;
    this.places = workers.all.length * schedule.inFlightPerWorker;
    this.#workers = workers;
    this.#oneShot = oneShot;
    // as `run` would see the picture, unless the model wants more of it
    this.#maxWidth = Math.max(capture.maxWidth, info.inputWidth);
  }

  /** @throws EdgeError where there is no such model, variant or class, or it does not load; nothing runs then */
  static async open(config: Needed, log: Log): Promise<PictureDetector> {
    const { model, schedule } = config;
    const { name, detector } = firstPool(config);
    const registry = await ModelRegistry.open(fromRoot(model.dir));
    const entry = await findWanted(registry, firstModel(config), hostOf(detector.providers[0]!.name));
    const compiled = keepCompiled(buildLoadRequest(entry, model, detector), { ...config, detector });
    const pools = [{ name, request: compiled.request, detector }];
    const workers = new Workers({ pools, schedule, log, onChange: () => undefined });
    try {
      const info = await workers.start();
      compiled.loaded(info);
      const oneShot = new OneShot(workers.slots, compiled.request.scoreThresholds);
      return new PictureDetector(workers, oneShot, info, config);
    } catch (error) {
      await workers.stop();
      throw error;
    }
  }

  /**
   * @param bytes JPEG, PNG or WebP
   * @throws SourceError where they are no picture, DetectorError where the worker was lost with it
   */
  async detect(bytes: Uint8Array): Promise<PictureBoxes> {
    return boxesIn(await decodePicture(bytes, this.#maxWidth), this.#oneShot, this.info.classes);
  }

  close(): Promise<void> {
    return this.#workers.stop();
  }
}

/**
 * @param maxWidth pixels across at most: a wider picture is scaled down
 * @throws SourceError where the bytes are no picture
 */
export async function decodePicture(bytes: Uint8Array, maxWidth: number): Promise<StillPicture> {
  try {
    return await decodeImage(bytes, maxWidth);
  } catch (error) {
    const reason = explain(error).split('\n')[0];
    const advice =
      pictureFormat(Buffer.from(bytes.subarray(0, 64))) === null ? '; a film is watched with run --source' : '';
    throw new SourceError(`it is no whole JPEG, PNG or WebP picture (${reason})${advice}`);
  }
}

/** @param classes names by class index */
export async function boxesIn(
  picture: StillPicture,
  detector: OneShot,
  classes: readonly string[],
): Promise<PictureBoxes> {
  const { detections, stages } = await detector.detect(picture);
  const { count, data } = detections;
  const boxes = Array.from({ length: count }, (_, row) => boxOf(data.subarray(row * STRIDE), classes));
  const { width, height, sourceWidth = width, sourceHeight = height } = picture;
  return { width: sourceWidth, height: sourceHeight, boxes, inferMs: stages.infer };
}

function boxOf(row: Float32Array, classes: readonly string[]): PictureBox {
  const [x1, y1, x2, y2, score, index] = row as unknown as [number, number, number, number, number, number];
  return { class: classes[index]!, score, box: [x1, y1, x2, y2] };
}
