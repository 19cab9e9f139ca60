import { join } from 'node:path';
import { CELLS, emptySignature } from '../../answer/scene/grid.js';
import { lightLevel } from '../../answer/scene/light-bucket.js';
import { describeScene } from '../../answer/scene/scene-descriptor.js';
import { SignatureReader } from '../../answer/scene/signature.js';
import type { Config } from '../../config/config.js';
import { tenantOfCamera } from '../../config/tenants.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { scopeFolder, type TenantId } from '../../foundation/scope.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult } from '../../frame/frame-result.js';
import type { FrameTap } from '../../frame/frame-taps.js';
import { encodeJpeg } from '../../media/image.js';
import { addedCounts, Diary, type DiaryCounts } from '../../pictures/diary/diary.js';
import { diaryMetrics } from '../../pictures/diary/metrics.js';
import type { QualityCeiling } from '../tuning/quality-ceiling.js';

/** A variant is made and judged by these pictures: with worse ones it would be of the damage that JPEG does. */
const LEAST_QUALITY = 50;

/**
 * The frames that this device keeps of its cameras, where the configuration wants that; they are never sent. Those of each tenant have a
 * folder of their own, beneath the device's, and an even part of the room.
 */
export class DeviceDiary implements Part, FrameTap {
  readonly name = 'diary';
  readonly essential = false;
  readonly metrics = diaryMetrics(() => this.counts());
  readonly settings = [{ path: 'diary', requiresRestart: true }];
  readonly #config: Pick<Config, 'cameras'>;
  /** By whose the cameras are; empty where none is kept. */
  readonly #diaries: ReadonlyMap<TenantId, Diary>;
  readonly #signature = emptySignature();
  #reader: SignatureReader | null = null;

  constructor(config: Pick<Config, 'diary' | 'store' | 'cameras' | 'tenants'>, ceiling: QualityCeiling, log: Log) {
    this.#config = config;
    const { enabled, path, maxMiB, maxFrames, everyS, quality } = config.diary;
    const owners: TenantId[] = enabled ? [null, ...config.tenants.map(({ id }) => id)] : [];
    this.#diaries = new Map(
      owners.map((tenant) => [
        tenant,
        new Diary({
          folder: scopeFolder({ tenant }, path ?? join(config.store.dir, 'diary')),
          maxBytes: Math.floor((maxMiB * 2 ** 20) / owners.length),
          maxCount: Math.max(1, Math.floor(maxFrames / owners.length)),
          everyMs: everyS * 1000,
          encode: (rgb, width, height) => encodeJpeg(rgb, width, height, ceiling.under(quality, LEAST_QUALITY)),
          localHour: (at) => new Date(at).getHours(),
          log,
        }),
      ]),
    );
  }

  async start(): Promise<void> {
    await Promise.all([...this.#diaries.values()].map((diary) => diary.start()));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#diaries.values()].map((diary) => diary.stop()));
  }

  wants(camera: string): boolean {
    return this.#diaryOf(camera)?.isDue(camera, Date.now()) ?? false;
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
    const kept = { camera, at: capturedAt, width, height, data, look, light, vehicles };
    void this.#diaryOf(camera)!
      .offer(kept, Date.now())
      .finally(() => frame.release());
  }

  /** Of all together; null where none is kept. */
  counts(): DiaryCounts | null {
    const [first, ...others] = [...this.#diaries.values()].map((diary) => diary.counts());
    return first === undefined ? null : others.reduce(addedCounts, first);
  }

  #diaryOf(camera: string): Diary | null {
    return this.#diaries.get(tenantOfCamera(this.#config, camera)) ?? null;
  }
}
