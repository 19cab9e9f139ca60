import { type Detections, STRIDE } from '../frame/detections.js';
import type { Frame } from '../frame/frame.js';
import type { Origin } from '../frame/frame-result.js';
import type { InferenceReason } from '../frame/inference-reason.js';
import { isNoShift, NO_SHIFT } from '../frame/scene-shift.js';
import { Agreement, agreementScores, emptyTally } from './audit/agreement.js';
import { type FrameSize, inFramePixels, inSourcePixels, inSourceShift, sizeOf } from './frame-size.js';
import { InferenceNeed, type TrackErrors } from './inference-need.js';
import type { InferencePace, PaceBound } from './inference-pace.js';
import type { RememberedScenes } from './memory/remembered-scenes.js';
import type { ReuseWorth } from './reuse-worth.js';
import { BlockBackground } from './scene/block-background.js';
import { coverBlocks } from './scene/block-mask.js';
import { BLOCKS, emptySignature } from './scene/grid.js';
import { edges, MovingRegions } from './scene/moving-regions.js';
import type { AnswerComparison, SceneAnswer } from './scene-answer.js';
import { SteadyPicture } from './sway/steady-picture.js';
import { LONGEST_STEP_MS, type TrackedBoxes, Tracks } from './tracking/tracks.js';

export interface KnownSceneOptions {
  /** Score per class from which a box is reported. */
  readonly thresholds: readonly number[];
  readonly masked: Uint8Array;
  /** ms without an inference at most: while a vehicle moves, and while nothing does. */
  readonly maxAgeMs: number;
  readonly maxIdleAgeMs: number;
  readonly scenes: ScenesOf;
  /** How often an inference may be asked for; unset: whenever one is due. */
  readonly bound?: PaceBound;
  /** Whether a camera that sways is held still; unset: it is. */
  readonly isHeld?: boolean;
}

/** Gives a camera its remembered scenes, once its background is there; null where scenes are not remembered. */
export type ScenesOf = (background: BlockBackground, size: FrameSize) => RememberedScenes | null;

/** Sizes per ms under which a vehicle stands still: its length in more than a minute. */
const STILL = 0.000015;
/** Sizes per ms from which it is followed as one that drives: its length in 7 seconds. */
const DRIVING = 0.00015;
/** Equal pictures in a row after which the traffic stands, and not only the camera. */
const STILL_FRAMES = 4;
/** Of what tracks expect while the picture is as it was: the detector wavers, but nothing has moved. */
const UNCHANGED = 0.3;
/** Score from which a vehicle hides the background. */
const KNOWN_SCORE = 0.15;

/** Damage that lasts longer is what the camera shows, and better than nothing; sound pictures give so much of it back. */
const LONGEST_SPARED_MS = 10_000;
const GIVEN_BACK = 0.25;

/** ms of the scene, and frames, after which a picture is looked at while frames are only inferred: what is usual in it changes. */
const KEPT_UP_MS = 2000;
const KEPT_UP_FRAMES = 10;

/** Share of the blocks that differ from the last inference from which on it is the camera or the light: rush traffic has 0.3. */
const WHOLE_PICTURE = 0.35;

const NO_ERRORS: TrackErrors = { standing: 0, moving: 0 };

/** What an answered frame leaves to be done. */
interface Unsettled {
  readonly vehicles: Detections;
  /** Boxes that the vehicles were seen in, as they came; null where they were followed. */
  readonly seen: Detections | null;
  readonly inferred: boolean;
}

/** A camera's scene in pictures of one size. `KnownScene` says which call follows which. */
export class SizedScene {
  readonly size: FrameSize;
  readonly #maxAgeMs: number;
  readonly #maxIdleAgeMs: number;
  readonly #steady: SteadyPicture;
  #background: BlockBackground;
  #regions = new MovingRegions();
  readonly #tracks: Tracks;
  readonly #pace: InferencePace;
  readonly #worth: ReuseWorth;
  #scenesOf: ScenesOf;
  #scenes: RememberedScenes | null;
  #need = new InferenceNeed(0);
  #agreement: Agreement;
  /** Score from which a vehicle that is not in the answer counts as missed. */
  #missedFrom: number;
  readonly #tally = emptyTally();
  readonly #changes = new Uint8Array(BLOCKS);
  readonly #covered = new Uint8Array(BLOCKS);
  readonly #differing = new Uint8Array(BLOCKS);
  readonly #signature = emptySignature();
  /** Of the frame that the last inference, or the scene recalled, was of. */
  readonly #anchor = emptySignature();
  #lookedAt: number;
  #inferredAt: number;
  /** Of the last inference, or of the scene recalled since. */
  #anchoredAt: number;
  /** Frames in a row that were as the anchor, and their time, which no vehicle has moved by yet. */
  #stillFrames = 0;
  #stillMs = 0;
  #unchanged = false;
  /** Time for which damaged pictures may still be spared, ms; sound ones give it back. */
  #mayBeSparedMs = LONGEST_SPARED_MS;
  /** Whether the frame at hand is. */
  #isSpared = false;
  /** Whether the frame at hand is inferred without looking, and whether vehicles were seen in no other since. */
  #isResting = false;
  /** Whether vehicles are where the picture taken last shows them: at rest they go along with inferences. */
  #isFollowed = true;
  #isStale = false;
  #keptUpAt = Number.NEGATIVE_INFINITY;
  #unseenFrames = 0;
  #trackErrors = NO_ERRORS;
  #expectedErrors = 0;
  #unsettled: Unsettled | null = null;
  #reason: InferenceReason | null = null;

  /**
   * @param frame the first of its size
   * @param nextId numbers for new vehicles
   * @param pace of the camera, whatever the size of its pictures
   * @param worth of the camera, too
   */
  constructor(options: KnownSceneOptions, frame: Frame, nextId: () => number, pace: InferencePace, worth: ReuseWorth) {
    this.#pace = pace;
    this.#worth = worth;
    this.size = sizeOf(frame);
    this.#maxAgeMs = options.maxAgeMs;
    this.#maxIdleAgeMs = options.maxIdleAgeMs;
    this.#steady = new SteadyPicture(frame, options.masked, options.isHeld ?? true);
    this.#background = new BlockBackground(this.#steady.masked);
    this.#tracks = new Tracks(options.thresholds, this.size, nextId);
    const scores = agreementScores(Math.min(...options.thresholds));
    this.#agreement = new Agreement(scores);
    this.#missedFrom = scores.upperScore;
    this.#lookedAt = this.#inferredAt = this.#anchoredAt = frame.sceneMs;
    this.#scenesOf = options.scenes;
    this.#scenes = options.scenes(this.#background, this.size);
    this.#scenes?.start();
  }

  /** Why an inference was due when `look` last said so. */
  get reason(): InferenceReason | null {
    return this.#reason;
  }

  /** Whether the frame at hand is inferred without looking at it. */
  get isResting(): boolean {
    return this.#isResting;
  }

  forget(sceneId: number): void {
    this.#scenes?.forget(sceneId);
  }

  stop(): void {
    this.#scenes?.stop();
  }

  /** Another model answers; see `KnownScene.renew`. */
  renew({ thresholds, scenes }: Pick<KnownSceneOptions, 'thresholds' | 'scenes'>): void {
    this.#tracks.renew(thresholds);
    const scores = agreementScores(Math.min(...thresholds));
    this.#agreement = new Agreement(scores);
    this.#missedFrom = scores.upperScore;
    this.#need = new InferenceNeed(0);
    this.#unsettled = null;
    this.#scenesOf = scenes;
    this.#openScenes();
  }

  #openScenes(): void {
    this.#scenes?.stop();
    this.#scenes = this.#scenesOf(this.#background, this.size);
    this.#scenes?.start();
  }

  /** The camera was turned, or has gone too far: what is usual before it is learned again. */
  #beginAnew(): void {
    this.#background = new BlockBackground(this.#steady.masked);
    this.#regions = new MovingRegions();
    this.#tracks.forgetPlaces();
    this.#openScenes();
  }

  /** The answer without inference, or null; see `KnownScene.look`. */
  look(frame: Frame, allowedLoss: number): SceneAnswer | null {
    const tracks = this.#tracks;
    const sinceLast = frame.sceneMs - this.#lookedAt;
    const dtMs = Math.min(LONGEST_STEP_MS, Math.max(0, sinceLast));
    this.#lookedAt = frame.sceneMs;
    this.#isResting = this.#mayRest(frame);
    if (this.#isResting) return this.#rest(frame, dtMs);
    const isAnew = this.#take(frame);
    if (this.#need.vehicles === null) {
      // those that another model saw are taken along
      tracks.advance(dtMs, frame);
      this.#isSpared = false;
      return this.#infer('first');
    }
    const ageMs = Math.max(0, frame.sceneMs - this.#inferredAt);
    this.#spare(frame.damaged, dtMs);
    if (this.#isSpared) return this.#lookAtDamaged(dtMs, ageMs);
    const differing = this.#background.differs(this.#anchor, this.#signature, this.#differing);
    // what sways is never quite as it was, and tolerances that learned so hide what has changed
    this.#unchanged = differing === 0 && !this.#steady.sways;
    this.#move(dtMs, frame);
    this.#background.changes(this.#signature, frame.sceneMs, this.#changes);
    this.#covered.fill(0);
    coverBlocks(this.#steady.steady(tracks.all()), this.size.width, this.size.height, KNOWN_SCORE, this.#covered);
    const anchorMs = Math.max(0, frame.sceneMs - this.#anchoredAt);
    const { standing, moving } = tracks.expectedErrors(anchorMs, DRIVING);
    const share = this.#unchanged ? UNCHANGED : 1;
    this.#trackErrors = { standing: share * standing, moving: share * moving };
    // the camera was away, or its clock was set back: what was known may not hold
    const isCut = sinceLast < 0 || sinceLast > LONGEST_STEP_MS || isAnew || this.#steady.isLost;
    const idle = this.#unchanged || tracks.count === 0 || tracks.standStill(STILL);
    const maxAgeMs = isCut || this.#isStale ? 0 : idle ? this.#maxIdleAgeMs : this.#maxAgeMs;
    this.#need.allowedLoss = allowedLoss;
    const { reason, expectedErrors } = this.#need.assess({
      ageMs: anchorMs,
      inferredMs: ageMs,
      trackErrors: this.#trackErrors,
      announced: this.#regions.find(this.#changes, this.#covered),
      maxAgeMs,
    });
    this.#expectedErrors = expectedErrors;
    if (reason !== null) {
      const mayRecall = reason !== 'every-frame' && !isCut && ageMs < this.#maxIdleAgeMs;
      const recalled = mayRecall ? this.#recall(frame) : null;
      if (recalled !== null) return recalled;
      if (this.#pace.asked(ageMs, dtMs, ageMs >= maxAgeMs))
        return this.#infer(causeOf(reason, differing, isCut, this.#isStale));
    }
    const boxes = tracks.output();
    this.#unsettled = { vehicles: boxes.detections, seen: null, inferred: false };
    return this.#answer(boxes, this.#originWithout, ageMs);
  }

  /** Takes an inference of the frame looked at; see `KnownScene.learn`. */
  learn(frame: Frame, detections: Detections): { answer: SceneAnswer; comparison: AnswerComparison | null } {
    const tracks = this.#tracks;
    const found = inFramePixels(detections, this.size);
    if (this.#isResting) return this.#learnAtRest(frame, found);
    if (this.#isSpared) return this.#learnFromDamaged(frame, found);
    const ageMs = Math.max(0, frame.sceneMs - this.#inferredAt);
    const isFirst = this.#need.vehicles === null;
    const without = tracks.output();
    const unknown = this.#missed(tracks.unknown(found), found);
    const steady = this.#steady.steady(found);
    const boxes = tracks.correct(found);
    this.#agreement.compare(without.detections, found, this.#tally);
    const { falsePositives, misses } = this.#tally;
    const vehicles = boxes.detections.count;
    this.#need.learn(
      isFirst
        ? { ageMs: 0, trackErrors: NO_ERRORS, errors: 0, silentEntries: 0, vehicles }
        : {
            ageMs,
            trackErrors: this.#trackErrors,
            errors: Math.max(0, falsePositives + misses - unknown.length),
            silentEntries: this.#regions.resolve(unknown.map((row) => edges(steady, row, this.size))),
            vehicles,
          },
    );
    this.#pace.inferred(isFirst ? 0 : ageMs);
    this.#inferredAt = frame.sceneMs;
    this.#isStale = false;
    this.#keepAnchor(frame);
    this.#unsettled = { vehicles: tracks.output().detections, seen: detections, inferred: true };
    this.#expectedErrors = 0;
    return {
      answer: this.#answer(boxes, 'inferred', 0),
      comparison: isFirst ? null : { origin: this.#originWithout, ageMs, tally: { ...this.#tally } },
    };
  }

  /** Of unknown vehicles those that count as missed: not one that the detector itself is not sure of. */
  #missed(rows: readonly number[], { data }: Detections): number[] {
    return rows.filter((row) => data[row * STRIDE + 4]! >= this.#missedFrom);
  }

  /** Learns from an answered frame; see `KnownScene.settle`. */
  settle(frame: Frame): void {
    const left = this.#unsettled;
    if (left === null) return;
    this.#unsettled = null;
    const { vehicles, seen, inferred } = left;
    if (seen) this.#tracks.anchor(frame);
    this.#learnBackground(frame, vehicles, inferred);
    if (seen && inferred && this.#tracks.standStill(STILL)) {
      this.#scenes?.remember(this.#anchor, this.#inSteadyPlace(seen), frame.capturedAt);
    }
  }

  /** Takes the next picture. @returns whether it is of another view */
  #take(frame: Frame): boolean {
    const moved = this.#steady.take(frame, this.#signature);
    if (moved === 'anew') this.#beginAnew();
    else if (this.#isFollowed && !isNoShift(moved)) this.#tracks.shift(moved);
    this.#isFollowed = !this.#isResting;
    return moved === 'anew';
  }

  /** What withholds inferences needs answers without. */
  #mayRest({ damaged }: Frame): boolean {
    if (!this.#worth.rests || damaged || this.#need.vehicles === null) return false;
    if (this.#pace.isFree) return true;
    this.#worth.wake();
    return false;
  }

  /** The frame is inferred; a picture is looked at now and then, to know later what is usual. */
  #rest(frame: Frame, dtMs: number): null {
    if (!this.#isStale) this.#tracks.unanchor();
    this.#isStale = true;
    this.#isSpared = this.#isFollowed = false;
    this.#tracks.advance(dtMs, null);
    if (++this.#unseenFrames >= KEPT_UP_FRAMES && frame.sceneMs - this.#keptUpAt >= KEPT_UP_MS) {
      this.#unseenFrames = 0;
      this.#keptUpAt = frame.sceneMs;
      this.#take(frame);
    }
    this.#pace.asked(Math.max(0, frame.sceneMs - this.#inferredAt), dtMs, true);
    return this.#infer('unprofitable');
  }

  #learnAtRest(frame: Frame, found: Detections): { answer: SceneAnswer; comparison: null } {
    const tracks = this.#tracks;
    const boxes = tracks.correct(found);
    const ageMs = Math.max(0, frame.sceneMs - this.#inferredAt);
    this.#need.rested(boxes.detections.count, ageMs);
    this.#worth.restedFor(tracks.standStill(STILL));
    this.#pace.inferred(ageMs);
    this.#inferredAt = this.#anchoredAt = frame.sceneMs;
    const isKeptUp = this.#keptUpAt === frame.sceneMs;
    this.#unsettled = isKeptUp ? { vehicles: tracks.output().detections, seen: null, inferred: true } : null;
    this.#expectedErrors = 0;
    return { answer: this.#answer(boxes, 'inferred', 0), comparison: null };
  }

  /** A picture that is damaged among sound ones is spared: what was known before is better than what it shows. */
  #spare(isDamaged: boolean, dtMs: number): void {
    const left = this.#mayBeSparedMs + (isDamaged ? -dtMs : GIVEN_BACK * dtMs);
    this.#mayBeSparedMs = Math.min(LONGEST_SPARED_MS, Math.max(0, left));
    this.#isSpared = isDamaged && left > 0;
  }

  /** Vehicles go on as before: what a damaged picture shows of them is not where they are. */
  #lookAtDamaged(dtMs: number, ageMs: number): SceneAnswer | null {
    this.#tracks.advance(dtMs, null);
    this.#unchanged = false;
    const { standing, moving } = this.#tracks.expectedErrors(ageMs, DRIVING);
    this.#expectedErrors = standing + moving;
    if (ageMs >= this.#maxAgeMs && this.#pace.asked(ageMs, dtMs, true)) return this.#infer('age');
    return this.#answer(this.#tracks.output(), 'propagated', ageMs);
  }

  /** Known vehicles are corrected; none begins or ends by a damaged picture, and nothing is learned. */
  #learnFromDamaged(frame: Frame, found: Detections): { answer: SceneAnswer; comparison: null } {
    const boxes = this.#tracks.confirm(found);
    this.#pace.inferred(Math.max(0, frame.sceneMs - this.#inferredAt));
    this.#inferredAt = this.#anchoredAt = frame.sceneMs;
    this.#expectedErrors = 0;
    return { answer: this.#answer(boxes, 'inferred', 0), comparison: null };
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
    const scene = this.#scenes?.recall(this.#signature, frame.capturedAt) ?? null;
    if (scene === null) return null;
    this.#pace.satisfied();
    const seen = this.#steady.asShown(inFramePixels(scene.detections, this.size));
    this.#tracks.correct(seen);
    this.#regions.explain();
    this.#keepAnchor(frame);
    const boxes = this.#tracks.output();
    this.#unsettled = { vehicles: boxes.detections, seen: inSourcePixels(seen, this.size), inferred: false };
    return this.#answer(boxes, scene.origin, Math.max(0, frame.capturedAt - scene.inferredAt), scene.id);
  }

  /** Boxes in the camera's own pixels where they lie while it does not sway. */
  #inSteadyPlace(boxes: Detections): Detections {
    return inSourcePixels(this.#steady.steady(inFramePixels(boxes, this.size)), this.size);
  }

  #learnBackground(frame: Frame, vehicles: Detections, inferred: boolean): void {
    this.#covered.fill(0);
    coverBlocks(this.#steady.steady(vehicles), this.size.width, this.size.height, 0, this.#covered);
    this.#background.learn(this.#signature, frame.sceneMs, this.#covered, inferred);
  }

  /**
   * A camera that sends a picture twice has not stopped the traffic: only after a few that are the same does everything
   * stand still, and until then the time is made up for when they move again.
   */
  #move(dtMs: number, frame: Frame): void {
    if (!this.#unchanged) {
      this.#tracks.advance(dtMs + this.#stillMs, frame);
      this.#stillFrames = this.#stillMs = 0;
    } else if (++this.#stillFrames < STILL_FRAMES) this.#stillMs += dtMs;
    else {
      this.#tracks.hold();
      this.#stillMs = 0;
    }
  }

  /** What later pictures are compared with. */
  #keepAnchor({ sceneMs }: Frame): void {
    this.#anchoredAt = sceneMs;
    this.#anchor.luma.set(this.#signature.luma);
    this.#anchor.chroma.set(this.#signature.chroma);
  }

  #answer(
    { detections, trackIds }: TrackedBoxes,
    origin: Origin,
    ageMs: number,
    sceneId: number | null = null,
  ): SceneAnswer {
    const loss =
      origin === 'inferred' ? 0 : this.#expectedErrors / (2 * Math.max(1, detections.count) + this.#expectedErrors);
    return {
      detections: inSourcePixels(detections, this.size),
      trackIds,
      origin,
      ageMs,
      confidence: Math.max(0, 1 - loss),
      sceneId,
      // as measured last, which at rest is long ago
      swayed: this.#isResting ? NO_SHIFT : inSourceShift(this.#steady.swayed, this.size),
    };
  }
}

/** What asks for an inference, for people: what is behind a reason may be none of the road's. */
function causeOf(reason: InferenceReason, differing: number, isCut: boolean, isStale: boolean): InferenceReason {
  if (isCut) return 'cut';
  if (isStale) return 'unprofitable';
  return reason === 'region' && differing > WHOLE_PICTURE * BLOCKS ? 'whole-picture' : reason;
}
