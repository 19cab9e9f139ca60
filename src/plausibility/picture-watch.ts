import { FrozenPicture, type Liveliness } from './frozen-picture.js';
import { Lasting } from './lasting.js';
import { LoopedPicture } from './looped-picture.js';
import { isDark, isFlat, repeatedPart } from './picture-look.js';
import { PictureSample, type SampledPixels } from './picture-sample.js';
import type { Implausible, PictureFault } from './states.js';
import { ViewPicture } from './view-picture.js';
import { ViewWatch } from './view-watch.js';

/** ms of the scene between two looks: a fast camera's other frames cost nothing. */
const LOOK_EVERY = 190;
/** ms; what is longer is a gap, in which nothing was seen. */
const LONGEST_STEP = 60_000;
/** Share of a picture's height that may be repeated before it counts as torn. */
const TORN = 0.1;
/** Mean level of a picture that is lit, and ms in which no evening falls. */
const LIT = 40;
const SUDDENLY = 15_000;
/** Looks after which it is known what is repeated in every picture: a black border, a caption. */
const LEAST_LOOKS = 20;

export interface PictureWatchOptions {
  /** Whether it is a camera, which shows one view and never stands still by itself; a film or a folder may do both. */
  readonly isCamera: boolean;
}

/** A frame, as it is looked at. */
export interface WatchedFrame extends SampledPixels {
  /** ms on the scene's own clock. */
  readonly sceneMs: number;
  readonly damaged: boolean;
}

/** Watches the pictures of one camera: whether they can be what is before it. */
export class PictureWatch {
  readonly #isCamera: boolean;
  #sample: PictureSample | null = null;
  #frozen: FrozenPicture;
  readonly #loop = new LoopedPicture();
  readonly #grey = new Lasting({ overMs: 6000, from: 0.8, until: 0.2 });
  readonly #dark = new Lasting({ overMs: 40_000, from: 0.8, until: 0.5 });
  readonly #torn = new Lasting({ overMs: 15_000, from: 0.25, until: 0.05 });
  readonly #damaged = new Lasting({ overMs: 30_000, from: 0.2, until: 0.05 });
  #view = new ViewWatch();
  readonly #stays = new ViewPicture();
  #liveliness: Liveliness = 'live';
  #sceneMs: number | null = null;
  /** ms of the scene that were watched, which only go forward. */
  #now = 0;
  #looks = 0;
  /** Share of the height that is repeated in every picture so far. */
  #alwaysRepeated = 1;
  /** What the last torn picture was like. */
  #tornText = '';
  #hasDamage = false;
  /** When the picture was lit last, and when it became dark; null where it never was. */
  #litAt: number | null = null;
  #darkAt: number | null = null;

  constructor({ isCamera }: PictureWatchOptions) {
    this.#isCamera = isCamera;
    this.#frozen = new FrozenPicture({ fromStart: isCamera });
  }

  /** What is thought of the latest pictures. */
  get liveliness(): Liveliness {
    return this.#liveliness;
  }

  /** ms of the scene for which the picture has been frozen; 0 where it is not. */
  get frozenMs(): number {
    const looped = this.#loop.since === null ? 0 : this.#now - this.#loop.since;
    return Math.max(looped, this.#frozen.frozenMs(this.#now));
  }

  /** ms of the scene since the latest picture that is not like those after it. */
  get quietMs(): number {
    return this.#now - this.#frozen.quietSince;
  }

  /** The last sample taken; null before the first. */
  get sample(): PictureSample | null {
    return this.#sample;
  }

  /** The reader was started anew. */
  restarted(): void {
    this.#frozen.restarted(this.#now);
  }

  /** Takes the next frame. @returns whether it was looked at */
  see(frame: WatchedFrame): boolean {
    this.#hasDamage ||= frame.damaged;
    const passed = this.#sceneMs === null ? LOOK_EVERY : frame.sceneMs - this.#sceneMs;
    // a clock that was set back, or a film that begins again: the time between is not known
    if (passed >= 0 && passed < LOOK_EVERY) return false;
    this.#sceneMs = frame.sceneMs;
    const step = passed < 0 ? LOOK_EVERY : Math.min(passed, LONGEST_STEP);
    this.#now += step;
    this.#look(this.#sampleOf(frame), step);
    // a picture that shows nothing, or not what is there now, is none to compare with
    if (this.#isCamera && this.fault() === null) this.#stays.see(frame, this.#now);
    else this.#stays.clear();
    return true;
  }

  /** A small grey picture of what stays before the camera; null of what is no camera, before it is known, and while a fault hides it. */
  view(): Uint8Array | null {
    return this.#stays.isSettled && this.fault() === null ? this.#stays.bytes() : null;
  }

  /** The worst of what is wrong with the pictures; null where nothing is. */
  fault(): Implausible<PictureFault> | null {
    if (this.#grey.since !== null) return { fault: 'grey', seen: 'the whole picture has one colour' };
    if (this.#dark.since !== null) return { fault: 'dark', seen: this.#darkText() };
    if (this.#liveliness === 'frozen') return { fault: 'frozen', seen: this.#frozenText() };
    if (this.#torn.since !== null) return { fault: 'torn', seen: this.#tornText };
    if (this.#view.isShifted) return { fault: 'shifted', seen: this.#shiftText() };
    if (this.#damaged.since !== null) return { fault: 'damaged', seen: 'the decoder complains about the pictures' };
    return null;
  }

  #look(sample: PictureSample, step: number): void {
    const now = this.#now;
    this.#looks++;
    const dark = isDark(sample);
    const flat = !dark && isFlat(sample);
    this.#dark.see(dark, step, now);
    this.#feelLight(sample, dark, now);
    this.#grey.see(flat, step, now);
    this.#damaged.see(this.#hasDamage, step, now);
    this.#hasDamage = false;
    this.#torn.see(!dark && !flat && this.#isTorn(sample), step, now);
    // black pictures of a good encoder have no noise, and a picture without content may well repeat
    this.#liveliness = dark || flat ? 'live' : this.#feelLife(sample, step);
    if (this.#isCamera && this.#liveliness === 'live' && !dark && !flat) this.#view.see(sample, step);
  }

  #feelLife(sample: PictureSample, step: number): Liveliness {
    const liveliness = this.#frozen.look(sample, this.#now);
    if (this.#isCamera && this.#frozen.isNoisy) this.#loop.look(sample, step, this.#now);
    return this.#loop.since === null ? liveliness : 'frozen';
  }

  #frozenText(): string {
    return this.#loop.since === null
      ? 'the same picture again and again, though cameras are never without noise'
      : 'the same few seconds again and again, though cameras are never without noise';
  }

  #isTorn(sample: PictureSample): boolean {
    const { share, isNoData } = repeatedPart(sample);
    this.#alwaysRepeated = Math.min(this.#alwaysRepeated, share);
    const isNew = this.#looks >= LEAST_LOOKS && share > this.#alwaysRepeated + TORN;
    if (isNew || (isNoData && share >= TORN)) return this.#tear(share, 'filled in');
    const slipped = this.#view.slipped(sample);
    return slipped !== null && this.#tear(slipped, 'out of place');
  }

  #tear(share: number, how: string): true {
    this.#tornText = `the lower ${percent(share)} of the picture is ${how}`;
    return true;
  }

  #sampleOf(frame: WatchedFrame): PictureSample {
    if (this.#sample === null || !this.#sample.fits(frame)) {
      this.#sample = new PictureSample(frame.width, frame.height);
      this.#view = new ViewWatch();
      this.#stays.clear();
      this.#alwaysRepeated = 1;
    }
    this.#sample.read(frame);
    return this.#sample;
  }

  #feelLight({ means }: PictureSample, dark: boolean, now: number): void {
    if (!dark) this.#darkAt = null;
    else this.#darkAt ??= now;
    if (!dark && means.reduce((sum, mean) => sum + mean, 0) >= LIT * means.length) this.#litAt = now;
  }

  #darkText(): string {
    if (this.#litAt === null || this.#darkAt === null) return 'nothing in the picture is lit';
    return this.#darkAt - this.#litAt <= SUDDENLY
      ? 'nothing in the picture is lit: it went dark from one moment to the next, as no evening does'
      : 'nothing in the picture is lit: it grew dark slowly, as in an evening';
  }

  #shiftText(): string {
    const { shift } = this.#view;
    if (shift === null) return 'it shows another view than before';
    const { right, down } = shift;
    const parts = [
      ...(right === 0 ? [] : [`${percent(right)} to the ${right > 0 ? 'right' : 'left'}`]),
      ...(down === 0 ? [] : [`${percent(down)} ${down > 0 ? 'down' : 'up'}`]),
    ];
    return `its view moved by ${parts.join(' and ')}`;
  }
}

const percent = (share: number): string => `${Math.round(100 * Math.abs(share))} %`;
