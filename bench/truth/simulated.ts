import { film } from '../../scripts/answering-pictures/answered.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import { parseSimulatorUrl, TRAFFIC_LEVELS, type TrafficLevel } from '../../src/simulator/options.js';
import { Road, type Truth } from '../../src/simulator/road.js';
import type { JudgedTruth, TrueBox, TrueFrame } from './sequence.js';

/** Other roads than those of the other benchmarks. */
const FIRST_SEED = 760;
/** What is hidden by more than this need not be found, and may be. */
const LEAST_VISIBLE = 0.5;
const LEAST_IOU = 0.5;

/** A simulated road and what is on it: nobody had to look, for the simulator knows. */
export interface SimulatedSequence extends JudgedTruth {
  readonly name: string;
  frames(): Iterable<Frame>;
}

/** Each kind of traffic, so many roads of it for so many seconds, one painted after the other; the pictures are the camera's, without a codec. */
export function* simulatedSequences(roads: number, seconds: number): Generator<SimulatedSequence> {
  for (const traffic of TRAFFIC_LEVELS.filter((one) => one !== 'empty')) {
    for (let i = 0; i < roads; i++) yield simulatedSequence(traffic, FIRST_SEED + i, seconds);
  }
}

/** One road of a kind of traffic. */
export function simulatedSequence(traffic: TrafficLevel, seed: number, seconds: number): SimulatedSequence {
  const url = `sim://road?seed=${seed}&traffic=${traffic}`;
  const road = new Road(parseSimulatorUrl(url));
  const truth = Array.from({ length: seconds * road.fps }, (_, frame) => trueFrame(frame, road.truth(frame)));
  const judged = { truth, firstFrame: 0, ignore: [], leastIou: LEAST_IOU };
  return { name: `sim-${traffic}-${seed}`, ...judged, frames: () => film(url, seconds, road) };
}

function trueFrame(frame: number, { count, data, ids, visible }: Truth): TrueFrame {
  const boxes: TrueBox[] = [];
  const ignore: (readonly number[])[] = [];
  for (let row = 0; row < count; row++) {
    const [x1, y1, x2, y2] = data.subarray(row * STRIDE, row * STRIDE + 4) as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    if (visible[row]! < LEAST_VISIBLE) ignore.push([x1, y1, x2, y2]);
    else boxes.push([x1, y1, x2, y2, String(data[row * STRIDE + 5]), ids[row]!]);
  }
  return { frame, boxes, ignore };
}
