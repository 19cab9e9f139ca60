import { ModelError } from '../foundation/errors.js';
import { chooseClasses } from './class-names.js';
import { fillInputs } from './known-inputs.js';
import type { ModelDescription } from './new-model.js';
import type { OnnxFacts } from './onnx-facts.js';
import type { OnnxPicture } from './onnx-picture.js';

/** What other tasks than detection give, and what is done with it. */
const TASKS = new Map([
  ['segment', 'finds outlines: only its boxes are used'],
  ['pose', 'finds poses: only its boxes are used, not the points'],
]);
const BOXLESS = new Map([
  ['classify', 'says what a picture shows as a whole'],
  ['semantic', 'colours areas'],
  ['depth', 'measures distances'],
]);
const QUANTISED = {
  qdq: 'with ranges found beforehand',
  qlinear: 'with ranges found beforehand',
  dynamic: 'with ranges found anew for every picture',
  weights: 'its weights only',
} as const;

/**
 * Looks at what a file says of itself before it is run.
 * @returns what the person who adds it should know, a sentence each
 * @throws ModelError where it is no detector, none that can be given a camera's picture, or other than the description says
 */
export function checkFacts(facts: OnnxFacts, model: ModelDescription): string[] {
  const { task } = facts.notes;
  const boxless = BOXLESS.get(task ?? '');
  if (boxless !== undefined) {
    throw new ModelError(
      `the file says that its task is "${task}": it ${boxless} and gives no boxes; export a detection model, e.g. yolo export model=yolo11n.pt format=onnx`,
    );
  }
  checkPicture(facts, model);
  const remarks: string[] = [];
  const other = TASKS.get(task ?? '');
  if (other !== undefined) remarks.push(`the file says that its task is "${task}": it ${other}`);
  const { quantised } = facts.precision;
  if (quantised !== null) {
    remarks.push(
      `the file is quantised already (${QUANTISED[quantised]}): models optimize has nothing to start from; add the fp32 export to have faster variants made and judged`,
    );
  }
  fillInputs(facts.otherInputs, model.extra);
  const { remark } = chooseClasses(model, facts);
  if (remark !== null) remarks.push(remark);
  return remarks;
}

function checkPicture({ picture, otherInputs }: OnnxFacts, model: Pick<ModelDescription, 'width' | 'height'>): void {
  if (picture === null) {
    const inputs = otherInputs.map(
      ({ name, type, dims }) => `${name} ${type ?? 'of another type'} [${dimsText(dims)}]`,
    );
    throw new ModelError(
      `the model has no input for a picture, [batch, 3, height, width] or [batch, height, width, 3]; it has ${inputs.join(', ') || 'none'}`,
    );
  }
  const { name, channels, type, batch } = picture;
  if (channels !== null && channels !== 3) {
    const kind = channels === 1 ? 'a grey picture' : `a picture of ${channels} channels`;
    throw new ModelError(
      `the model's input ${name} takes ${kind}; cameras give colour: export a model that was trained on colour pictures (channels=3)`,
    );
  }
  if (type === null) {
    throw new ModelError(
      `the model's input ${name} is none of float32, float16 and uint8: export it with one of these`,
    );
  }
  if (batch !== null && batch > 1) {
    throw new ModelError(
      `the model takes ${batch} pictures at once and no other number: export it with batch=1, or with dynamic=True`,
    );
  }
  checkSize(picture, model);
}

function checkSize(picture: OnnxPicture, model: Pick<ModelDescription, 'width' | 'height'>): void {
  for (const side of ['width', 'height'] as const) {
    const [own, wanted] = [picture[side], model[side]];
    if (own === null || wanted === undefined || wanted === own) continue;
    throw new ModelError(
      `the model takes a ${side} of ${own} pixels and no other, --input says ${wanted}: leave --input out, or export it again with imgsz=${model.height},${model.width} or with dynamic=True`,
    );
  }
}

function dimsText(dims: readonly (number | null)[] | null): string {
  return dims?.map((size) => size ?? '?').join(', ') ?? '?';
}
