import { explain } from '../../foundation/errors.js';
import { type CameraPixels, inRgb } from '../../frame/camera-pixels.js';
import type { NewPicture } from '../chain/new-record.js';
import type { EvidenceRecord } from '../chain/record.js';
import type { StillCandidate } from './candidates.js';
import type { StillPixels } from './crop.js';
import type { FoundPerson, PersonFinder } from './person-finder.js';
import { blurAround, blurBox } from './redact.js';

/** The whole picture at an event, as the camera made it; its pixels are its own. */
export interface ContextPicture extends CameraPixels {
  /** Sequence number of its frame. */
  readonly frame: number;
  /** Unix ms. */
  readonly capturedAt: number;
  /** Size of the camera's own picture. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}

/** What a piece of evidence is made of. */
export interface StillMaterial {
  readonly context: ContextPicture;
  /** The best picture of the vehicle, with pixels of its own; null where none is known. */
  readonly best: StillCandidate | null;
  /** The vehicle at the event, in pixels of the camera's own picture. */
  readonly box: readonly [number, number, number, number];
}

/** Encodes RGB24. @param boxes of the vehicles, in pixels of the picture: what should stay sharp @param maxBytes that it should have at most */
export type EncodeStill = (
  picture: StillPixels,
  boxes: readonly (readonly [number, number, number, number])[],
  maxBytes: number,
) => Promise<Pick<NewPicture, 'format' | 'data'>>;

export interface StillPicturesOptions {
  readonly persons: 'blur' | 'keep';
  readonly finder: PersonFinder;
  readonly encode: EncodeStill;
  /** Persons could not be looked for. */
  readonly failed: (reason: string) => void;
}

export interface MadeStills {
  readonly pictures: readonly NewPicture[];
  readonly privacy: EvidenceRecord['privacy'];
}

/** A picture as it may be shown, and what was done for that. */
interface Shown {
  readonly picture: StillPixels;
  readonly privacy: EvidenceRecord['privacy'];
}

/** Score from which somebody on the vehicle itself is blurred. */
const SURE_ON_VEHICLE = 0.25;

type Box = readonly [number, number, number, number];

/** Makes the pictures of a piece of evidence: persons are tiles before anything is encoded, so that nothing else is ever written. */
export class StillPictures {
  readonly #options: StillPicturesOptions;
  /** Contexts that were made unrecognisable already: several events may show one frame. */
  readonly #done = new WeakMap<ContextPicture, Promise<Shown>>();

  constructor(options: StillPicturesOptions) {
    this.#options = options;
  }

  /**
   * Blurs in the material's own pixels where they are RGB24 already.
   *
   * @param masks how many areas of the camera's picture were black already when its frames were handed out
   * @param stillBytes that a picture may have that is made now
   * @throws what the encoder throws
   */
  async make({ context, best, box }: StillMaterial, masks: number, stillBytes: () => number): Promise<MadeStills> {
    const inContext = scaled(box, context.width / context.sourceWidth, context.height / context.sourceHeight);
    let whole = this.#done.get(context);
    if (whole === undefined) {
      whole = this.#shown(context, inContext, masks);
      this.#done.set(context, whole);
    }
    const { picture, privacy } = await whole;
    const found = [privacy];
    const { frame, capturedAt, width, height } = context;
    const encoded = await this.#options.encode(picture, [inContext], stillBytes());
    const pictures: NewPicture[] = [{ role: 'context', frame, capturedAt, width, height, ...encoded }];
    if (best !== null) {
      const { left, top, width, height } = best.crop;
      const inFrame = scaled(best.box, context.width / context.sourceWidth, context.height / context.sourceHeight);
      const inCrop: Box = [
        (inFrame[0] - left) / best.thinning,
        (inFrame[1] - top) / best.thinning,
        (inFrame[2] - left) / best.thinning,
        (inFrame[3] - top) / best.thinning,
      ];
      const crop = await this.#shown(best.crop, inCrop, masks);
      found.push(crop.privacy);
      const one = await this.#options.encode(crop.picture, [inCrop], stillBytes());
      pictures.push({ role: 'crop', frame: best.frame, capturedAt: best.capturedAt, width, height, ...one });
    }
    return { pictures, privacy: together(found) };
  }

  async #shown(made: CameraPixels, vehicle: Box, masks: number): Promise<Shown> {
    const picture = inRgb(made);
    return { picture, privacy: await this.#blur(picture, vehicle, masks) };
  }

  async #blur(picture: StillPixels, vehicle: Box, masks: number): Promise<EvidenceRecord['privacy']> {
    const { persons, finder, failed } = this.#options;
    if (persons === 'keep') return { persons: 'kept', found: 0, masks };
    if (finder.knowsPersons === false) return { persons: 'unknown', found: 0, masks };
    try {
      const people = (await finder.find(picture)).filter((one) => isBlurred(one, vehicle));
      for (const { box } of people) blurBox(picture, box);
      return { persons: 'blurred', found: people.length, masks };
    } catch (error) {
      failed(explain(error));
      blurAround(picture, vehicle);
      return { persons: 'all-but-vehicle', found: 0, masks };
    }
  }
}

/** On the vehicle that it is about a guess is not enough, or it would be made unrecognisable itself. */
function isBlurred({ box: [x1, y1, x2, y2], score }: FoundPerson, [left, top, right, bottom]: Box): boolean {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const isOnVehicle = x > left && x < right && y > top && y < bottom;
  return !isOnVehicle || score >= SURE_ON_VEHICLE;
}

const scaled = ([x1, y1, x2, y2]: Box, x: number, y: number): Box => [x1 * x, y1 * y, x2 * x, y2 * y];

/** What holds of both: the word that promises least. */
function together(found: readonly EvidenceRecord['privacy'][]): EvidenceRecord['privacy'] {
  const order = ['unknown', 'kept', 'all-but-vehicle', 'blurred'] as const;
  const persons = order.find((word) => found.some((one) => one.persons === word))!;
  return { persons, found: found.reduce((sum, one) => sum + one.found, 0), masks: found[0]!.masks };
}
