import { maskCredentials } from '../foundation/log.js';
import { MOST_SQUEEZED, uprightSize } from '../media/upright-size.js';
import { DamageWindow } from './damage-window.js';
import { isComplaint, tellsLoss } from './ffmpeg-complaint.js';
import { FfmpegProgress } from './ffmpeg-progress.js';
import { KeyFrameCadence } from './key-frame-cadence.js';

/*
 * What is read from ffmpeg's stderr at `-loglevel repeat+level+verbose` (wording unchanged from ffmpeg 4.1 to 7):
 *   [info]   Stream #0:0: Video: h264 (High), yuv420p, 1920x1080, 25 fps, 25 tbr, 90k tbn      (average rate)
 *   [graph 0 input from stream 0:0 @ 0x…] [verbose] w:1920 h:1080 pixfmt:yuv420p tb:1/90000 fr:25/1 sar:1/1
 *   [Parsed_scale_0 @ 0x…] [verbose] w:1920 h:1080 fmt:yuv420p sar:1/1 -> w:640 h:360 fmt:rgb24 sar:1/1 flags:0x0
 *   [info] Stream mapping:                                            what was read while probing is decoded again
 *   [metadata@key @ 0x…] [info] frame:0    pts:0       pts_time:0               the next picture is a key frame
 *   [metadata@picture @ 0x…] [info] frame:0    pts:0       pts_time:0           (or showinfo's `n:   0 pts: …`)
 */
const KEY_FRAME = /^\[metadata@key @ [^\]]*\] \[info\] frame:|\] n: *\d+ pts: .* iskey:1 /;
/** Of the picture that such a line is about, s. */
const KEY_FRAME_TIME = / pts_time: *(\S+)/;
const FRAME = /^\[(?:metadata@picture|Parsed_\w+) @ .*\] (?:frame:|n: *)(\d+) +pts: *\S+ +pts_time:(\S+)/;
const PROBED = '[info] Stream mapping:';
const OUR_METADATA = '[metadata@';
const SCALE = /\[Parsed_scale_\d+ @ [^\]]*\].* w:(\d+) h:(\d+) fmt:\S+ sar:(\d+)\/(\d+).* -> w:\d+ h:\d+ /;
/** The colours' matrix, of the stream as it comes; ffmpeg names one only where the stream does. */
const BT709 = /\] +Stream #\S+: Video: .*\((?:(?:tv|pc), )?bt709[/,) ]/;
const AVERAGE = /\] +Stream #\S+: Video: .*[ ,](\d+(?:\.\d+)?) fps,/;
const RATE = /\[graph [^\]]* @ [^\]]*\].* w:\d+ h:\d+ .*\bfr:(\d+)\/(\d+)/;
const JUMP = /(?:DTS|timestamp) discontinuity/;
const FAILURE = /\[(?:error|fatal|panic)\] |\[warning\] (?=Could not find codec parameters)/;

const LONGEST_LINE = 2000;
const LONGEST_FAILURE = 300;
const LINES_KEPT = 4;

/** When and how large one picture was, in the order in which ffmpeg writes the pictures. */
export interface PictureNote {
  /** Counts ffmpeg's pictures from 0. */
  readonly index: number;
  /** The picture's own timestamp in ms, null where it has none. */
  readonly mediaMs: number | null;
  /** Size before it was scaled down, with square pixels; 0 while unknown. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** The decoder complained about it, or about one that it was made from. */
  readonly damaged: boolean;
}

/** Reads one ffmpeg's stderr: picture times, damage, native size and rate, and why it failed. Keeps a few short lines. */
export class FfmpegReport {
  #onPicture: (note: PictureNote) => void;
  #rest = '';
  #failures: string[] = [];
  /** ffmpeg counts from 0 again whenever it rebuilds its filters: the pictures before that. */
  #base = 0;
  #next = 0;

  /** Size of the pictures before scaling, with square pixels; 0 before the first. */
  sourceWidth = 0;
  sourceHeight = 0;
  /** frames/s that the stream announces, null if it does not. */
  fps: number | null = null;
  /** How red, green and blue became luma and colour. */
  matrix: 'bt601' | 'bt709' = 'bt601';
  /** Jumps in the stream's timestamps that ffmpeg mended. */
  jumps = 0;
  /** Lines in which ffmpeg complained about a picture. */
  complaints = 0;
  readonly #cadence = new KeyFrameCadence();
  readonly #damage = new DamageWindow();
  #probing = true;
  readonly #progress = new FfmpegProgress();
  readonly #aspect: number | undefined;

  /** @param aspect width / height that the pictures are stretched to; unset: what the stream says of its pixels */
  constructor(onPicture: (note: PictureNote) => void, aspect?: number) {
    this.#aspect = aspect;
    this.#onPicture = onPicture;
  }

  /** The last things that went wrong, credentials masked; null if nothing was said. */
  get failure(): string | null {
    return this.#failures.length === 0 ? null : this.#failures.join('; ');
  }

  /** What is missing for the first picture; null before anything was tried. */
  get missing(): string | null {
    return this.#progress.reason;
  }

  /** ms between two key frames; null while unknown, see `KeyFrameCadence`. */
  get keyFrameIntervalMs(): number | null {
    return this.#cadence.intervalMs;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!.slice(0, LONGEST_LINE);
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (KEY_FRAME.test(line)) this.#keyFrame(line);
    const frame = FRAME.exec(line);
    if (frame) this.#picture(Number(frame[1]), Number(frame[2]));
    else if (!line.startsWith(OUR_METADATA)) this.#remark(line);
  }

  #keyFrame(line: string): void {
    this.#damage.keyFrame();
    const seconds = Number(KEY_FRAME_TIME.exec(line)?.[1] ?? Number.NaN);
    this.#cadence.keyFrame(Number.isFinite(seconds) ? seconds * 1000 : null);
  }

  #remark(line: string): void {
    if (this.#next === 0) this.#progress.line(line);
    const scale = SCALE.exec(line);
    if (scale) this.#size(Number(scale[1]), Number(scale[2]), Number(scale[3]) / Number(scale[4]));
    if (this.fps === null) this.fps = rateIn(line);
    if (BT709.test(line)) this.matrix = 'bt709';
    if (JUMP.test(line)) this.jumps++;
    if (line.startsWith(PROBED)) this.#probing = false;
    const complains = isComplaint(line);
    if (complains) this.#complaint(line);
    // what it said of pictures that came all the same is not why it ended
    if (FAILURE.test(line) && !(complains && this.#next > 0)) this.#keep(line);
  }

  /** The same as the scale filter makes of it. @param said width / height of a pixel; NaN or absurd where nobody knows */
  #size(width: number, height: number, said: number): void {
    const known = said >= 1 / MOST_SQUEEZED && said <= MOST_SQUEEZED;
    const pixelAspect = this.#aspect === undefined ? (known ? said : 1) : (this.#aspect * height) / width;
    const upright = uprightSize({ width, height }, pixelAspect);
    this.sourceWidth = upright.width;
    this.sourceHeight = upright.height;
  }

  #picture(number: number, seconds: number): void {
    if (this.#base + number < this.#next) this.#base = this.#next;
    const index = this.#base + number;
    this.#next = index + 1;
    const { sourceWidth, sourceHeight } = this;
    const mediaMs = Number.isFinite(seconds) ? seconds * 1000 : null;
    this.#cadence.picture(mediaMs);
    this.#onPicture({ index, mediaMs, sourceWidth, sourceHeight, damaged: this.#damage.picture(mediaMs) });
  }

  #complaint(line: string): void {
    this.complaints++;
    if (this.#probing) return;
    if (tellsLoss(line)) this.#damage.lost();
    else this.#damage.complained();
  }

  #keep(line: string): void {
    const text = maskCredentials(line.slice(line.search(FAILURE)).replace(FAILURE, '')).slice(0, LONGEST_FAILURE);
    if (this.#failures.includes(text)) return;
    this.#failures.push(text);
    if (this.#failures.length > LINES_KEPT) this.#failures.shift();
  }
}

/** The average rate comes first; a stream that does not know it has at least the one that ffmpeg guesses. */
function rateIn(line: string): number | null {
  const [, numerator, denominator = '1'] = AVERAGE.exec(line) ?? RATE.exec(line) ?? [];
  const fps = Number(numerator) / Number(denominator);
  return fps >= 0.01 && fps <= 240 ? fps : null;
}
