import { configSchema } from '../config/config.js';
import type { Detector, ModelInfo } from '../detect/detector.js';
import { Letterbox } from '../detect/letterbox.js';
import { STRIDE } from '../frame/detections.js';
import { buildLoadRequest } from './load-request.js';
import type { Manifest } from './manifest.js';
import type { ProbeScene } from './recognition/probe-scenes.js';
import type { FoundBox } from './recognition/readout.js';
import { fitted } from './recognition/trials.js';

/** A picture, and what a model finds in it. */
export interface SeenScene {
  readonly scene: ProbeScene;
  /** Strongest first, in pixels of the picture. */
  readonly boxes: readonly FoundBox[];
}

export interface TryOut {
  readonly info: ModelInfo;
  readonly seen: readonly SeenScene[];
}

/**
 * Loads a model's first variant with default settings, on the CPU, and runs it on every picture, as it will serve.
 * @param detector closed afterwards
 * @throws ModelError where it does not load, DetectorError where the detector died of it
 */
export async function tryOut(
  manifest: Manifest,
  file: string,
  scenes: readonly ProbeScene[],
  detector: Detector,
): Promise<TryOut> {
  const defaults = configSchema.parse({});
  const variant = manifest.variants[0]!;
  const { width, height } = variant;
  const request = buildLoadRequest({ manifest, variant, file }, defaults.model, defaults.detector);
  try {
    const info = await detector.load(request);
    const seen: SeenScene[] = [];
    for (const scene of scenes) {
      const { detections } = await detector.detect([{ width, height, data: fitted(scene, width, height) }]);
      const { data, count } = detections[0]!;
      seen.push({
        scene,
        boxes: boxesOf(data, count, scene, new Letterbox(scene.width, scene.height, width, height), info),
      });
    }
    return { info, seen };
  } finally {
    await detector.close();
  }
}

function boxesOf(
  data: Float32Array,
  count: number,
  { width, height }: ProbeScene,
  letterbox: Letterbox,
  { classes }: ModelInfo,
): FoundBox[] {
  const rows = data.slice(0, count * STRIDE);
  letterbox.unmap(rows, count, width, height);
  return Array.from({ length: count }, (_, index) => {
    const row = rows.subarray(index * STRIDE) as unknown as [number, number, number, number, number, number];
    const [x1, y1, x2, y2, score, classIndex] = row;
    return { class: classes[classIndex]!, score, box: [x1, y1, x2, y2] };
  });
}
