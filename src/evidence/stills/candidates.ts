import { type Detections, STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult, Origin } from '../../frame/frame-result.js';
import { boxView } from './box-view.js';
import { type Crop, cropArea, cutOut } from './crop.js';
import { sharpnessOf } from './sharpness.js';
import { boundOnScore, type StillView, stillScore } from './still-score.js';

/** The best picture of one vehicle so far. Its pixels are never changed. */
export interface StillCandidate extends StillView {
  readonly crop: Crop;
  /** Pixels of the frame that one of the crop stands for, across and down. */
  readonly thinning: number;
  /** In pixels of the camera's own picture. */
  readonly box: readonly [number, number, number, number];
  /** Sequence number of its frame. */
  readonly frame: number;
  /** Unix ms. */
  readonly capturedAt: number;
  readonly origin: Origin;
  readonly ageMs: number;
  /** As `stillScore` says. */
  readonly quality: number;
}

interface Followed {
  best: StillCandidate | null;
  /** ms on the scene's clock. */
  seenMs: number;
}

export interface CandidatesOptions {
  /** Vehicles that are followed at a time; of more, the one not seen for longest is forgotten. Default 64. */
  readonly maxTracks?: number;
  /** Bytes of all pixels together; beyond, the same. Default 16 MiB. */
  readonly maxBytes?: number;
  /** ms on the scene's clock after which a vehicle that is not seen is forgotten. Default 5000. */
  readonly forgetMs?: number;
}

const MAX_TRACKS = 64;
const MAX_BYTES = 16 * 2 ** 20;
const FORGET_MS = 5000;
/** A vehicle that grows as it comes nearer is copied again only when it is better by so much. */
const BETTER = 1.1;
/** Vehicles whose pixels are looked at in one frame: the others have their turn with the next. */
const LOOKS_PER_FRAME = 2;

/**
 * The best picture of each vehicle before one camera. Boxes alone say which picture could be better than the one that is kept; only
 * then are a few hundred of its pixels looked at, and only those of a better one are copied.
 */
export class StillCandidates {
  readonly #maxTracks: number;
  readonly #maxBytes: number;
  readonly #forgetMs: number;
  readonly #tracks = new Map<number, Followed>();
  #bytes = 0;
  #turn = 0;
  #sweptMs = Number.NEGATIVE_INFINITY;

  constructor({ maxTracks = MAX_TRACKS, maxBytes = MAX_BYTES, forgetMs = FORGET_MS }: CandidatesOptions = {}) {
    this.#maxTracks = maxTracks;
    this.#maxBytes = maxBytes;
    this.#forgetMs = forgetMs;
  }

  /** Vehicles of which something is kept. */
  get size(): number {
    return this.#tracks.size;
  }

  /** Bytes of the pixels that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  best(trackId: number): StillCandidate | null {
    return this.#tracks.get(trackId)?.best ?? null;
  }

  /** Looks at a frame, whose pixels it does not keep. */
  see(frame: Frame, result: FrameResult): void {
    const { detections, trackIds } = result;
    const { count } = detections;
    this.#sweep(frame.sceneMs);
    // smeared pixels show nothing
    if (frame.damaged || count === 0) return;
    let looks = 0;
    for (let step = 0; step < count; step++) {
      const row = (this.#turn + step) % count;
      const followed = this.#follow(trackIds[row]!, frame.sceneMs);
      if (looks === LOOKS_PER_FRAME) continue;
      const inferred = result.origin === 'inferred';
      const view = { ...boxView(detections, row, result.sourceWidth, result.sourceHeight), inferred };
      const toBeat = (followed.best?.quality ?? 0) * BETTER;
      if (boundOnScore(view) <= toBeat) continue;
      looks++;
      this.#look(frame, result, { row, followed, view, toBeat });
    }
    this.#turn = count > LOOKS_PER_FRAME ? (this.#turn + LOOKS_PER_FRAME) % count : 0;
    this.#shrink();
  }

  #look(
    frame: Frame,
    { detections, capturedAt, origin, ageMs }: FrameResult,
    one: { row: number; followed: Followed; view: Omit<StillView, 'sharpness'>; toBeat: number },
  ): void {
    const { row, followed, toBeat } = one;
    const box = boxOf(detections, row);
    const area = cropArea(inFrame(box, frame), frame.width, frame.height);
    if (area === null) return;
    const view = { ...one.view, sharpness: sharpnessOf(frame.data, frame.width, area) };
    const quality = stillScore(view);
    if (quality <= toBeat) return;
    const { thinning, ...crop } = cutOut(frame.data, frame.width, area);
    this.#bytes += crop.data.length - (followed.best?.crop.data.length ?? 0);
    followed.best = { ...view, crop, thinning, box, frame: frame.seq, capturedAt, origin, ageMs, quality };
  }

  /** Last in the map is who was seen last. */
  #follow(trackId: number, sceneMs: number): Followed {
    let followed = this.#tracks.get(trackId);
    if (followed === undefined) {
      followed = { best: null, seenMs: sceneMs };
      this.#tracks.set(trackId, followed);
    }
    followed.seenMs = sceneMs;
    return followed;
  }

  /** Forgets who was not seen for long; looked for once a second of the scene. */
  #sweep(sceneMs: number): void {
    // time goes back where a film begins again
    if (sceneMs >= this.#sweptMs && sceneMs - this.#sweptMs < 1000) return;
    this.#sweptMs = sceneMs;
    for (const [id, { seenMs }] of this.#tracks) {
      if (sceneMs - seenMs > this.#forgetMs || seenMs > sceneMs) this.#forget(id);
    }
  }

  #shrink(): void {
    while (this.#tracks.size > this.#maxTracks || (this.#bytes > this.#maxBytes && this.#tracks.size > 1)) {
      let stalest = -1;
      let seenMs = Number.POSITIVE_INFINITY;
      for (const [id, one] of this.#tracks) if (one.seenMs < seenMs) [stalest, seenMs] = [id, one.seenMs];
      this.#forget(stalest);
    }
  }

  #forget(id: number): void {
    this.#bytes -= this.#tracks.get(id)?.best?.crop.data.length ?? 0;
    this.#tracks.delete(id);
  }
}

function boxOf({ data }: Detections, row: number): [number, number, number, number] {
  const at = row * STRIDE;
  return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!];
}

/** A box in pixels of the camera's own picture in those of the frame, which was scaled down. */
export function inFrame(
  [x1, y1, x2, y2]: readonly [number, number, number, number],
  { width, height, sourceWidth, sourceHeight }: Pick<Frame, 'width' | 'height' | 'sourceWidth' | 'sourceHeight'>,
): [number, number, number, number] {
  const [x, y] = [width / sourceWidth, height / sourceHeight];
  return [x1 * x, y1 * y, x2 * x, y2 * y];
}
