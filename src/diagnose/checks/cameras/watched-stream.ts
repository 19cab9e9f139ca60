import type { Source } from '../../../capture/source.js';
import type { CameraConfig } from '../../../config/config.js';
import { explain } from '../../../foundation/errors.js';
import { maskCredentials } from '../../../foundation/log.js';
import type { Frame } from '../../../frame/frame.js';
import { rgbFrame } from '../../../frame/rgb-frame.js';
import type { Rgb } from '../../../media/picture-light.js';
import { ViewPicture } from '../../../plausibility/view-picture.js';
import { type Finding, found } from '../../finding.js';
import { type PictureFacts, pictureFactsOf, spoilOf } from '../../picture/picture-look.js';
import type { Announced } from './rtsp-look.js';

/** What came of a camera while it was watched. Times in ms since it was opened. */
export interface WatchedStream {
  /** When each picture came. */
  readonly times: readonly number[];
  /** Pictures that came damaged, but for the first second, in which a decoder joins in. */
  readonly damaged: number;
  /** Whether all pictures are alike, bit by bit. */
  readonly isSame: boolean;
  /** Of some pictures, evenly over the time. */
  readonly facts: readonly PictureFacts[];
  /** Some of its pictures, evenly over the time. */
  readonly pictures: readonly Rgb[];
  /** A small grey picture of what stays before it; null before the first. */
  readonly view: Uint8Array | null;
  /** Pixels of its own picture; null before the first. */
  readonly size: string | null;
  /** frames/s that the stream announces; null where it does not. */
  readonly announcedFps: number | null;
  /** ms between two pictures from which a decoder can begin anew, or more; null where nobody knows. */
  readonly keyFrameMs: number | null;
  /** Whether data came that waits for such a picture, and none has come at all. */
  readonly waitsForKeyFrame: boolean;
  /** Whether it is a camera, and no film or simulation. */
  readonly isLive: boolean;
  readonly lastError: string | null;
  /** How long it was watched. */
  readonly ms: number;
}

const JOINING_MS = 1000;
const LOOK_EVERY_MS = 700;
/** Of the pictures looked at, every second one is kept, and so many. */
const KEEP_EVERY = 2;
const MOST_KEPT = 3;
/** Share of the announced rate below which a camera is slow. */
const SLOW = 0.7;
/** A gap in a stream of some pictures a second. */
const GAP_MS = 1500;
const GAP_INTERVALS = 5;
/** Every twentieth picture is later than it should be by so much, ms, and by so many intervals. */
const JITTER_MS = 400;
const JITTER_INTERVALS = 3;
const JITTER_SHARE = 0.95;
const JITTER_PICTURES = 20;
const DAMAGED_SHARE = 0.05;
const LATE_MS = 3000;
/** Key frames further apart than this: as many pictures as four times the frame rate. */
export const KEY_FRAME_MS = 4000;
/** As a share of the time for which is watched: without a second key frame by then, a little longer says that it is too long. */
const OVERTIME = 0.15;
/** Sensors have noise: so many pictures, for so long, are not alike. */
const FROZEN_PICTURES = 8;
const FROZEN_MS = 900;

/** Watches a camera through the program's own source for `forMs` after its first picture, or until `signal`; closes it. */
export async function watchStream(source: Source, forMs: number, signal: AbortSignal): Promise<WatchedStream> {
  const began = performance.now();
  const watched = new Watched();
  let failure: string | null = null;
  let health = source.health();
  const stop = (): void => void source.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await source.start();
    for await (const taken of source.frames()) {
      const frame = rgbFrame(taken);
      const at = frame.arrivedAt - began;
      watched.see(frame, at);
      frame.release();
      const lasted = at - watched.times[0]!;
      const isOver = lasted >= forMs * (1 + OVERTIME) || (lasted >= forMs && !isVideoWithOneKey(source));
      if (isOver) break;
    }
  } catch (error) {
    failure = maskCredentials(explain(error));
  } finally {
    signal.removeEventListener('abort', stop);
    health = source.health();
    await source.stop();
  }
  const { expectedFps, lastError, keyFrameIntervalMs, waitsForKeyFrame } = health;
  const { times, damaged, isSame, facts, size, view, pictures } = watched;
  return {
    times,
    damaged,
    isSame,
    facts,
    view,
    pictures,
    size,
    announcedFps: expectedFps,
    keyFrameMs: keyFrameIntervalMs,
    waitsForKeyFrame,
    isLive: source.live !== false,
    lastError: failure ?? lastError,
    ms: performance.now() - began,
  };
}

/** Whether it is a stream of video of which no second key frame was seen. */
function isVideoWithOneKey(source: Source): boolean {
  return source.live !== false && source.pid !== null && source.health().keyFrameIntervalMs === null;
}

class Watched {
  readonly times: number[] = [];
  readonly facts: PictureFacts[] = [];
  readonly pictures: Rgb[] = [];
  readonly #view = new ViewPicture();
  damaged = 0;
  isSame = true;
  size: string | null = null;
  #first: Uint8Array | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  get view(): Uint8Array | null {
    return this.facts.length === 0 ? null : this.#view.bytes();
  }

  see(frame: Frame, at: number): void {
    this.times.push(at);
    this.size = `${frame.sourceWidth}×${frame.sourceHeight}`;
    if (frame.damaged && at - this.times[0]! > JOINING_MS) this.damaged++;
    this.#first ??= Uint8Array.from(frame.data);
    this.isSame &&= Buffer.compare(this.#first, frame.data) === 0;
    if (at - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = at;
    this.facts.push(pictureFactsOf(frame));
    if (this.facts.length % KEEP_EVERY === 1 && this.pictures.length < MOST_KEPT) {
      const { width, height, data } = frame;
      this.pictures.push({ width, height, data: Uint8Array.from(data) });
    }
    this.#view.add(frame, 1 / this.facts.length);
  }
}

/** What that means: what is wrong with the stream, then what spoils its picture. Pure. */
export function judgeMeasured(camera: CameraConfig, measured: WatchedStream, announced: Announced | null): Finding[] {
  const { id } = camera;
  const { times, lastError, ms, size } = measured;
  const [first] = times;
  if (first === undefined && measured.waitsForKeyFrame && ms > KEY_FRAME_MS) return [keyFrameFinding(id, ms)];
  if (first === undefined) {
    const values = { camera: id, seconds: tenths(ms / 1000), reason: lastError ?? '-' };
    return [found('broken', 'camera-no-frames', values, id)];
  }
  const findings = [...streamFindings(camera, measured, announced), ...pictureFindings(id, measured)];
  if (findings.length > 0) return findings;
  const values = {
    camera: id,
    fps: rateOf(times) ?? '?',
    size: size ?? '?',
    first: tenths(first / 1000),
    seconds: tenths(ms / 1000),
    announced: announced?.text || '-',
  };
  return [found('fine', 'camera-fine', values, id)];
}

function streamFindings(camera: CameraConfig, measured: WatchedStream, announced: Announced | null): Finding[] {
  const { id, maxFps, expectedFps } = camera;
  const { times, damaged, announcedFps, isLive, keyFrameMs } = measured;
  const findings: Finding[] = [];
  const first = times[0]!;
  if (isLive && first > LATE_MS) {
    findings.push(found('degraded', 'camera-late', { camera: id, seconds: tenths(first / 1000) }, id));
  }
  const gaps = times.slice(1).map((at, index) => at - times[index]!);
  const sorted = [...gaps].sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const longest = sorted.at(-1) ?? 0;
  const hasGaps = longest > GAP_MS && longest > GAP_INTERVALS * usual;
  if (hasGaps) findings.push(found('degraded', 'camera-gaps', { camera: id, seconds: tenths(longest / 1000) }, id));
  const jitter = jitterOf(sorted);
  if (isLive && !hasGaps && jitter !== null)
    findings.push(found('degraded', 'camera-jitter', { camera: id, ms: jitter }, id));
  const due = Math.min(expectedFps || announcedFps || announced?.fps || 0, maxFps || Number.POSITIVE_INFINITY);
  const fps = rateOf(times);
  if (!hasGaps && fps !== null && fps < due * SLOW) {
    const seconds = tenths((times.at(-1)! - first) / 1000);
    findings.push(found('degraded', 'camera-slow', { camera: id, fps, announced: tenths(due), seconds }, id));
  }
  if (isLive && keyFrameMs !== null && keyFrameMs > KEY_FRAME_MS) findings.push(keyFrameFinding(id, keyFrameMs));
  const share = damaged / times.length;
  if (share > DAMAGED_SHARE) {
    findings.push(found('degraded', 'camera-damage', { camera: id, percent: Math.round(share * 100) }, id));
  }
  return findings;
}

/** That key frames are rare. @param keyFrameMs between two of them, or more */
export function keyFrameFinding(camera: string, keyFrameMs: number): Finding {
  return found('degraded', 'camera-key-frames', { camera, seconds: tenths(keyFrameMs / 1000) }, camera);
}

function pictureFindings(id: string, { times, isSame, isLive, facts }: WatchedStream): Finding[] {
  const lasted = times.at(-1)! - times[0]!;
  const isFrozen = isLive && isSame && times.length >= FROZEN_PICTURES && lasted >= FROZEN_MS;
  const findings = isFrozen
    ? [found('broken', 'camera-frozen', { camera: id, pictures: times.length, seconds: tenths(lasted / 1000) }, id)]
    : [];
  const spoils = facts.map(spoilOf);
  const [spoil = null] = spoils;
  const last = facts.at(-1);
  // headlights and lightning pass
  if (spoil === null || last === undefined || spoils.some((other) => other !== spoil)) return findings;
  const { darkest, brightest, white, sharpness } = last;
  const values = {
    camera: id,
    darkest,
    brightest,
    white: Math.round(white * 100),
    sharpness: sharpness === null ? '-' : Math.round(sharpness * 100) / 100,
  };
  const isNothing = spoil === 'covered';
  return [...findings, found(isNothing ? 'broken' : 'degraded', `camera-${spoil}`, values, id)];
}

/** ms by which pictures come late that come too unevenly; null where they do not. @param gaps between them, ms, ascending */
function jitterOf(gaps: readonly number[]): number | null {
  if (gaps.length < JITTER_PICTURES) return null;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const late = gaps[Math.floor(gaps.length * JITTER_SHARE)]! - mean;
  return late > Math.max(JITTER_MS, JITTER_INTERVALS * mean) ? Math.round(late) : null;
}

/** Pictures/s of the times at which they came; null of too few. */
function rateOf(times: readonly number[]): number | null {
  const ms = times.at(-1)! - times[0]!;
  return times.length < 3 || ms <= 0 ? null : tenths(((times.length - 1) * 1000) / ms);
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
