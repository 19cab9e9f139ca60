import { explain } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { EventWindow } from './event-window.js';
import { FrameRate } from './frame-rate.js';
import { MalformedShare } from './malformed-share.js';
import type { SourceCounters, SourceHealth } from './source.js';

const HOUR_MS = 3_600_000;
/** Of a reason, in UTF-16 units: a page's title may be a novel. */
const LONGEST_REASON = 300;

/** The part of a source's health that it remembers. */
export type RecordedHealth = Pick<
  SourceHealth,
  | 'measuredFps'
  | 'keyFrameIntervalMs'
  | 'waitsForKeyFrame'
  | 'reconnectsLastHour'
  | 'stallsLastHour'
  | 'lastFrameAt'
  | 'lastError'
  | 'malformedShare'
>;

/** What a source remembers of its reader. Times are monotonic ms unless they say otherwise. */
export class SourceRecord {
  readonly counters: SourceCounters = {
    captured: 0,
    droppedQueue: 0,
    malformed: 0,
    decodeErrors: 0,
    partialFrames: 0,
    resolutionChanges: 0,
    timestampJumps: 0,
    reconnects: 0,
    stalls: 0,
  };
  /** Unix ms of the last frame. */
  lastFrameAt: number | null = null;
  /** See `SourceHealth`. */
  keyFrameIntervalMs: number | null = null;
  #waitsForKeyFrame = false;
  #lastError: string | null = null;
  #refusal: string | null = null;
  #malformed = new MalformedShare();
  #malformedReason: string | null = null;
  readonly #rate: FrameRate;
  readonly #reconnects = new EventWindow(HOUR_MS, 60);
  readonly #stalls = new EventWindow(HOUR_MS, 60);
  #sourceWidth = 0;
  #sourceHeight = 0;

  /** @param intervalMs usual time between two frames, 0 where it is not known */
  constructor(intervalMs: number) {
    this.#rate = new FrameRate(intervalMs);
  }

  /** A whole picture is here, of so many pixels before scaling. */
  arrived(sourceWidth: number, sourceHeight: number, now: number): void {
    this.#rate.add(now);
    this.#refusal = null;
    this.#waitsForKeyFrame = false;
    this.counters.captured++;
    const known = this.#sourceWidth > 0;
    if (known && (sourceWidth !== this.#sourceWidth || sourceHeight !== this.#sourceHeight)) {
      this.counters.resolutionChanges++;
    }
    this.#sourceWidth = sourceWidth;
    this.#sourceHeight = sourceHeight;
    this.#malformed.add(false);
  }

  /** A picture came that cannot be understood, as the refusal before says. */
  malformed(): void {
    this.counters.malformed++;
    this.#malformedReason = this.refusal;
    this.#malformed.add(true);
  }

  /** Whether many of the newest pictures are malformed. */
  get manyMalformed(): boolean {
    return this.#malformed.many;
  }

  /** How many of the newest pictures are malformed and why the last one is, in words. */
  get malformedText(): string {
    const percent = Math.round((this.#malformed.share ?? 0) * 100);
    return `${percent} % of the newest pictures are malformed: ${this.#malformedReason ?? 'they cannot be understood'}`;
  }

  /** The reader was started again: what the last one received says nothing of this one. */
  reconnected(now: number): void {
    this.#refusal = null;
    this.#waitsForKeyFrame = false;
    this.#malformed = new MalformedShare();
    this.counters.reconnects++;
    this.#reconnects.add(now);
  }

  /** Something came that is no picture. Often superseded at once: what is told of it is made when it is asked for. */
  refused(reason: string): void {
    this.#refusal = reason;
  }

  /** What came needs a key frame that has not come yet. @param reason as that of `refused` */
  waits(reason: string): void {
    this.#refusal = reason;
    this.#waitsForKeyFrame = true;
  }

  /** Why the newest of what came is no picture, credentials masked; null where that was a frame, or nothing came. */
  get refusal(): string | null {
    if (this.#refusal === null) return null;
    const line = maskCredentials(this.#refusal).replace(/\s+/g, ' ').trim();
    return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1)}…` : line;
  }

  /** No frame came for the stall timeout. */
  stalled(now: number): void {
    this.counters.stalls++;
    this.#stalls.add(now);
  }

  /** Keeps why the reader failed. @returns it in words, credentials masked */
  failed(error: unknown): string {
    this.#lastError = maskCredentials(explain(error));
    return this.#lastError;
  }

  /** What it comes to at a moment. */
  at(now: number): RecordedHealth {
    return {
      measuredFps: this.#rate.fps(now),
      keyFrameIntervalMs: this.keyFrameIntervalMs,
      waitsForKeyFrame: this.#waitsForKeyFrame,
      reconnectsLastHour: this.#reconnects.count(now),
      stallsLastHour: this.#stalls.count(now),
      lastFrameAt: this.lastFrameAt,
      lastError: this.#lastError,
      malformedShare: this.#malformed.share,
    };
  }
}
