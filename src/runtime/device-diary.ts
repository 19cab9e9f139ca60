import { join } from 'node:path';
import { lightLevel } from '../answer/scene/light-bucket.js';
import { describeScene } from '../answer/scene/scene-descriptor.js';
import { CELLS, emptySignature, SignatureReader } from '../answer/scene/signature.js';
import type { Config } from '../config/config.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import type { Frame } from '../frame/frame.js';
import type { FrameResult } from '../frame/frame-result.js';
import type { FrameTap } from '../frame/frame-taps.js';
import { encodeJpeg } from '../media/image.js';
import { Diary, type DiaryCounts } from '../pictures/diary/diary.js';
import { diaryMetrics } from '../pictures/diary/metrics.js';
import type { QualityCeiling } from './tuning/quality-ceiling.js';

/** A variant is made and judged by these pictures: with worse ones it would be of the damage that JPEG does. */
const LEAST_QUALITY = 50;

/** The frames that this device keeps of its own cameras, where the configuration wants that; they are never sent. */
export class DeviceDiary implements Part, FrameTap {
  readonly name = 'diary';
  readonly essential = false;
  readonly metrics = diaryMetrics(() => this.counts());
  readonly settings = [{ path: 'diary', requiresRestart: true }];
  readonly #diary: Diary | null;
  readonly #signature = emptySignature();
  #reader: SignatureReader | null = null;

  constructor({ diary, store }: Pick<Config, 'diary' | 'store'>, ceiling: QualityCeiling, log: Log) {
    const { enabled, path, maxMiB, maxFrames, everyS, quality } = diary;
    this.#diary = enabled
      ? new Diary({
          folder: path ?? join(store.dir, 'diary'),
          maxBytes: maxMiB * 2 ** 20,
          maxCount: maxFrames,
          everyMs: everyS * 1000,
          encode: (rgb, width, height) => encodeJpeg(rgb, width, height, ceiling.under(quality, LEAST_QUALITY)),
          localHour: (at) => new Date(at).getHours(),
          log,
        })
      : null;
  }

  async start(): Promise<void> {
    await this.#diary?.start();
  }

  async stop(): Promise<void> {
    await this.#diary?.stop();
  }

  wants(camera: string): boolean {
    return this.#diary?.isDue(camera, Date.now()) ?? false;
  }

  /** Keeps a frame that shows something new, and releases it. */
  take(frame: Frame, { detections }: FrameResult): void {
    const { camera, capturedAt, width, height, data } = frame;
    if (this.#reader?.width !== width || this.#reader.height !== height) {
      this.#reader = new SignatureReader(width, height);
    }
    this.#reader.read(data, this.#signature);
    const look = new Uint8Array(CELLS);
    describeScene(this.#signature, look);
    const light = lightLevel(this.#signature);
    const vehicles = detections.count;
    void this.#diary!.offer({ camera, at: capturedAt, width, height, data, look, light, vehicles }, Date.now()).finally(
      () => frame.release(),
    );
  }

  /** null where none is kept. */
  counts(): DiaryCounts | null {
    return this.#diary?.counts() ?? null;
  }
}
