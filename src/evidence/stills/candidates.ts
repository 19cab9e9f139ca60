import { type Detections, STRIDE } from '../../frame/detections.js';
import type { Frame } from '../../frame/frame.js';
import type { FrameResult, Origin } from '../../frame/frame-result.js';
import { hiddenShare, openView } from './box-view.js';
import { type Crop, cropArea, cutOut } from './crop.js';
import { PixelRooms } from './pixel-rooms.js';
import { sharpnessOf } from './sharpness.js';
import { boundOnScore, type StillView, stillScore } from './still-score.js';

/** The best picture of one vehicle so far. */
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
  /** The pixels of its crop lie in `pixels`, and are overwritten by a better one. */
  best: StillCandidate | null;
  /** Room for a crop, kept from one to the next. */
  pixels: Uint8Array;
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
/** A vehicle that grows as it comes nearer is copied again only when it is better by so much; one that is wanted whenever it is better. */
const BETTER = 1.15;
/** Vehicles whose pixels are looked at in one frame: the others have their turn with the next. */
const LOOKS_PER_FRAME = 2;
/** Pixels copied a frame, on the whole: who fills the picture has others wait for some frames. Those that are wanted wait for nobody. */
const COPIED_PER_FRAME = 43_700;
/**
 * The best picture of each vehicle before one camera. Boxes alone say which picture could be better than the one that is kept; only
 * then are a few hundred of its pixels looked at, and only those of a better one are copied.
 */
export class StillCandidates {
  readonly #maxTracks: number;
  readonly #maxBytes: number;
  readonly #forgetMs: number;
  readonly #tracks = new Map<number, Followed>();
  readonly #rooms = new PixelRooms();
  #bytes = 0;
  #turn = 0;
  /** Pixels that may be copied; below 0: as many more were. */
  #credit = 0;
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

  /** Bytes of the room for pixels that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** With pixels of its own: what comes later does not change them. */
  best(trackId: number): StillCandidate | null {
    const best = this.#tracks.get(trackId)?.best ?? null;
    return best === null ? null : { ...best, crop: { ...best.crop, data: best.crop.data.slice() } };
  }

  /**
   * Looks at a frame, whose pixels it does not keep.
   *
   * @param wanted vehicles of which a picture is about to be used: each that is better is taken
   */
  see(frame: Frame, result: FrameResult, wanted: ReadonlySet<number> = NOBODY): void {
    const { detections, trackIds } = result;
    const { count } = detections;
    this.#sweep(frame.sceneMs);
    // smeared pixels show nothing
    if (frame.damaged || count === 0) return;
    const inferred = result.origin === 'inferred';
    this.#credit = Math.min(COPIED_PER_FRAME, this.#credit + COPIED_PER_FRAME);
    let looks = 0;
    for (let step = 0; step < count; step++) {
      const row = (this.#turn + step) % count;
      const id = trackIds[row]!;
      const followed = this.#follow(id, frame.sceneMs);
      const isWanted = wanted.has(id);
      if (!isWanted && (looks === LOOKS_PER_FRAME || this.#credit <= 0)) continue;
      const toBeat = (followed.best?.quality ?? 0) * (isWanted ? 1 : BETTER);
      const view = betterView(result, row, inferred, toBeat);
      if (view === null) continue;
      if (!isWanted) looks++;
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
    const area = cropArea(inFrame(box, frame), frame);
    if (area === null) return;
    const view = { ...one.view, sharpness: sharpnessOf(frame, area) };
    const quality = stillScore(view);
    if (quality <= toBeat) return;
    const { thinning, ...crop } = cutOut(frame, area, (bytes) => this.#room(followed, bytes));
    followed.best = { ...view, crop, thinning, box, frame: frame.seq, capturedAt, origin, ageMs, quality };
    this.#credit -= crop.width * crop.height;
  }

  #room(followed: Followed, bytes: number): Uint8Array {
    if (followed.pixels.length < bytes) {
      this.#rooms.give(followed.pixels);
      this.#bytes -= followed.pixels.length;
      followed.pixels = this.#rooms.take(bytes);
      this.#bytes += followed.pixels.length;
    }
    return followed.pixels.subarray(0, bytes);
  }

  /** Last in the map is who was seen last. */
  #follow(trackId: number, sceneMs: number): Followed {
    let followed = this.#tracks.get(trackId);
    if (followed === undefined) {
      followed = { best: null, pixels: NOTHING, seenMs: sceneMs };
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
    const pixels = this.#tracks.get(id)?.pixels ?? NOTHING;
    this.#bytes -= pixels.length;
    this.#rooms.give(pixels);
    this.#tracks.delete(id);
  }
}

const NOTHING = new Uint8Array();
const NOBODY: ReadonlySet<number> = new Set();

/** What boxes say of one whose picture could be better than what is to be beaten; null where it could not be. */
function betterView(
  { detections, sourceWidth, sourceHeight }: FrameResult,
  row: number,
  inferred: boolean,
  toBeat: number,
): Omit<StillView, 'sharpness'> | null {
  const open = openView(detections, row, sourceWidth, sourceHeight);
  const view = { ...open, hidden: 0, inferred };
  // who hides it is looked for only where it would do unhidden
  if (boundOnScore(view) <= toBeat) return null;
  view.hidden = hiddenShare(detections, row);
  return boundOnScore(view) <= toBeat ? null : view;
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
