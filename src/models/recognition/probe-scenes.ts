import { parseSimulatorUrl, type SimulatorOptions } from '../../simulator/options.js';
import { Random } from '../../simulator/random.js';
import { Road } from '../../simulator/road.js';

/** A picture that an unknown model is shown. */
export interface ProbeScene {
  /** For people: `road 1`, `noise`, or the frame's own name. */
  readonly id: string;
  /** `road`: drawn, so that it is known what is in it; `frame`: somebody's own; `noise` and `grey`: there is nothing in it. */
  readonly kind: 'road' | 'frame' | 'noise' | 'grey';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** RGB24. */
  readonly data: Uint8Array;
  /** Boxes of the vehicles in it that nobody should miss, x1, y1, x2, y2 each, in its pixels; null where nobody knows. */
  readonly vehicles: Float32Array | null;
}

/** A straight road with many cars near and far; public COCO detectors of the smallest kind find most of them. */
const ROAD = 'sim://road?seed=3&traffic=rush&trees=0';
/** Far enough from each other that every vehicle is another one. */
const MOMENTS = [500, 900, 1300];
/** The part of a picture that is shown again in twice the size: near vehicles, as a camera sees them that hangs low. */
const ZOOM = 2;
/** A vehicle counts as one that nobody should miss from this share of it on that can be seen, and this many pixels across. */
const LEAST_VISIBLE = 0.7;
const LEAST_WIDTH = 24;

let drawn: Promise<readonly ProbeScene[]> | null = null;

/** Pictures of a simulated road at two scales; drawn once per process, which takes one to three seconds. */
export function roadScenes(): Promise<readonly ProbeScene[]> {
  drawn ??= draw();
  return drawn;
}

/** Pictures with nothing in them, of a camera's shape: sensor noise over the whole range, and the grey of padding. */
export function blankScenes(): ProbeScene[] {
  const [width, height] = [640, 360];
  const random = new Random(1);
  const noise = Uint8Array.from({ length: width * height * 3 }, () => random.index(256));
  const grey = new Uint8Array(width * height * 3).fill(114);
  const vehicles = new Float32Array(0);
  return [
    { id: 'noise', kind: 'noise', width, height, data: noise, vehicles },
    { id: 'grey', kind: 'grey', width, height, data: grey, vehicles },
  ];
}

/** The first of them alone, in which every detector of vehicles that works finds most. */
export async function firstRoadScene(): Promise<ProbeScene> {
  const options = parseSimulatorUrl(ROAD);
  return sceneAt(await openRoad(options), options, MOMENTS[0]!, 'road 1');
}

async function draw(): Promise<ProbeScene[]> {
  const options = parseSimulatorUrl(ROAD);
  const road = await openRoad(options);
  const scenes = MOMENTS.map((moment, index) => sceneAt(road, options, moment, `road ${index + 1}`));
  return [...scenes, zoomed(scenes[0]!)];
}

const openRoad = async (options: SimulatorOptions): Promise<Road> =>
  (await Road.open(options, new AbortController().signal))!;

function sceneAt(road: Road, { width, height }: SimulatorOptions, moment: number, id: string): ProbeScene {
  const data = new Uint8Array(width * height * 3);
  road.render(moment, data);
  const truth = road.truth(moment);
  const boxes: number[] = [];
  for (let row = 0; row < truth.count; row++) {
    const [x1, y1, x2, y2] = truth.data.subarray(row * 6, row * 6 + 4) as unknown as [number, number, number, number];
    if (truth.visible[row]! >= LEAST_VISIBLE && x2 - x1 >= LEAST_WIDTH) boxes.push(x1, y1, x2, y2);
  }
  return { id, kind: 'road', width, height, data, vehicles: Float32Array.from(boxes) };
}

/** The lower middle of a scene, every pixel twice as wide and high. */
function zoomed({ width, height, data, vehicles, kind }: ProbeScene): ProbeScene {
  const left = Math.floor((width - width / ZOOM) / 2);
  const top = height - height / ZOOM;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((top + Math.floor(y / ZOOM)) * width + left + Math.floor(x / ZOOM)) * 3;
      const to = (y * width + x) * 3;
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  }
  const boxes: number[] = [];
  for (let i = 0; i < vehicles!.length; i += 4) {
    const x1 = (vehicles![i]! - left) * ZOOM;
    const y1 = (vehicles![i + 1]! - top) * ZOOM;
    const x2 = (vehicles![i + 2]! - left) * ZOOM;
    const y2 = (vehicles![i + 3]! - top) * ZOOM;
    if (x1 >= 0 && y1 >= 0 && x2 <= width && y2 <= height) boxes.push(x1, y1, x2, y2);
  }
  return { id: 'road 1 from near', kind, width, height, data: out, vehicles: Float32Array.from(boxes) };
}
