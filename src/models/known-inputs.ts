import type { ExtraInput } from '../detect/detector.js';
import { ModelError } from '../foundation/errors.js';
import type { OnnxValue } from './onnx-value.js';

type Values = ExtraInput['values'];

/**
 * What goes into the inputs that detectors have besides the picture. The picture counts as being as large as the input,
 * whatever it was before: boxes then come in pixels of the input.
 */
const KNOWN: readonly (readonly [RegExp, Values])[] = [
  // RT-DETR, D-FINE, DEIM: width first
  [/^orig(inal)?_(target_)?sizes?$/, ['width', 'height']],
  // DETR as transformers has it, YOLOv3, PaddleDetection: height first
  [/^(target_sizes?|image_(shape|size)|im(g)?_(shape|size)|input_(shape|size))$/, ['height', 'width']],
  [/^scale_factors?$/, [1, 1]],
  [/^im(g|age)?_info$/, ['height', 'width', 1]],
  [/^(pixel|attention)_mask$/, [1]],
  [/^(is_)?training$/, [0]],
  [/^max_output_boxes(_per_class)?$/, [300]],
  [/^(nms_)?iou_thres(hold)?$/, [0.6]],
  [/^(score|conf|confidence)_thres(hold)?$/, [0.05]],
];

/**
 * What is put into each of a model's inputs besides the picture.
 * @param given somebody's own word on some of them
 * @throws ModelError naming those that nobody knows what to put in
 */
export function fillInputs(others: readonly OnnxValue[], given: readonly ExtraInput[] = []): ExtraInput[] {
  const strange = given.find(({ name }) => !others.some((other) => other.name === name));
  if (strange) {
    const names = others.map(({ name }) => name).join(', ') || 'none';
    throw new ModelError(`the model has no input ${strange.name} besides the picture; it has ${names}`);
  }
  const filled = others.map(({ name }) => {
    const values = given.find((one) => one.name === name)?.values ?? valuesFor(name);
    return values && { name, values };
  });
  const unknown = others.filter((_, index) => !filled[index]);
  if (unknown.length === 0) return filled.filter((extra) => extra !== undefined);
  const described = unknown.map(
    ({ name, type, dims }) => `${name} ${type ?? ''} [${dims?.map((d) => d ?? '?') ?? '?'}]`,
  );
  throw new ModelError(
    `the model wants more than the picture, and it is not known what: ${described.join(', ')}; say what goes in with --fill ${unknown[0]!.name}=width,height (numbers, width, height), or export it without`,
  );
}

function valuesFor(name: string): Values | undefined {
  const plain = name.toLowerCase().replace(/[:.].*$/, '');
  return KNOWN.find(([pattern]) => pattern.test(plain))?.[1];
}
