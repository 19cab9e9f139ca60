import { join } from 'node:path';
import { lightLevel } from '../answer/scene/light-bucket.js';
import { describeScene } from '../answer/scene/scene-descriptor.js';
import { CELLS, emptySignature, SignatureReader } from '../answer/scene/signature.js';
import type { Config } from '../config/config.js';
import { fromRoot } from '../foundation/home.js';
import type { Log } from '../foundation/log.js';
import type { Frame } from '../frame/frame.js';
import type { FrameResult } from '../frame/frame-result.js';
import { encodeJpeg } from '../media/image.js';
import { Diary, type DiaryCounts } from '../pictures/diary/diary.js';

/** The frames that this device keeps of its own cameras, where the configuration wants that; they are never sent. */
export class DeviceDiary {
  readonly #diary: Diary | null;
  readonly #signature = emptySignature();
  #reader: SignatureReader | null = null;

  constructor({ diary, store }: Pick<Config, 'diary' | 'store'>, log: Log) {
    const { enabled, path, maxMiB, maxFrames, everyS, quality } = diary;
    this.#diary = enabled
      ? new Diary({
          folder: fromRoot(path ?? join(store.dir, 'diary')),
          maxBytes: maxMiB * 2 ** 20,
          maxCount: maxFrames,
          everyMs: everyS * 1000,
          encode: (rgb, width, height) => encodeJpeg(rgb, width, height, quality),
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

  /** Whether the camera's next frame should be handed to `keep`. `at`: Unix ms. */
  isDue(camera: string, at: number): boolean {
    return this.#diary?.isDue(camera, at) ?? false;
  }

  /** Keeps a frame that shows something new, and releases it. */
  keep(frame: Frame, { detections }: FrameResult): void {
    const { camera, capturedAt, width, height, data } = frame;
    if (this.#reader?.width !== width || this.#reader.height !== height) {
      this.#reader = new SignatureReader(width, height);
    }
    this.#reader.read(data, this.#signature);
    const look = new Uint8Array(CELLS);
    describeScene(this.#signature, look);
    const light = lightLevel(this.#signature);
    void this.#diary!.offer({
      ...{ camera, at: capturedAt, width, height, data, look, light, vehicles: detections.count },
    }).finally(() => frame.release());
  }

  /** null where none is kept. */
  counts(): DiaryCounts | null {
    return this.#diary?.counts() ?? null;
  }
}
