import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { emptySignature } from '../answer/scene/grid.js';
import { SignatureReader } from '../answer/scene/signature.js';
import { kindOf, openSource } from '../capture/open-source.js';
import { type CaptureConfig, configSchema, type TrustSettings } from '../config/config.js';
import { ConfigError, explain, SourceError } from '../foundation/errors.js';
import { type Log, maskCredentials } from '../foundation/log.js';
import { rgbFrame } from '../frame/rgb-frame.js';
import { decodeImage } from '../media/image.js';
import { expandSimulatorUrl } from '../simulator/options.js';
import { isDiary, openDiary } from './diary/diary-frames.js';
import { evenly } from './even-spread.js';
import { CANDIDATES, FilmFrames } from './film-frames.js';
import type { Picture } from './frame-set.js';
import { PictureFolder } from './picture-folder.js';
import { type Labelling, SpilledFrames } from './spilled-frames.js';

export interface GatherOptions {
  /** What `--frames` names, each: a folder of pictures, a diary's folder, a clip, a camera's URL, or sim://… */
  readonly from: readonly string[];
  /** Of the model that the frames are for. */
  readonly classes: readonly string[];
  /** A COCO file for the folders of pictures. */
  readonly labels?: string;
  /** What the numbers of COCO mean, for folders that are plainly of COCO and do not say it. */
  readonly cocoClasses?: readonly string[];
  /** Frames in all, at most; default 256. */
  readonly most?: number;
  /** Seconds for which a live camera is watched; default 120. */
  readonly liveS?: number;
  /** Wider pictures are scaled down to `maxWidth`, as they are before the detector sees them. */
  readonly capture: CaptureConfig;
  /** What makes the certificates of cameras good. */
  readonly tls?: TrustSettings;
  /** Where pixels are kept while they are needed; default the system's folder for temporary files. */
  readonly scratch?: string;
  /** Of pixels on disk; default 2 GiB. */
  readonly maxBytes?: number;
  /** Which classes whoever labelled a picture looked for; null or left out: those that the labels can name. */
  readonly labelledClasses?: (file: string) => readonly string[] | null;
  readonly log: Log;
  /** @param source what is being read @param seen frames of it so far @param kept of them */
  readonly onProgress?: (source: string, seen: number, kept: number) => void;
  /** Ends the work between two frames, by throwing its reason. */
  readonly signal?: AbortSignal;
}

/** Frames ready to work on; `frames.close()` removes them from the disk. */
export interface GatheredFrames {
  readonly frames: SpilledFrames;
  /** For a person: where frames came from, and what was left out. */
  readonly notes: readonly string[];
}

const MOST = 256;
const LIVE_S = 120;
const MAX_BYTES = 2 * 2 ** 30;
/** Of the simulator's time; vehicles are in other places then. */
const SIMULATED_PAUSE_S = 2;

/**
 * Gathers frames to calibrate and judge models with, onto the disk. Of several sources each gives its share; of a film or
 * a camera those are taken that differ most, out of twice as many spread evenly over it.
 *
 * @throws SourceError where a source cannot be read or gives no frame, or labels cannot be read or are malformed
 */
export async function gatherFrames(options: GatherOptions): Promise<GatheredFrames> {
  const { from, scratch = tmpdir(), maxBytes = MAX_BYTES, most = MOST, signal } = options;
  if (from.length === 0) {
    throw new ConfigError('there are no frames to work with', [
      '--frames: expected a folder of pictures, a clip, a camera URL, sim://road or a diary folder',
    ]);
  }
  const sources = from.flatMap((one) => (/^sim:/i.test(one) ? expandSimulatorUrl(one) : [one]));
  const frames = await SpilledFrames.create({ scratch, maxBytes });
  try {
    const notes: string[] = [];
    for (const [index, source] of sources.entries()) {
      signal?.throwIfAborted();
      const share = Math.ceil((most - frames.count) / (sources.length - index));
      const before = frames.count;
      const gather = new Gathering(options, frames, share, notes);
      await gather.read(source);
      const got = frames.count - before;
      if (got === 0) throw noFrame(source, null);
      notes.push(`${got} frame${got === 1 ? '' : 's'} from ${maskCredentials(source)}`);
    }
    return { frames, notes };
  } catch (error) {
    await frames.close();
    throw error;
  }
}

/** @param reason as far as one was heard */
function noFrame(source: string, reason: string | null): SourceError {
  return new SourceError(`${maskCredentials(source)} gave no frame${reason === null ? '' : `: ${reason}`}`);
}

/** One source on its way to the disk. */
class Gathering {
  readonly #options: GatherOptions;
  readonly #frames: SpilledFrames;
  readonly #share: number;
  readonly #notes: string[];

  constructor(options: GatherOptions, frames: SpilledFrames, share: number, notes: string[]) {
    this.#options = options;
    this.#frames = frames;
    this.#share = share;
    this.#notes = notes;
  }

  async read(source: string): Promise<void> {
    const folder = resolve(source.replace(/^images:/i, ''));
    const found = /^[a-z][a-z0-9+.-]*:\/\//i.test(source) ? null : await stat(folder).catch(() => null);
    if (!found?.isDirectory()) await this.#readFilm(source);
    else if (await isDiary(folder)) await this.#readDiary(folder);
    else await this.#readPictures(folder);
  }

  async #readPictures(folder: string): Promise<void> {
    const { classes, labels, cocoClasses, capture, labelledClasses } = this.#options;
    const pictures = await PictureFolder.open(folder, {
      classes,
      ...(labels !== undefined && { coco: labels }),
      ...(cocoClasses && { cocoClasses }),
    });
    const files = evenly(pictures.files, this.#share);
    const decode = async (file: string): Promise<Picture> => {
      const bytes = await readBounded(file, capture.maxImageBytes);
      const { width, height, data } = await decodeImage(bytes, capture.maxWidth);
      return { id: basename(file), width, height, data };
    };
    const label = async (file: string, picture: Picture): Promise<Labelling> => {
      const named = labelledClasses?.(file)?.map((name) => classes.indexOf(name));
      return { labels: await pictures.labels(file, picture), labelledClasses: named ?? pictures.labelledClasses };
    };
    const broken = await this.#each(folder, files, decode, label);
    this.#notes.push(...pictures.notes);
    if (broken > 0) this.#notes.push(`${broken} of ${files.length} pictures of ${folder} cannot be decoded`);
  }

  async #readDiary(folder: string): Promise<void> {
    const { capture } = this.#options;
    const diary = await openDiary(folder, (bytes) => decodeImage(bytes, capture.maxWidth));
    const indexes = evenly(
      Array.from({ length: diary.count }, (_, index) => index),
      this.#share,
    );
    const unlabelled = async (): Promise<Labelling> => ({ labels: null, labelledClasses: null });
    const broken = await this.#each(folder, indexes, (index) => diary.read(index), unlabelled);
    if (broken > 0) this.#notes.push(`${broken} frames of the diary ${folder} cannot be read`);
  }

  /**
   * @param read what fails here leaves its picture out
   * @param label what fails here ends the work: frames without their labels would judge a model wrongly
   * @returns how many pictures could not be read
   */
  async #each<T>(
    source: string,
    items: readonly T[],
    read: (item: T) => Promise<Picture>,
    label: (item: T, picture: Picture) => Promise<Labelling>,
  ): Promise<number> {
    let broken = 0;
    for (const [index, item] of items.entries()) {
      this.#options.signal?.throwIfAborted();
      const picture = await read(item).catch((error: unknown) => {
        this.#options.log.debug({ source, reason: explain(error) }, 'a picture was left out');
        return null;
      });
      if (picture !== null && this.#frames.roomFor(picture) < 1) {
        this.#notes.push(`${items.length - index} pictures of ${source} have no room on the disk: they are left out`);
        break;
      }
      if (picture === null) broken++;
      else await this.#frames.add(picture, await label(item, picture));
      this.#options.onProgress?.(source, index + 1, index + 1 - broken);
    }
    return broken;
  }

  async #readFilm(url: string): Promise<void> {
    const { capture, tls, log, liveS = LIVE_S, signal } = this.#options;
    const simulated = kindOf({ kind: 'auto', url }) === 'simulator';
    const camera = configSchema.parse({
      cameras: [{ id: 'frames', url, pace: 'fast', ...tls, ...(simulated && { maxFps: 1 / SIMULATED_PAUSE_S }) }],
    }).cameras[0]!;
    const source = openSource({ camera, capture, log, decodeImage });
    const label = maskCredentials(url);
    const film = new FilmFrames(this.#frames, this.#share, lookReader());
    const stop = (): void => void source.stop();
    const timer = isLive(url) ? setTimeout(stop, liveS * 1000) : null;
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await source.start();
      for await (const taken of source.frames()) {
        const frame = rgbFrame(taken);
        const { width, height, data, seq } = frame;
        await film.offer({ id: `${label} ${seq}`, width, height, data }).finally(() => frame.release());
        this.#options.onProgress?.(label, film.seen, film.kept);
        if (signal?.aborted || (simulated && film.seen >= CANDIDATES * this.#share)) break;
      }
      signal?.throwIfAborted();
      if (film.seen === 0) throw noFrame(url, source.health().lastError);
      await film.choose();
    } finally {
      signal?.removeEventListener('abort', stop);
      if (timer) clearTimeout(timer);
      await source.stop();
    }
  }
}

/** Mean luma of 64 × 36 blocks. */
function lookReader(): (picture: Picture) => Uint8Array {
  const signature = emptySignature();
  let reader: SignatureReader | null = null;
  return ({ width, height, data }) => {
    if (reader?.width !== width || reader.height !== height) reader = new SignatureReader(width, height);
    reader.read(data, signature);
    return Uint8Array.from(signature.luma);
  };
}

/** Never ends by itself. */
function isLive(url: string): boolean {
  return url.startsWith('/dev/') || (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !/^(?:sim|file):/i.test(url));
}

async function readBounded(file: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > maxBytes) throw new SourceError(`${file} has ${size} bytes, more than capture.maxImageBytes`, { file });
  return readFile(file);
}
