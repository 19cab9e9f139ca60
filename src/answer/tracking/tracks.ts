import { iou } from '../../frame/box.js';
import { type Detections, STRIDE } from '../../frame/detections.js';
import { type SceneShift, shiftDown, shiftRight } from '../../frame/scene-shift.js';
import { associate } from './association.js';
import { CameraPlaces } from './camera-places.js';
import { type Brightness, brightnessOf } from './luma-picture.js';
import type { PictureExtent } from './picture-extent.js';
import { Track } from './track.js';

/** What a camera's vehicles are reported as: boxes and, for each, the vehicle's number. */
export interface TrackedBoxes {
  readonly detections: Detections;
  readonly trackIds: Int32Array;
}

/** A track of which no inference would see anything any more is ended. */
const END_BELOW = 0.15;
const MOST_MISSED = 5;
/** Share of its box that is in the picture: under this it is reported no more, and under that it is gone. */
const LEAST_VISIBLE = 0.35;
const GONE_BELOW = 0.05;
/** The score between the one that must be found and the one that is false, as a multiple of the report threshold. */
const REPORT_FROM = 15 / 14;
/** A box is no track's own if it overlaps with none more than this. */
const NEW_BELOW = 0.15;
/** ms: over a longer gap nobody knows where the vehicles went, and they move on as far as in this. */
export const LONGEST_STEP_MS = 5000;
/** More tracks than a picture can hold vehicles would only cost time. */
const MAX_TRACKS = 512;

/** The vehicles before one camera, in pixels of its frames. */
export class Tracks {
  #thresholds: readonly number[];
  readonly #size: PictureExtent;
  readonly #nextId: () => number;
  #tracks: Track[] = [];
  readonly #places: CameraPlaces;
  /** Those that the last boxes were of. */
  #seen: readonly Track[] = [];
  #boxes = new Float32Array(4 * 16);

  /**
   * @param thresholds score per class from which a box is reported
   * @param nextId numbers for new vehicles, never the same twice, from 1
   */
  constructor(thresholds: readonly number[], size: PictureExtent, nextId: () => number) {
    this.#thresholds = thresholds;
    this.#size = size;
    this.#places = new CameraPlaces(size);
    this.#nextId = nextId;
  }

  /** Another model is asked from now on. Vehicles keep their numbers. @param thresholds as of the constructor; no fewer than before */
  renew(thresholds: readonly number[]): void {
    this.#thresholds = thresholds;
    for (const track of this.#tracks) track.renewVotes(thresholds);
  }

  get count(): number {
    return this.#tracks.length;
  }

  /** Whether every vehicle stands still: slower than this share of its size per ms. */
  standStill(sizesPerMs: number): boolean {
    return this.#tracks.every((track) => track.speed < sizesPerMs);
  }

  /** Moves every vehicle on and, with a picture, corrects it by what is to be seen there. */
  advance(dtMs: number, picture: Brightness | null): void {
    const luma = picture && brightnessOf(picture);
    for (const track of this.#tracks) {
      track.predict(dtMs);
      if (luma) track.follow(luma);
    }
    this.#takeBoxes();
    this.#keep((_, i) => this.#visible(i) > GONE_BELOW);
  }

  /** The camera moved, and everything in its picture with it. To be told before `advance`. */
  shift(moved: SceneShift): void {
    const [middleX, middleY] = [this.#size.width / 2, this.#size.height / 2];
    this.#places.shift(moved.x, moved.y);
    for (const track of this.#tracks) {
      const [right, below] = [track.middleX - middleX, track.middleY - middleY];
      track.shift(shiftRight(moved, right, below), shiftDown(moved, right, below));
    }
  }

  /** The camera was turned: what vehicles are like where is learned again. */
  forgetPlaces(): void {
    this.#places.forget();
  }

  /** The picture is as it was at the last inference. */
  hold(): void {
    for (const track of this.#tracks) track.hold();
  }

  /**
   * Errors to expect in `output()` now, `ageMs` after the last inference.
   *
   * @param stillBelow sizes per ms under which a vehicle counts as standing
   */
  expectedErrors(ageMs: number, stillBelow: number): { standing: number; moving: number } {
    let standing = 0;
    let moving = 0;
    for (const track of this.#tracks) {
      const errors = track.expectedErrors(ageMs, this.#reportFrom(track.classIndex));
      if (track.speed < stillBelow) standing += errors;
      else moving += errors;
    }
    return { standing, moving };
  }

  /** The vehicles as they are estimated to be now. */
  output(): TrackedBoxes {
    this.#takeBoxes();
    const reported = this.#tracks.filter(
      (track, i) => track.reportedScore >= this.#reportFrom(track.classIndex) && this.#visible(i) > LEAST_VISIBLE,
    );
    reported.sort((a, b) => b.score - a.score);
    const data = new Float32Array(reported.length * STRIDE);
    const trackIds = new Int32Array(reported.length);
    for (const [i, track] of reported.entries()) {
      const at = i * STRIDE;
      track.box(data, at);
      this.#clip(data, at);
      data[at + 4] = track.score;
      data[at + 5] = track.classIndex;
      trackIds[i] = track.id;
    }
    return { detections: { count: reported.length, data }, trackIds };
  }

  /** Boxes of all tracks, reported or not, as detections. */
  all(): Detections {
    const data = new Float32Array(this.#tracks.length * STRIDE);
    for (const [i, track] of this.#tracks.entries()) {
      track.box(data, i * STRIDE);
      data[i * STRIDE + 4] = track.score;
      data[i * STRIDE + 5] = track.classIndex;
    }
    return { count: this.#tracks.length, data };
  }

  /** Rows of `detections` that would be reported and are near no track: vehicles that nobody knew of. */
  unknown(detections: Detections): number[] {
    this.#takeBoxes();
    const { count, data } = detections;
    const rows: number[] = [];
    for (let j = 0; j < count; j++) {
      if (!this.#isSure(data[j * STRIDE + 5]!, data[j * STRIDE + 4]!)) continue;
      if (this.#tracks.every((_, i) => iou(this.#boxes, i * 4, data, j * STRIDE) < NEW_BELOW)) rows.push(j);
    }
    return rows;
  }

  /**
   * Takes the boxes of an inference, or of a scene recalled, of the frame that `advance` was last called for.
   *
   * @param detections all of them, also those too weak to be reported
   * @returns the boxes to report as they were detected, with their vehicles' numbers
   */
  correct(detections: Detections): TrackedBoxes {
    this.#takeBoxes();
    const { count, data } = detections;
    const { rows, taken } = associate(this.#tracks, this.#boxes, detections, (c, s) => this.#isSure(c, s));
    const trackOf = new Array<Track | null>(count).fill(null);
    for (const [i, track] of this.#tracks.entries()) {
      const row = rows[i]!;
      if (row < 0) {
        track.miss();
        continue;
      }
      track.detect(data, row * STRIDE, !this.#isSure(data[row * STRIDE + 5]!, data[row * STRIDE + 4]!));
      trackOf[row] = track;
    }
    this.#keep((track) => track.score >= END_BELOW && track.missed < MOST_MISSED);
    for (let row = 0; row < count; row++) {
      if (taken[row] || !this.#isSure(data[row * STRIDE + 5]!, data[row * STRIDE + 4]!)) continue;
      if (this.#tracks.length >= MAX_TRACKS) break;
      const track = new Track(this.#nextId(), data, row * STRIDE, this.#thresholds.length, this.#size, this.#places);
      this.#tracks.push(track);
      trackOf[row] = track;
    }
    this.#seen = trackOf.filter((track) => track !== null);
    return this.#asDetected(detections, trackOf);
  }

  /**
   * Takes only what an inference says of known vehicles: those that it does not show stay, and none begins.
   *
   * @returns known vehicles, where they are now believed to be
   */
  confirm(detections: Detections): TrackedBoxes {
    this.#takeBoxes();
    const { data } = detections;
    const { rows } = associate(this.#tracks, this.#boxes, detections, (c, s) => this.#isSure(c, s));
    for (const [i, track] of this.#tracks.entries()) {
      const at = rows[i]! * STRIDE;
      if (at >= 0) track.detect(data, at, !this.#isSure(data[at + 5]!, data[at + 4]!));
    }
    return this.output();
  }

  /** Takes the look of the vehicles that `correct` saw, to follow them from here on. @param picture the same frame's */
  anchor(picture: Brightness): void {
    const luma = brightnessOf(picture);
    for (const track of this.#seen) track.anchor(luma);
  }

  /** Pictures are not looked at for a while: looks taken before would be found where they are not. */
  unanchor(): void {
    for (const track of this.#tracks) track.unanchor();
  }

  #asDetected({ count, data }: Detections, trackOf: readonly (Track | null)[]): TrackedBoxes {
    const reported: number[] = [];
    for (let row = 0; row < count; row++) {
      if (this.#isSure(data[row * STRIDE + 5]!, data[row * STRIDE + 4]!)) reported.push(row);
    }
    const out = new Float32Array(reported.length * STRIDE);
    const trackIds = new Int32Array(reported.length);
    for (const [i, row] of reported.entries()) {
      out.set(data.subarray(row * STRIDE, (row + 1) * STRIDE), i * STRIDE);
      const track = trackOf[row];
      if (!track) continue;
      out[i * STRIDE + 5] = track.classIndex;
      trackIds[i] = track.id;
    }
    return { detections: { count: reported.length, data: out }, trackIds };
  }

  #isSure(classIndex: number, score: number): boolean {
    return score >= this.#thresholds[classIndex]!;
  }

  /** Of a vehicle near the threshold, half of the inferences see it: reporting it from the middle costs the fewest errors. */
  #reportFrom(classIndex: number): number {
    return this.#thresholds[classIndex]! * REPORT_FROM;
  }

  #takeBoxes(): void {
    const needed = this.#tracks.length * 4;
    if (this.#boxes.length < needed) this.#boxes = new Float32Array(needed * 2);
    for (let i = 0; i < this.#tracks.length; i++) this.#tracks[i]!.box(this.#boxes, i * 4);
  }

  #keep(isKept: (track: Track, index: number) => boolean): void {
    this.#tracks = this.#tracks.filter(isKept);
  }

  #visible(i: number): number {
    const boxes = this.#boxes;
    const x1 = boxes[i * 4]!;
    const y1 = boxes[i * 4 + 1]!;
    const x2 = boxes[i * 4 + 2]!;
    const y2 = boxes[i * 4 + 3]!;
    const width = Math.min(x2, this.#size.width) - Math.max(x1, 0);
    const height = Math.min(y2, this.#size.height) - Math.max(y1, 0);
    return width <= 0 || height <= 0 ? 0 : (width * height) / ((x2 - x1) * (y2 - y1));
  }

  #clip(data: Float32Array, at: number): void {
    data[at] = Math.max(0, data[at]!);
    data[at + 1] = Math.max(0, data[at + 1]!);
    data[at + 2] = Math.min(this.#size.width, data[at + 2]!);
    data[at + 3] = Math.min(this.#size.height, data[at + 3]!);
  }
}
