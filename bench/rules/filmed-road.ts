import { answered, type Eye } from '../../scripts/answering-pictures/answered.js';
import { type Detections, STRIDE } from '../../src/frame/detections.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import type { Layout } from '../../src/simulator/layout.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road, type Truth } from '../../src/simulator/road.js';
import type { Signal } from '../../src/simulator/signal-cycle.js';
import { inferringOnce, resultOf } from '../harness/answers.js';
import { type RuledCamera, ruledRoad } from './ruled-road.js';

/** A frame with what was there, and what either contender was given of it. */
export interface FilmedFrame {
  readonly sceneMs: number;
  readonly truth: Truth;
  readonly signal: Signal | null;
  /** Boxes of an inference of this very frame that reach the threshold of their class: what a script gets. */
  readonly boxes: Detections;
  /** The answer as the program gives it, most often without an inference. */
  readonly result: FrameResult;
}

/** A simulated road that was watched for a while, with the lines, zones and rules that were drawn on it. */
export interface FilmedRoad {
  readonly camera: RuledCamera;
  readonly layout: Layout;
  readonly width: number;
  readonly height: number;
  readonly frames: readonly FilmedFrame[];
  /** Frames that the program inferred. */
  readonly inferred: number;
}

/** Films a road through the whole way from picture to answer; every frame is inferred once, for whoever asks. */
export async function filmRoad(
  url: string,
  seconds: number,
  eye: Pick<Eye, 'infer' | 'thresholds'>,
): Promise<FilmedRoad> {
  const road = new Road(parseSimulatorUrl(url));
  const once = inferringOnce(eye);
  const frames: FilmedFrame[] = [];
  let inferred = 0;
  for await (const { frame, answer, audited } of answered(url, seconds, once, road)) {
    if (audited || answer.origin === 'inferred') inferred++;
    const boxes = strong(await once.infer(frame), eye.thresholds);
    const { seq, sceneMs } = frame;
    const result = structuredClone(resultOf(frame, answer));
    frames.push({ sceneMs, truth: road.truth(seq), signal: road.signal(seq), boxes, result });
  }
  const { width, height, layout } = road;
  return { camera: ruledRoad(road), layout, width, height, frames, inferred };
}

function strong({ data, count }: Detections, thresholds: readonly number[]): Detections {
  const rows = Array.from({ length: count }, (_, i) => data.subarray(i * STRIDE, (i + 1) * STRIDE)).filter(
    (row) => row[4]! >= thresholds[row[5]!]!,
  );
  return { count: rows.length, data: Float32Array.from(rows.flatMap((row) => [...row])) };
}
