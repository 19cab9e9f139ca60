import type { Family } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';
import { COCO_CLASSES, COCO_VEHICLES, ROADSIDE_CLASSES } from './coco.js';
import type { OnnxFacts } from './onnx-facts.js';
import type { OnnxValue } from './onnx-value.js';

/** What somebody says about a model's classes. */
export interface GivenClasses {
  readonly family: Family;
  readonly classes?: readonly string[] | undefined;
  readonly report?: readonly string[] | undefined;
}

export interface ChosenClasses {
  readonly classes: readonly string[];
  /** Those reported unless a configuration says otherwise; undefined: all. */
  readonly report: readonly string[] | undefined;
  /** What somebody should know who gave other names than the file; null where there is nothing. */
  readonly remark: string | null;
}

/** From so many classes on a model is taken for one of everyday things, of which a road is watched for few. */
const EVERYDAY = 20;
/** How other lists than COCO's call what a road is watched for. */
const VEHICLES = /^(bicycle|bike|car|motor(cycle|bike)|bus|truck|van|suv|sports car|pickup truck|heavy truck|lorry)$/i;
/** What stands in an output's rows besides one number a class: box, objectness, angle, background, masks. */
const BESIDES = [0, 1, 4, 5, 6, 36, 37];
/** Rows of box, score and class index, whatever the classes; with the number of the picture one more. */
const FINISHED_ROWS = [6, 7];

/**
 * The names given on the command line, those that the file holds, or the family's usual ones.
 * @throws ModelError where names are given that the file contradicts: another number of them, or in another order
 */
export function chooseClasses(model: GivenClasses, facts: OnnxFacts): ChosenClasses {
  const own = facts.notes.classes;
  // keypoints are as many columns as a trainer likes
  const credible = own !== null && (facts.notes.task === 'pose' || fits(own.length, facts.outputs));
  if (model.classes) {
    if (credible) refuseContradiction(model.classes, own);
    return chosen(
      model.classes,
      model.report ?? vehiclesAmong(model.classes),
      own && remarkOn(model.classes, own, credible),
    );
  }
  if (credible) return chosen(own, model.report ?? vehiclesAmong(own), null);
  const remark = own && `the file names ${own.length} classes, which its outputs do not have: its names are not used`;
  if (model.family === 'roadside') return chosen(ROADSIDE_CLASSES, model.report, remark);
  return chosen(COCO_CLASSES, model.report ?? COCO_VEHICLES, remark);
}

function chosen(classes: readonly string[], report: ChosenClasses['report'], remark: string | null): ChosenClasses {
  return { classes, report, remark };
}

function refuseContradiction(given: readonly string[], own: readonly string[]): void {
  const advice = 'leave --classes out and the names of the file are used';
  if (given.length !== own.length) {
    throw new ModelError(
      `the file says that it knows ${own.length} classes (${some(own)}), --classes names ${given.length} (${some(given)}): ${advice}`,
    );
  }
  const moved = given.findIndex((name, index) => name !== own[index]);
  if (moved >= 0 && own.every((name) => given.includes(name))) {
    throw new ModelError(
      `--classes names the classes of the file in another order: class ${moved} is ${own[moved]}, not ${given[moved]}; ${advice}`,
    );
  }
}

/** Other words for the same classes are a person's right; they may also be another model's. */
function remarkOn(given: readonly string[], own: readonly string[], credible: boolean): string | null {
  if (!credible) return `the file names ${own.length} classes, which its outputs do not have: yours are used`;
  const other = given.flatMap((name, index) => (name === own[index] ? [] : [`${index} is ${own[index]}, not ${name}`]));
  if (other.length === 0) return null;
  return `the file calls ${other.length} of ${own.length} classes otherwise than --classes: ${some(other)}`;
}

function vehiclesAmong(classes: readonly string[]): readonly string[] | undefined {
  const vehicles = classes.length < EVERYDAY ? [] : classes.filter((name) => VEHICLES.test(name));
  return vehicles.length > 0 ? vehicles : undefined;
}

/** Whether a model with these outputs can know so many classes; true where nothing speaks against it. */
function fits(count: number, outputs: readonly OnnxValue[]): boolean {
  const sizes = outputs.flatMap(({ dims }) => dims?.slice(1) ?? [null]);
  return sizes.some((size) => size === null || FINISHED_ROWS.includes(size) || BESIDES.includes(size - count));
}

/** At most six of them. */
function some(texts: readonly string[]): string {
  return texts.length <= 6 ? texts.join(', ') : `${texts.slice(0, 5).join(', ')}, …`;
}
