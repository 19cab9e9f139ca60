import { type Host, suits } from '../models/default-variant.js';
import type { Variant } from '../models/manifest.js';
import { ModelRegistry } from '../models/registry.js';
import type { OperatingPoint } from './operating-point.js';

/**
 * What takes less memory than a point for which there was none: half the pictures at a time; where it takes one, the
 * variant of the model that is next smaller; where there is none, one worker less.
 *
 * @param variants of its model
 * @returns null where nothing takes less
 */
export function lesserPoint(point: OperatingPoint, variants: readonly Variant[], host: Host): OperatingPoint | null {
  if (point.batchSize > 1) return { ...point, batchSize: Math.floor(point.batchSize / 2) };
  const smaller = nextSmaller(point.variant, variants, host);
  if (smaller !== null) return { ...point, variant: smaller.id };
  return point.workers > 1 ? { ...point, workers: point.workers - 1 } : null;
}

/** The same, of the variants that are installed in `dir`. @throws ModelError where they cannot be read */
export async function installedLesser(point: OperatingPoint, dir: string, host: Host): Promise<OperatingPoint | null> {
  const { manifest } = await (await ModelRegistry.open(dir)).find(point.model, point.variant);
  return lesserPoint(point, manifest.variants, host);
}

/** The largest of those that need less, and of these the most like it. */
function nextSmaller(id: string, variants: readonly Variant[], host: Host): Variant | null {
  const now = variants.find((variant) => variant.id === id);
  if (now === undefined) return null;
  const smaller = variants.filter((variant) => needOf(variant) < needOf(now) && suits(variant, host));
  const [next] = smaller.toSorted(
    (a, b) => needOf(b) - needOf(a) || Number(b.precision === now.precision) - Number(a.precision === now.precision),
  );
  return next ?? null;
}

/** What a variant's activations take, in proportion: ONNX Runtime computes int8 models with buffers of both kinds. */
const BYTES_PER_PIXEL: Readonly<Record<Variant['precision'], number>> = { fp32: 4, fp16: 2, int8: 2 };

const needOf = ({ width, height, precision }: Variant): number => width * height * BYTES_PER_PIXEL[precision];
