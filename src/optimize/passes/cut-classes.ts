import type { Family } from '../../detect/detector.js';
import type { Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { inferKnownShapes } from '../../onnx/shapes.js';
import { cutOutput } from './channel-cut.js';

const PASS = 'cut-classes';

/** Where the classes are in a family's output of three dimensions, and what comes before them. */
const LAYOUTS = {
  roadside: { axis: 2, before: 4 },
  yolox: { axis: 2, before: 5 },
  yolov5: { axis: 2, before: 5 },
  yolov8: { axis: 1, before: 4 },
  detr: { axis: 2, before: 0 },
} as const;

/**
 * Cuts classes that nobody asked for out of the last layers of a detector's head. What it says of the classes that are
 * kept stays the same; boxes that were best as another class now come as the best of those.
 *
 * @param keep indices of the classes that stay, ascending
 * @param total how many the model has; null where nobody says so
 * @throws Refusal naming the node where the head is not understood, or of a family that has them in the graph's own
 *   selection (yolov10) or in forms of its own @throws RangeError where `keep` is no ascending list of classes
 */
export function cutClasses(
  model: Model,
  family: Family,
  keep: readonly number[],
  total: number | null = null,
): { model: Model; notes: string[] } {
  const layout = family in LAYOUTS ? LAYOUTS[family as keyof typeof LAYOUTS] : null;
  if (!layout)
    throw new Refusal(
      PASS,
      `classes of a ${family} model cannot be cut: it chooses boxes in its graph, or its head has another form in every export`,
    );
  const probe = probeSizes(model);
  const shapes = inferKnownShapes(model, probe);
  const { axis, before } = layout;
  const output = model.graph.outputs.find(({ name }) => {
    const dims = shapes.get(name)?.dims;
    return dims?.length === 3 && (family !== 'detr' || dims[2] !== 4);
  });
  if (!output)
    throw new Refusal(PASS, `the shapes of the outputs cannot be followed, or none is that of a ${family} model`);
  const classes = shapes.get(output.name)!.dims[axis]! - before;
  if (total !== null && classes !== total) {
    throw new Refusal(PASS, `output ${output.name} has room for ${classes} classes, the model has ${total}`);
  }
  checkKeep(keep, classes);
  if (keep.length === classes) return { model, notes: [`all ${classes} classes are kept`] };
  const rows = [...Array.from({ length: before }, (_, i) => i), ...keep.map((index) => before + index)];
  const { model: smaller, cut } = cutOutput(model, PASS, output.name, { axis, keep: rows }, probe);
  const layers = cut.map(({ node, before: from, after }) => `${node} (${from} to ${after} channels)`).join(', ');
  return { model: smaller, notes: [`${classes - keep.length} of ${classes} classes are cut out of ${layers}`] };
}

function checkKeep(keep: readonly number[], classes: number): void {
  const good = keep.every(
    (index, i) => Number.isInteger(index) && index >= 0 && index < classes && (keep[i - 1] ?? -1) < index,
  );
  if (!good || keep.length === 0) {
    throw new RangeError(`expected ascending class indices below ${classes}, got [${keep.join(', ')}]`);
  }
}

/** Sizes to look at shapes with: one picture, and sides that every stride of a detector divides and that differ. */
function probeSizes({ graph }: Model): Map<string, readonly number[]> {
  const sizes = new Map<string, readonly number[]>();
  for (const { name, dims } of graph.inputs) {
    if (!dims) throw new Refusal(PASS, `input ${name} has no dimensions`);
    sizes.set(
      name,
      dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : 64 * (axis + 1))),
    );
  }
  return sizes;
}
