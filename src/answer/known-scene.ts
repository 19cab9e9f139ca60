import { type Detections, STRIDE } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import type { Origin } from '../frame/frame-result.js';
import { Agreement, agreementScores, emptyTally, type Tally } from './audit/agreement.js';
import { InferenceNeed, type InferenceReason } from './inference-need.js';
import type { RecalledScene, RememberedScenes } from './memory/remembered-scenes.js';
import { BlockBackground } from './scene/block-background.js';
import { coverBlocks } from './scene/block-mask.js';
import { edges, MovingRegions } from './scene/moving-regions.js';
import { BLOCKS, emptySignature, SignatureReader } from './scene/signature.js';
import { type TrackedBoxes, Tracks } from './tracking/tracks.js';

export interface KnownSceneOptions {
  /** Score per class from which a box is reported. */
  readonly thresholds: readonly number[];
  readonly masked: Uint8Array;
  /** ms without an inference at most: while a vehicle moves, and while nothing does. */
  readonly maxAgeMs: number;
  readonly maxIdleAgeMs: number;
  /** Whether frames may be answered without inference at all: otherwise vehicles are numbered and nothing more. */
  readonly reuses: boolean;
  /** The camera's, once its background is there; null where scenes are not remembered. */
  readonly scenes: (background: BlockBackground, frame: Frame) => RememberedScenes | null;
}

/** What a frame is answered with. Boxes in pixels of the camera's own picture. */
export interface SceneAnswer extends TrackedBoxes {
  readonly origin: Origin;
  readonly ageMs: number;
  /** 0..1: F1 to expect. */
  readonly confidence: number;
}

/** What an inference showed of the answer that would have been given without it. */
export interface Comparison {
  readonly origin: Exclude<Origin, 'inferred'>;
  readonly ageMs: number;
  readonly tally: Tally;
}

/** Sizes per ms under which a vehicle stands still: its length in more than a minute. */
const STILL = 0.000015;
/** Equal pictures in a row after which the traffic stands, and not only the camera. */
const STILL_FRAMES = 4;
/** Of what tracks expect while the picture is as it was: the detector wavers, but nothing has moved. */
const UNCHANGED = 0.3;
/** Score from which a vehicle hides the background. */
const KNOWN_SCORE = 0.15;
const LONGEST_STEP_MS = 5000;

/** What an answered frame leaves to be done. */
interface Unsettled {
  readonly vehicles: Detections;
  /** Boxes that the vehicles were seen in, as they came; null where they were followed. */
  readonly seen: Detections | null;
  readonly inferred: boolean;
}

/** Everything of a picture size. */
interface Sized {
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly reader: SignatureReader;
  readonly background: BlockBackground;
  readonly regions: MovingRegions;
  readonly tracks: Tracks;
  readonly scenes: RememberedScenes | null;
}

/**
 * What is known of the scene before one camera, and what can be said of its next frame without inferring it.
 *
 * For each frame, in order: `look`, which gives an answer or says that an inference is due; then, where the frame was
 * inferred, `learn` with what came out; and, once the answer is on its way, `settle`. Cost without inference: a few tenths
 * of a millisecond and about 15 µs a vehicle.
 */
export class KnownScene {
  readonly #options: KnownSceneOptions;
  #need: InferenceNeed;
  readonly #agreement: Agreement;
  readonly #tally = emptyTally();
  readonly #changes = new Uint8Array(BLOCKS);
  readonly #covered = new Uint8Array(BLOCKS);
  readonly #differing = new Uint8Array(BLOCKS);
  readonly #signature = emptySignature();
  /** Of the frame that the last inference, or the scene recalled, was of. */
  readonly #anchor = emptySignature();
  #sized: Sized | null = null;
  #lastId = 0;
  #lookedAt = 0;
  #inferredAt = 0;
  /** Of the last inference, or of the scene recalled since. */
  #anchoredAt = 0;
  /** Frames in a row that were as the anchor, and their time, which no vehicle has moved by yet. */
  #stillFrames = 0;
  #stillMs = 0;
  #unchanged = false;
  #trackErrors = 0;
  #expectedErrors = 0;
  #recalled: RecalledScene | null = null;
  #unsettled: Unsettled | null = null;
  #reason: InferenceReason | null = null;

  constructor(options: KnownSceneOptions) {
    this.#options = options;
    this.#need = new InferenceNeed(0);
    this.#agreement = new Agreement(agreementScores(Math.min(...options.thresholds)));
  }

  /** Mean share of errors allowed, 0..1; 0 infers every frame. */
  set allowedLoss(loss: number) {
    this.#need.allowedLoss = loss;
  }

  /** Why an inference was due when `look` last said so. */
  get reason(): InferenceReason | null {
    return this.#reason;
  }

  /** The scene that the last answer was recalled from, if it was: to be forgotten where an audit finds it wrong. */
  get recalled(): RecalledScene | null {
    return this.#recalled;
  }

  /** Drops a remembered scene. */
  forget(id: number): void {
    this.#sized?.scenes?.forget(id);
  }

  stop(): void {
    this.#sized?.scenes?.stop();
  }

  /** The answer to a frame without inference; null where an inference is due. */
  look(frame: Frame): SceneAnswer | null {
    const sized = this.#fit(frame);
    const { tracks, background, regions } = sized;
    const sinceLast = frame.sceneMs - this.#lookedAt;
    const dtMs = Math.min(LONGEST_STEP_MS, Math.max(0, sinceLast));
    this.#lookedAt = frame.sceneMs;
    this.#recalled = null;
    if (!this.#options.reuses) {
      tracks.advance(dtMs, null);
      return null;
    }
    sized.reader.read(frame.data, this.#signature);
    if (this.#need.vehicles === null) return this.#infer('first');
    const ageMs = Math.max(0, frame.sceneMs - this.#inferredAt);
    this.#unchanged = background.differs(this.#anchor, this.#signature, this.#differing) === 0;
    this.#move(tracks, dtMs, frame);
    background.changes(this.#signature, frame.sceneMs, this.#changes);
    this.#covered.fill(0);
    coverBlocks(tracks.all(), sized.width, sized.height, KNOWN_SCORE, this.#covered);
    const anchorMs = Math.max(0, frame.sceneMs - this.#anchoredAt);
    this.#trackErrors = tracks.expectedErrors(anchorMs) * (this.#unchanged ? UNCHANGED : 1);
    // the camera was away, or its clock was set back: what was known may not hold
    const isCut = sinceLast < 0 || sinceLast > LONGEST_STEP_MS;
    const idle = this.#unchanged || tracks.count === 0 || tracks.standStill(STILL);
    const { reason, expectedErrors } = this.#need.assess({
      ageMs: anchorMs,
      inferredMs: ageMs,
      trackErrors: this.#trackErrors,
      announced: regions.find(this.#changes, this.#covered),
      maxAgeMs: isCut ? 0 : idle ? this.#options.maxIdleAgeMs : this.#options.maxAgeMs,
    });
    this.#expectedErrors = expectedErrors;
    if (reason !== null) {
      const mayRecall = reason !== 'every-frame' && !isCut && ageMs < this.#options.maxIdleAgeMs;
      return (mayRecall && this.#recall(frame)) || this.#infer(reason);
    }
    const boxes = tracks.output();
    this.#unsettled = { vehicles: boxes.detections, seen: null, inferred: false };
    return this.#answer(boxes, this.#originWithout, ageMs);
  }

  /**
   * The frame looked at last was inferred after all.
   *
   * @param detections of the inference, all of them, in pixels of the camera's own picture
   * @returns the answer to give, and how the answer without inference would have done; null where there was none
   */
  learn(frame: Frame, detections: Detections): { answer: SceneAnswer; comparison: Comparison | null } {
    const sized = this.#fit(frame);
    const { tracks } = sized;
    const found = scaled(detections, sized.width / sized.sourceWidth, sized.height / sized.sourceHeight);
    if (!this.#options.reuses) {
      return { answer: this.#answer(tracks.correct(found), 'inferred', 0), comparison: null };
    }
    const ageMs = Math.max(0, frame.sceneMs - this.#inferredAt);
    const isFirst = this.#need.vehicles === null;
    const without = tracks.output();
    const unknown = tracks.unknown(found);
    const boxes = tracks.correct(found);
    this.#agreement.compare(without.detections, found, this.#tally);
    const { falsePositives, misses } = this.#tally;
    const vehicles = boxes.detections.count;
    this.#need.learn(
      isFirst
        ? { ageMs: 0, trackErrors: 0, errors: 0, silentEntries: 0, vehicles }
        : {
            ageMs,
            trackErrors: this.#trackErrors,
            errors: Math.max(0, falsePositives + misses - unknown.length),
            silentEntries: sized.regions.resolve(unknown.map((row) => edges(found, row, sized))),
            vehicles,
          },
    );
    this.#inferredAt = frame.sceneMs;
    this.#keepAnchor(frame);
    this.#unsettled = { vehicles: tracks.output().detections, seen: detections, inferred: true };
    this.#expectedErrors = 0;
    return {
      answer: this.#answer(boxes, 'inferred', 0),
      comparison: isFirst ? null : { origin: this.#originWithout, ageMs, tally: { ...this.#tally } },
    };
  }

  /**
   * Does what the answer to a frame did not need and the next one does: to be called after each answer, with the frame's
   * pixels still there.
   */
  settle(frame: Frame): void {
    const left = this.#unsettled;
    if (left === null) return;
    this.#unsettled = null;
    const { tracks, scenes } = this.#sized!;
    const { vehicles, seen, inferred } = left;
    if (seen) tracks.anchor(frame);
    this.#learnBackground(frame, vehicles, inferred);
    if (seen && inferred && tracks.standStill(STILL)) scenes?.remember(this.#anchor, seen, frame.capturedAt);
  }

  /** What an answer without inference to the frame at hand is. */
  get #originWithout(): 'reused-memory' | 'propagated' {
    return this.#unchanged ? 'reused-memory' : 'propagated';
  }

  #infer(reason: InferenceReason): null {
    this.#reason = reason;
    return null;
  }

  /** A scene seen before, in place of an inference. */
  #recall(frame: Frame): SceneAnswer | null {
    const { scenes, tracks, width, height, sourceWidth, sourceHeight } = this.#sized!;
    const scene = scenes?.recall(this.#signature, frame.capturedAt) ?? null;
    if (scene === null) return null;
    this.#recalled = scene;
    tracks.correct(scaled(scene.detections, width / sourceWidth, height / sourceHeight));
    this.#sized!.regions.explain();
    this.#keepAnchor(frame);
    const boxes = tracks.output();
    this.#unsettled = { vehicles: boxes.detections, seen: scene.detections, inferred: false };
    return this.#answer(boxes, scene.origin, Math.max(0, frame.capturedAt - scene.inferredAt));
  }

  #learnBackground(frame: Frame, vehicles: Detections, inferred: boolean): void {
    const { background, width, height } = this.#sized!;
    this.#covered.fill(0);
    coverBlocks(vehicles, width, height, 0, this.#covered);
    background.learn(this.#signature, frame.sceneMs, this.#covered, inferred);
  }

  /**
   * A camera that sends a picture twice has not stopped the traffic: only after a few that are the same does everything
   * stand still, and until then the time is made up for when they move again.
   */
  #move(tracks: Tracks, dtMs: number, frame: Frame): void {
    if (!this.#unchanged) {
      tracks.advance(dtMs + this.#stillMs, frame);
      this.#stillFrames = this.#stillMs = 0;
    } else if (++this.#stillFrames < STILL_FRAMES) this.#stillMs += dtMs;
    else {
      tracks.hold();
      this.#stillMs = 0;
    }
  }

  /** What later pictures are compared with. */
  #keepAnchor({ sceneMs }: Frame): void {
    this.#anchoredAt = sceneMs;
    this.#anchor.luma.set(this.#signature.luma);
    this.#anchor.chroma.set(this.#signature.chroma);
  }

  #answer({ detections, trackIds }: TrackedBoxes, origin: Origin, ageMs: number): SceneAnswer {
    const { width, height, sourceWidth, sourceHeight } = this.#sized!;
    const loss =
      origin === 'inferred' ? 0 : this.#expectedErrors / (2 * Math.max(1, detections.count) + this.#expectedErrors);
    return {
      detections: scaled(detections, sourceWidth / width, sourceHeight / height),
      trackIds,
      origin,
      ageMs,
      confidence: Math.max(0, 1 - loss),
    };
  }

  /** Everything begins anew where the picture's size changes in mid-stream. */
  #fit(frame: Frame): Sized {
    const { width, height, sourceWidth, sourceHeight } = frame;
    const now = this.#sized;
    if (
      now &&
      now.width === width &&
      now.height === height &&
      now.sourceWidth === sourceWidth &&
      now.sourceHeight === sourceHeight
    )
      return now;
    now?.scenes?.stop();
    this.#unsettled = null;
    const background = new BlockBackground(this.#options.masked);
    const scenes = this.#options.reuses ? this.#options.scenes(background, frame) : null;
    scenes?.start();
    this.#sized = {
      width,
      height,
      sourceWidth,
      sourceHeight,
      background,
      scenes,
      reader: new SignatureReader(width, height),
      regions: new MovingRegions(),
      tracks: new Tracks(this.#options.thresholds, { width, height }, () => ++this.#lastId),
    };
    this.#lookedAt = frame.sceneMs;
    this.#inferredAt = this.#anchoredAt = frame.sceneMs;
    this.#need = new InferenceNeed(this.#need.allowedLoss);
    return this.#sized;
  }
}

/** The boxes in another picture's pixels: a copy. */
function scaled({ count, data }: Detections, across: number, down: number): Detections {
  const out = data.slice(0, count * STRIDE);
  if (across === 1 && down === 1) return { count, data: out };
  for (let at = 0; at < out.length; at += STRIDE) {
    out[at]! *= across;
    out[at + 1]! *= down;
    out[at + 2]! *= across;
    out[at + 3]! *= down;
  }
  return { count, data: out };
}
