import type { Cache } from '../../cache/cache.js';
import type { TierName } from '../../cache/events.js';
import { type Detections, STRIDE } from '../../frame/detections.js';
import type { BlockBackground } from '../scene/block-background.js';
import { BLOCKS, CELLS, type Signature } from '../scene/grid.js';
import { lightBucket, lightLevel } from '../scene/light-bucket.js';
import { describeScene } from '../scene/scene-descriptor.js';
import { SceneIndex } from './scene-index.js';
import { PAGE_SCENES, ScenePage } from './scene-page.js';
import { decodeScene, encodeScene, type SceneRecord } from './scene-record.js';

export interface RememberedScenesOptions {
  readonly camera: string;
  readonly model: string;
  readonly variant: string;
  /** Pixels that the boxes refer to. Scenes of another size are other scenes. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly cache: Cache;
  /** The camera's; verifies block by block. */
  readonly background: Pick<BlockBackground, 'differs'>;
  readonly maxScenes: number;
}

export interface RecalledScene {
  /** For `forget`. */
  readonly id: number;
  readonly detections: Detections;
  readonly origin: 'reused-memory' | 'reused-disk';
  /** Unix ms. */
  readonly inferredAt: number;
  /** How unlike it is from afar; 0 is equal, 1 a thirty-second of the picture's contrast per cell. */
  readonly distance: number;
}

/** Neighbours that are compared block by block. */
const CANDIDATES = 4;
/** ms: a scene is not stored again sooner. */
const RENEW_AFTER = 60_000;
/** ms between two writings of the index. */
const SAVE_EVERY = 1000;

/**
 * The scenes of one camera for which one variant of one model has an answer: the empty road, the same parked cars. They
 * live in the cache, under the tags `camera:`, `model:` and `light:`; here is only an index of what they look like from
 * afar, kept in the cache as well, so that a restarted device recognises them. A scene that looks alike is compared
 * block by block before it is used.
 *
 * Remember only scenes in which nothing moves: others never come again.
 */
export class RememberedScenes {
  readonly #options: RememberedScenesOptions;
  readonly #prefix: string;
  readonly #tags: readonly string[];
  readonly #index: SceneIndex;
  readonly #descriptor = new Uint8Array(CELLS);
  readonly #blocks = new Uint8Array(BLOCKS);
  #savedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RememberedScenesOptions) {
    const { camera, model, variant, sourceWidth, sourceHeight } = options;
    this.#options = options;
    this.#prefix = `scene/${camera}/${model}@${variant}/${sourceWidth}x${sourceHeight}`;
    this.#tags = [`camera:${camera}`, `model:${model}@${variant}`];
    this.#index = new SceneIndex(options.maxScenes, CANDIDATES);
  }

  /** Reads the index that was kept. The cache must have been started. */
  start(): void {
    const { cache, maxScenes } = this.#options;
    for (let p = 0; p * PAGE_SCENES < maxScenes; p++) {
      const value = cache.get(this.#pageKey(p));
      if (value === undefined) break;
      this.#index.adopt(ScenePage.decode(value) ?? new ScenePage());
    }
  }

  /** Writes the index down. The cache must still be running. */
  stop(): void {
    this.#save();
  }

  /**
   * Keeps the answer to a scene. One that shows the same takes the place of the older one, at most once a minute; where
   * there is no room, the one that was useful longest ago goes.
   *
   * @param detections pixels of the source, without track ids
   * @param at Unix ms of the inferred frame
   * @returns the id for `forget`, null where no scenes are kept
   */
  remember(signature: Signature, detections: Detections, at: number): number | null {
    if (this.#options.maxScenes === 0) return null;
    const level = lightLevel(signature);
    const same = this.#search(signature, level);
    if (same && at - same.scene.inferredAt < RENEW_AFTER && same.scene.detections.count === detections.count) {
      this.#index.useful(same.place, at);
      return same.scene.id;
    }
    const place = same?.place ?? this.#index.makeRoom();
    const id = this.#index.put(place, this.#descriptor, level, at);
    const tags = [...this.#tags, `light:${lightBucket(level, at)}`];
    const record = encodeScene({ id, inferredAt: at, signature, detections });
    this.#options.cache.set(this.#key(place), record, { tags });
    this.#saveSometimes(at);
    return id;
  }

  /** The answer to the remembered scene that shows the same as the picture; null where there is none. */
  recall(signature: Signature, at: number): RecalledScene | null {
    const found = this.#index.count > 0 ? this.#search(signature, lightLevel(signature)) : null;
    this.#saveSometimes(at);
    if (!found) return null;
    this.#index.useful(found.place, at);
    const { id, detections, inferredAt } = found.scene;
    const origin = found.tier === 'disk' ? 'reused-disk' : 'reused-memory';
    return { id, detections, inferredAt, origin, distance: found.distance };
  }

  /** Drops a scene whose answer was found wrong; false where it is gone already. */
  forget(id: number): boolean {
    const place = this.#index.find(id);
    if (place < 0) return false;
    this.#drop(place);
    return true;
  }

  /** Scenes that are kept now. */
  get count(): number {
    return this.#index.count;
  }

  /** The nearest scene that shows the same; leaves the picture's descriptor in `#descriptor`. */
  #search(signature: Signature, level: number) {
    describeScene(signature, this.#descriptor);
    const places = this.#index.nearest(this.#descriptor, level);
    for (let k = 0; k < places.length; k++) {
      const place = places[k]!;
      const stored = this.#read(place);
      if (stored && this.#options.background.differs(stored.scene.signature, signature, this.#blocks) === 0) {
        return { place, ...stored, distance: this.#index.distanceOf(k) };
      }
    }
    return null;
  }

  /** The scene in a place, and where in the cache it was; one that is not what the index says is dropped. */
  #read(place: number): { scene: SceneRecord; tier: TierName } | null {
    const found = this.#options.cache.lookup(this.#key(place));
    const scene = decodeScene(found?.value);
    if (found && scene?.id === this.#index.idAt(place) && this.#fits(scene.detections)) {
      return { scene, tier: found.tier };
    }
    this.#drop(place);
    return null;
  }

  #fits({ count, data }: Detections): boolean {
    const { sourceWidth, sourceHeight } = this.#options;
    for (let o = 0; o < count * STRIDE; o += STRIDE) {
      if (data[o]! >= sourceWidth || data[o + 1]! >= sourceHeight || data[o + 2]! <= 0 || data[o + 3]! <= 0)
        return false;
    }
    return true;
  }

  #drop(place: number): void {
    this.#index.free(place);
    this.#options.cache.delete(this.#key(place));
  }

  #saveSometimes(at: number): void {
    if (Math.abs(at - this.#savedAt) < SAVE_EVERY) return;
    this.#savedAt = at;
    this.#save();
  }

  #save(): void {
    this.#index.pages.forEach((page, p) => {
      if (!page.changed) return;
      this.#options.cache.set(this.#pageKey(p), page.encode(), { tags: this.#tags });
      page.changed = false;
    });
  }

  #key(place: number): string {
    return `${this.#prefix}/${place}`;
  }

  #pageKey(page: number): string {
    return `${this.#prefix}/index/${page}`;
  }
}
