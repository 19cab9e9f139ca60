import { EdgeError } from '../../foundation/errors.js';
import { decodeOwn, encodePicture } from '../image.js';
import type { Rgb } from '../picture-light.js';
import { withBackground } from './background.js';
import { CameraMemory, type LearntCoder } from './camera-memory.js';
import {
  type CodingBounds,
  type CodingChoice,
  chooseCoding,
  type Forecasts,
  isShort,
  TOLERANCE,
  worstQuality,
} from './choice.js';
import { CODERS, type Coder, codersFor } from './coders.js';
import { CompressionCounts } from './counts.js';
import { likenessOf } from './likeness.js';
import { logOfDamage, PictureOutlook } from './picture-outlook.js';
import {
  BACKGROUND_DETAILS,
  type Background,
  type CompressedPicture,
  type CompressionWish,
  checkWish,
  type Effort,
  type Region,
} from './wish.js';

/** Quality of JPEG above which bytes are all that grows. */
const BEST_QUALITY = 85;
/** Part of the bytes that may be had, below which it is tried once more where it could be better. */
const POORLY_FILLED = 0.6;
const MOST_ENCODES = 5;
/** Likeness at which the vehicles are good enough for the background to stay as it is. */
const GOOD_ENOUGH = logOfDamage(0.95);
/** What a forecast is off by for the very picture that was encoded before, at another quality: standard deviation of the logarithm. */
const SAME_PICTURE = 0.02;
/** At the least effort, one picture in so many is looked at, once the forecasts have been right often enough. */
const SELDOM = 4;
const OFTEN_ENOUGH = 8;

const EXACT = { offset: 0, spread: 0 } as const;

/** A picture on its way. */
interface Work {
  readonly camera: string;
  readonly picture: Rgb;
  readonly wish: CompressionWish;
  readonly regions: readonly Region[];
  readonly effort: Effort;
  readonly bounds: CodingBounds;
}

/** The picture as it will be encoded, and what is foreseen of that. */
interface Prepared {
  readonly background: Background;
  readonly rgb: Rgb;
  readonly forecasts: Forecasts;
  readonly memory: (coder: Coder) => LearntCoder;
  readonly choice: CodingChoice;
}

/** What came of encoding once. */
interface Attempt {
  readonly coder: Coder;
  readonly quality: number;
  readonly bytes: Buffer;
  /** Of the regions; null where nobody looked. */
  readonly likeness: number | null;
  /** As it was foretold, in logarithms. */
  readonly logDamage: number;
}

/** Compresses the pictures of cameras as wished, mostly in one encode: how they must be encoded is computed from their own detail, corrected by what came of those before. */
export class Compressor {
  /** How much of a core pictures may cost that do not say so themselves. */
  effort: Effort = 1;
  readonly counts = new CompressionCounts();
  readonly #memory = new CameraMemory();

  /**
   * Compresses a picture; its pixels are read until the promise is fulfilled.
   *
   * @param camera whose it is: what was learnt of its pictures is used, and learnt
   * @throws TypeError, RangeError where the wish cannot be meant; EdgeError E_OUTPUT where not even the worst quality has so few bytes,
   * with `leastBytes` in its context
   */
  async compress(camera: string, picture: Rgb, wish: CompressionWish): Promise<CompressedPicture> {
    checkWish(picture, wish);
    const begun = performance.now();
    const work: Work = {
      camera,
      picture,
      wish,
      regions: wish.regions ?? [],
      effort: wish.effort ?? this.effort,
      bounds: {
        logMaxBytes: wish.maxBytes === undefined ? null : Math.log(wish.maxBytes),
        logDamage: wish.likeness === undefined ? null : logOfDamage(wish.likeness),
        maxQuality: wish.maxQuality ?? BEST_QUALITY,
      },
    };
    const prepared = await this.#prepare(work);
    const made = await this.#encodeAsWished(work, prepared);
    this.counts.add(made, performance.now() - begun, made.isAlike ? logOfPlain(work, prepared) : null);
    return made;
  }

  /** With as much of the background as the bytes allow for. */
  async #prepare(work: Work, from?: Background): Promise<Prepared> {
    const { regions, wish } = work;
    const finest = from ?? wish.background ?? (regions.length > 0 ? 'half' : 'whole');
    const details = regions.length === 0 ? [finest] : BACKGROUND_DETAILS.slice(BACKGROUND_DETAILS.indexOf(finest));
    let prepared: Prepared | null = null;
    for (const background of details) {
      prepared = await this.#preparedWith(work, background);
      const { choice, forecasts } = prepared;
      if (choice.logDamage <= GOOD_ENOUGH || !isShort(choice, work.bounds, forecasts)) break;
    }
    return prepared!;
  }

  async #preparedWith(work: Work, background: Background): Promise<Prepared> {
    const { camera, picture, regions, wish, effort, bounds } = work;
    const rgb = await withBackground(picture, regions, background);
    const kind = `${background}${regions.length > 0 ? ' around regions' : ''}`;
    const memory = (coder: Coder): LearntCoder => this.#memory.of(camera, kind, coder.name);
    const forecasts: Forecasts = { outlook: new PictureOutlook(rgb, regions), learnt: memory };
    const choice = chooseCoding(codersFor(wish.formats ?? ['jpeg'], effort), bounds, forecasts);
    return { background, rgb, forecasts, memory, choice };
  }

  async #encodeAsWished(work: Work, first: Prepared): Promise<CompressedPicture> {
    let [prepared, choice]: [Prepared, CodingChoice | null] = [first, first.choice];
    let best: { readonly attempt: Attempt; readonly background: Background } | null = null;
    const tried: Attempt[] = [];
    while (choice !== null && tried.length < MOST_ENCODES) {
      const attempt = await this.#attempt(work, prepared, choice, tried.length === 0);
      tried.push(attempt);
      if (isBetter(attempt, best?.attempt ?? null, work)) best = { attempt, background: prepared.background };
      choice = nextChoice(attempt, tried, work, prepared);
      if (choice !== null || best !== null || prepared.background === 'quarter' || work.regions.length === 0) continue;
      // it does not fit at the worst quality: there is background left to give away
      prepared = await this.#prepare(work, prepared.background === 'whole' ? 'half' : 'quarter');
      choice = prepared.choice;
    }
    if (best === null) throw tooLarge(tried, work);
    return compressed(best.attempt, best.background, tried.length, work);
  }

  async #attempt(work: Work, prepared: Prepared, choice: CodingChoice, isFirst: boolean): Promise<Attempt> {
    const { wish, picture, regions, bounds } = work;
    const { coder, quality, logDamage } = choice;
    const bytes = await encodePicture(prepared.rgb, { ...coder, quality }, wish.overlay);
    const learnt = prepared.memory(coder);
    const { outlook } = prepared.forecasts;
    // the same picture again would count twice
    if (isFirst) learnt.bytes.learn(Math.log(bytes.length) - outlook.logBytes(coder, quality));
    const fits = bounds.logMaxBytes === null || Math.log(bytes.length) <= bounds.logMaxBytes;
    if (!fits || !this.#isLookedAt(work, learnt)) return { coder, quality, bytes, likeness: null, logDamage };
    const likeness = likenessOf(picture, await decodeOwn(bytes), regions);
    if (isFirst) learnt.damage.learn(logOfDamage(likeness) - outlook.logDamage(coder, quality));
    return { coder, quality, bytes, likeness, logDamage };
  }

  /** What is drawn over a picture is no damage; and to look costs time, which the least effort does not have each time. */
  #isLookedAt({ wish, effort }: Work, { damage }: LearntCoder): boolean {
    if (wish.overlay !== undefined || wish.likeness === undefined) return false;
    return effort > 0 || damage.count < OFTEN_ENOUGH || this.counts.pictures % SELDOM === 0;
  }
}

/** What plain JPEG would have, by the tables alone: what efforts are compared by; null where bytes were asked for. */
function logOfPlain({ bounds }: Work, { forecasts: { outlook } }: Prepared): number | null {
  if (bounds.logDamage === null) return null;
  const learnt = () => ({ bytes: EXACT, damage: EXACT });
  return chooseCoding([CODERS.jpeg], { ...bounds, logMaxBytes: null }, { outlook, learnt }).logBytes;
}

/** Whether it fits and is nearer to what was asked for. */
function isBetter(attempt: Attempt, best: Attempt | null, { bounds }: Work): boolean {
  if (bounds.logMaxBytes !== null && Math.log(attempt.bytes.length) > bounds.logMaxBytes) return false;
  if (best === null) return true;
  const [now, before] = [isAlike(attempt, bounds), isAlike(best, bounds)];
  if (now !== before) return now;
  return now ? attempt.bytes.length < best.bytes.length : attempt.quality > best.quality;
}

function isAlike({ likeness, logDamage }: Attempt, bounds: CodingBounds): boolean {
  const found = likeness === null ? logDamage : logOfDamage(likeness);
  return bounds.logDamage === null || found <= bounds.logDamage + TOLERANCE;
}

/** What to try next; null where it is as wished, or nothing else would be nearer. */
function nextChoice(last: Attempt, tried: readonly Attempt[], work: Work, prepared: Prepared): CodingChoice | null {
  const { bounds } = work;
  const logBytes = Math.log(last.bytes.length);
  const isTooLarge = bounds.logMaxBytes !== null && logBytes > bounds.logMaxBytes;
  const isFilled = bounds.logMaxBytes === null || logBytes >= bounds.logMaxBytes + Math.log(POORLY_FILLED);
  const better = bounds.logDamage === null ? !isFilled && tried.length === 1 : !isAlike(last, bounds);
  if (!isTooLarge && !better) return null;
  const corrected = forecastsAfter(last, prepared.forecasts);
  const choice = chooseCoding([last.coder], bounds, corrected);
  const quality = isTooLarge ? Math.min(choice.quality, last.quality - 1) : choice.quality;
  const isNew = !tried.some((one) => one.coder === last.coder && one.quality === quality);
  if (quality < worstQuality(last.coder) || (!isTooLarge && quality <= last.quality) || !isNew) return null;
  return { ...choice, quality };
}

/** The picture itself has told how far the forecasts of it are off. */
function forecastsAfter({ coder, quality, bytes, likeness }: Attempt, { outlook, learnt }: Forecasts): Forecasts {
  const damageOffset =
    likeness === null ? learnt(coder).damage.offset : logOfDamage(likeness) - outlook.logDamage(coder, quality);
  const known = {
    bytes: { offset: Math.log(bytes.length) - outlook.logBytes(coder, quality), spread: SAME_PICTURE },
    damage: { offset: damageOffset, spread: SAME_PICTURE },
  };
  return { outlook, learnt: (other) => (other === coder ? known : learnt(other)) };
}

function compressed(attempt: Attempt, background: Background, encodes: number, { bounds }: Work): CompressedPicture {
  const { coder, quality, bytes, logDamage } = attempt;
  return {
    bytes,
    contentType: `image/${coder.format}`,
    format: coder.format,
    quality,
    background,
    likeness: attempt.likeness ?? 1 - Math.exp(logDamage),
    isMeasured: attempt.likeness !== null,
    encodes,
    isAlike: isAlike(attempt, bounds),
  };
}

function tooLarge(tried: readonly Attempt[], { wish }: Work): EdgeError {
  const maxBytes = wish.maxBytes ?? null;
  const leastBytes = Math.min(...tried.map(({ bytes }) => bytes.length));
  return new EdgeError('E_OUTPUT', `the picture has ${leastBytes} bytes at least, and may have ${maxBytes}`, {
    context: { leastBytes, maxBytes },
  });
}
