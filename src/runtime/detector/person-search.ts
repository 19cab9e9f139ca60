import type { Config } from '../../config/config.js';
import { type Crop, cutOut, type StillPixels } from '../../evidence/stills/crop.js';
import type { FoundPerson, PersonFinder } from '../../evidence/stills/person-finder.js';
import { DetectorError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import { classNamed } from '../../frame/same-class.js';
import { NEVER } from '../../models/load-request.js';
import { OneShot } from '../../schedule/one-shot.js';
import type { ModelGeneration } from './model-generation.js';

/** As models call whoever is to be blurred. */
export const PERSON = 'person';
/** Rather a lamp post too many than a face. */
export const PERSON_SCORE = 0.1;
/** A picture wider than this, px, is looked at once more in four parts that overlap: people are small in it. */
const PARTED_FROM = 320;
/** Of its width and height, of each part. */
const PART = 0.6;

/** Kinds of events that evidence is kept of on a camera. */
export function evidenceKindsOf(
  { on }: Pick<Config['evidence'], 'on'>,
  { evidence }: Pick<Config['cameras'][number], 'evidence'>,
): Config['evidence']['on'] {
  return evidence ?? on;
}

/** Whether the model is to look for persons, whom nothing else is told of. */
export function blursPersons({ evidence, cameras }: Pick<Config, 'evidence' | 'cameras'>): boolean {
  if (evidence.persons === 'keep') return false;
  return evidence.on.length > 0 || cameras.some((camera) => evidenceKindsOf(evidence, camera).length > 0);
}

/** A part of a picture, and where it lies in it. */
type Part = Pick<Crop, 'width' | 'height' | 'data' | 'left' | 'top'> & { readonly thinning: number };

function* partsOf(picture: StillPixels): Generator<Part> {
  const { width, height } = picture;
  if (width < PARTED_FROM) return;
  const [across, down] = [Math.round(width * PART), Math.round(height * PART)];
  for (const top of [0, height - down]) {
    for (const left of [0, width - across]) yield cutOut(picture, [left, top, left + across, top + down]);
  }
}

async function personsIn(picture: StillPixels & Partial<Part>, detector: OneShot): Promise<FoundPerson[]> {
  const { left = 0, top = 0, thinning = 1 } = picture;
  const { count, data } = (await detector.detect(picture)).detections;
  return Array.from({ length: count }, (_, row) => {
    const [x1, y1, x2, y2, score] = data.subarray(row * STRIDE) as unknown as [number, number, number, number, number];
    const box = [left + x1 * thinning, top + y1 * thinning, left + x2 * thinning, top + y2 * thinning] as const;
    return { box, score };
  });
}

/** Looks for persons with the model that answers, among the pictures of the cameras. */
export class PersonSearch implements PersonFinder {
  readonly #model: () => ModelGeneration | null;
  #shot: { readonly model: ModelGeneration; readonly detector: OneShot } | null = null;

  constructor(model: () => ModelGeneration | null) {
    this.#model = model;
  }

  get knowsPersons(): boolean | null {
    const model = this.#model();
    return model === null ? null : classNamed(PERSON, model.classesOfItself) >= 0;
  }

  async find(picture: Parameters<PersonFinder['find']>[0]): ReturnType<PersonFinder['find']> {
    const model = this.#model();
    if (model === null) throw new DetectorError('no model is loaded');
    if (!model.workers.anyReady) throw new DetectorError('no detector worker serves');
    model.hold();
    try {
      const detector = this.#through(model);
      const found = await personsIn(picture, detector);
      for (const part of partsOf(picture)) found.push(...(await personsIn(part, detector)));
      return found;
    } finally {
      model.release();
    }
  }

  /** A detector of persons alone, made anew where another model answers. */
  #through(model: ModelGeneration): OneShot {
    if (this.#shot?.model !== model) {
      const person = classNamed(PERSON, model.classes);
      const thresholds = model.classes.map((_, c) => (c === person ? PERSON_SCORE : NEVER));
      this.#shot = { model, detector: new OneShot(model.workers.slots, thresholds, model.classIndices) };
    }
    return this.#shot.detector;
  }
}
