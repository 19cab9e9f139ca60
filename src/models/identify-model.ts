import { ModelProbe } from '../detect/host/model-probe.js';
import { chooseClasses } from './class-names.js';
import { COCO_VEHICLES } from './coco.js';
import { fillInputs } from './known-inputs.js';
import type { ModelDescription } from './new-model.js';
import type { OnnxFacts } from './onnx-facts.js';
import type { KnownNames } from './recognition/possible-readings.js';
import type { ProbeScene } from './recognition/probe-scenes.js';
import { type Recognition, recognise } from './recognition/recognise.js';
import type { RunModel } from './recognition/trials.js';
import type { UnknownModel } from './recognition/unknown-model.js';
import { usualInput } from './usual-input.js';

/** Where neither the file nor anybody says a size. */
const USUAL_SIDE = 640;
/** Milliseconds for opening a model, and for each run: a large one on a small board. */
const DEADLINE_MS = 120_000;

/** A model that nobody has read before. */
export interface Unidentified {
  /** As the person calls it, for messages. */
  readonly label: string;
  /** Absolute path of the .onnx file. */
  readonly file: string;
  readonly facts: OnnxFacts;
  /** What the person says. */
  readonly given: Partial<ModelDescription>;
  /** Pictures to try it on. */
  readonly scenes: readonly ProbeScene[];
  /** Take it although its numbers fit no reading. */
  readonly force: boolean;
  /** Told how often the model has run; nobody knows how often it must. */
  readonly onRun?: ((runs: number) => void) | undefined;
}

export interface Identified {
  /** Everything that its manifest needs. */
  readonly model: ModelDescription;
  readonly recognition: Recognition;
}

/**
 * Runs a model on pictures, in a process of its own, and finds out from the numbers how it is to be read.
 * @throws ModelError where it does not run, or its numbers fit no reading
 */
export async function identify({ label, file, facts, given, scenes, force, onRun }: Unidentified): Promise<Identified> {
  const unknown: UnknownModel = {
    file: label,
    family: given.family,
    hints: { colour: given.colour, scale: given.scale, mean: given.mean, std: given.std },
    names: knownNames(facts, given),
    task: facts.notes.task,
    size: inputSize(facts, given),
    force,
  };
  const probe = await ModelProbe.open({ file }, { deadlineMs: DEADLINE_MS });
  try {
    let runs = 0;
    const run: RunModel = (input, picture) => {
      onRun?.(++runs);
      return probe.run({ input, picture });
    };
    const tryAs = (model: UnknownModel) => recognise(model, scenes, run, usualInput);
    const recognition = await tryAs(unknown);
    const sized = inUsualSize(unknown, recognition, facts, given);
    // a size that nobody names is the family's, once that is known
    if (sized === null) return { model: describedBy(recognition, unknown, facts, given), recognition };
    const again = await tryAs(sized);
    return { model: describedBy(again, sized, facts, given), recognition: again };
  } finally {
    probe.close();
  }
}

function knownNames(facts: OnnxFacts, given: Partial<ModelDescription>): KnownNames | null {
  const { classes } = chooseClasses({ ...given, family: given.family ?? 'yolov8' }, facts);
  if (given.classes !== undefined) return { list: classes, from: 'you' };
  return classes === facts.notes.classes ? { list: classes, from: 'the file' } : null;
}

function inputSize({ picture, notes, otherInputs }: OnnxFacts, given: Partial<ModelDescription>): UnknownModel['size'] {
  const usual = given.family === undefined ? { width: USUAL_SIDE, height: USUAL_SIDE } : usualInput(given.family);
  const extra = fillInputs(otherInputs, given.extra);
  return {
    width: given.width ?? picture?.width ?? notes.size?.width ?? usual.width,
    height: given.height ?? picture?.height ?? notes.size?.height ?? usual.height,
    layout: given.layout ?? picture?.layout ?? 'nchw',
    type: given.type ?? picture?.type ?? 'float32',
    ...(extra.length > 0 && { extra }),
  };
}

/** The same model at its family's usual size, where any will do and another was tried; null where there is nothing to try again. */
function inUsualSize(
  unknown: UnknownModel,
  { trial }: Recognition,
  { picture, notes }: OnnxFacts,
  given: Partial<ModelDescription>,
): UnknownModel | null {
  const isOpen = (side: 'width' | 'height') => given[side] === undefined && picture?.[side] == null && !notes.size;
  if (!isOpen('width') || !isOpen('height')) return null;
  const { family } = trial.named.reading;
  const { width, height } = usualInput(family);
  if (width === unknown.size.width && height === unknown.size.height) return null;
  return { ...unknown, family, size: { ...unknown.size, width, height } };
}

function describedBy(
  { trial, namesFrom, decoding }: Recognition,
  { size: { width, height } }: UnknownModel,
  facts: OnnxFacts,
  given: Partial<ModelDescription>,
): ModelDescription {
  const { reading, classes } = trial.named;
  const { family } = reading;
  const { colour, scale, mean, std } = trial.values;
  const report = namesFrom === 'COCO' ? COCO_VEHICLES : chooseClasses({ ...given, family, classes }, facts).report;
  return {
    ...given,
    family,
    decoding,
    classes,
    report: given.report ?? report,
    width,
    height,
    colour,
    scale,
    mean,
    std,
  };
}
