import type { Config } from '../../config/config.js';
import type { PersonFinder } from '../../evidence/stills/person-finder.js';
import { DetectorError } from '../../foundation/errors.js';
import { STRIDE } from '../../frame/detections.js';
import { classNamed } from '../../frame/same-class.js';
import { NEVER } from '../../models/load-request.js';
import { OneShot } from '../../schedule/one-shot.js';
import type { ModelGeneration } from './model-generation.js';

/** As models call whoever is to be blurred. */
export const PERSON = 'person';
/** Rather a lamp post too many than a face. */
export const PERSON_SCORE = 0.2;

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
      const { detections } = await this.#through(model).detect(picture);
      const { count, data } = detections;
      return Array.from({ length: count }, (_, row) => {
        const at = row * STRIDE;
        return [data[at]!, data[at + 1]!, data[at + 2]!, data[at + 3]!] as const;
      });
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
