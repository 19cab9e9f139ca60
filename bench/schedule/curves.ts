/** How long an accelerator takes for a batch, and who says so. */
export interface Curve {
  readonly name: string;
  /** Measured points [pictures, ms], ascending; between two of them, and beyond the last, a straight line. */
  readonly points: readonly (readonly [pictures: number, ms: number])[];
  /** Pictures at once at most. */
  readonly largest: number;
  readonly source: string;
}

export const CURVES = {
  h100: {
    name: 'H100, ONNX Runtime CUDA, YOLOX-nano 416',
    points: [
      [1, 3.2],
      [32, 36],
    ],
    largest: 32,
    source: 'measured for this program: float inputs and raw outputs are copied',
  },
  triton: {
    name: 'GPU of the Triton documentation, ONNX Inception',
    points: [
      [1, 1000 / 73.4],
      [4, 4000 / 272],
    ],
    largest: 32,
    source: 'Triton user guide, Optimization: 73.4/s without, 272/s with the dynamic batcher at 8 = 2 × 4 requests',
  },
  b200: {
    name: 'B200, TensorRT fp16, YOLOv5n 640',
    points: [
      [1, 0.337],
      [8, 0.952],
    ],
    largest: 8,
    source: 'NVIDIA TensorRT-Model-Connect, family yolov5',
  },
  orinNano: {
    name: 'Jetson Orin Nano, TensorRT fp16 engine of batch 1, YOLO11n 640',
    points: [[1, 4.91]],
    largest: 1,
    source: 'Ultralytics guide to NVIDIA Jetson',
  },
  hailo8: {
    name: 'Hailo-8, YOLOv6n',
    points: [[1, 7]],
    largest: 1,
    source: 'Frigate documentation, recommended hardware',
  },
  cpu: {
    name: 'CPU, one thread, YOLOX-nano 416',
    points: [
      [1, 8.3],
      [8, 8 * 9.5],
    ],
    largest: 8,
    source: 'measured for this program: 8.3 ms alone, 9.5 ms a picture in eights',
  },
} as const satisfies Record<string, Curve>;

export type CurveName = keyof typeof CURVES;

/** ms that a batch takes. */
export function takesMs({ points }: Curve, pictures: number): number {
  const [first] = points;
  if (points.length === 1) return first![1] * pictures;
  let at = 1;
  while (at < points.length - 1 && points[at]![0] < pictures) at++;
  const [[x0, y0], [x1, y1]] = [points[at - 1]!, points[at]!];
  return y0 + ((y1 - y0) * (pictures - x0)) / (x1 - x0);
}

/** Powers of two up to the largest, and that. */
export function sizesOf({ largest }: Pick<Curve, 'largest'>): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < largest; size *= 2) sizes.push(size);
  return [...sizes, largest];
}

/** Pictures per second of a worker that always has its best batch. */
export function capacityPerS(curve: Curve): number {
  return Math.max(...sizesOf(curve).map((size) => (size * 1000) / takesMs(curve, size)));
}
