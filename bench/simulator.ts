import { join } from 'node:path';
import { configSchema } from '../src/config/config.js';
import { Letterbox } from '../src/detect/letterbox.js';
import { openSession, type Session } from '../src/detect/worker/session.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { quantile } from '../src/foundation/statistics.js';
import { iou } from '../src/frame/box.js';
import { buildLoadRequest } from '../src/models/load-request.js';
import { ModelRegistry } from '../src/models/registry.js';
import { parseSimulatorUrl } from '../src/simulator/options.js';
import { Road, type Truth } from '../src/simulator/road.js';
import { readOptions, text, wholeNumber, wholeNumbers } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- simulator [--seeds 101,202,303] [--frames 40] [--model roadside-n] [--variant default]

The default detector looks at simulated cameras whose truth is known. recall: vehicles wider than 24 px with at least
half of them visible that some vehicle box overlaps by IoU 0.5; classExact: with the right class; precision: boxes that
overlap a vehicle of any size and visibility. Frames are 37 apart; the render cost is that of frames in a row.
`;

/** What the weather and traffic of a row are; the seed is added. */
const CASES: Readonly<Record<string, string>> = {
  light: 'traffic=light',
  mixed: 'traffic=mixed',
  rush: 'traffic=rush',
  night: 'traffic=night',
  rain: 'traffic=mixed&rain=0.7',
};

const LEAST_WIDTH = 24;
const LEAST_VISIBLE = 0.5;
const LEAST_IOU = 0.5;
/** Frames between two that are detected on: vehicles have moved by then. */
const STEP = 37;
const RENDER_FRAMES = 200;
/** car, truck, bus, motorcycle; bicycles and persons are not simulated. */
const VEHICLE_CLASSES = 4;

/** Counts over the frames of a case. */
interface Tally {
  vehicles: number;
  found: number;
  classExact: number;
  boxes: number;
  right: number;
}

/** Detector and its place to put boxes. */
interface Eye {
  readonly session: Session;
  readonly letterbox: Letterbox;
  readonly input: Uint8Array;
}

/** Recall, precision and cost of the simulated camera. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seeds, frames, model, variant } = readOptions(args, USAGE, {
    seeds: wholeNumbers({ least: 0, usual: [101, 202, 303] }),
    frames: wholeNumber({ least: 1, usual: 40 }),
    model: text('roadside-n'),
    variant: text('default'),
  });
  const eye = await openEye(model, variant);
  const total = noTally();
  const rows = [];
  for (const [name, query] of Object.entries(CASES)) {
    const tally = noTally();
    const renderMs: number[] = [];
    for (const seed of seeds) await measure(`sim://road?seed=${seed}&${query}`, frames, eye, tally, renderMs);
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
    rows.push({
      case: name,
      ...shares(tally),
      ...costs(renderMs),
      vehicles: tally.vehicles,
      frames: frames * seeds.length,
    });
  }
  await eye.session.release();
  const whole = shares(total);
  const slowest = Math.max(...rows.map((row) => row.renderP50Ms));
  return {
    name: 'simulator',
    rows,
    goals: [
      { name: 'recall, vehicles wider than 24 px', value: whole.recall, goal: '>= 0.90', met: whole.recall >= 0.9 },
      { name: 'precision', value: whole.precision, goal: '>= 0.90', met: whole.precision >= 0.9 },
      { name: 'render p50 ms per 640x360 frame, worst case', value: slowest, goal: '< 3', met: slowest < 3 },
    ],
    notes: [`seeds ${seeds.join(', ')}; model ${eye.session.info.model} ${eye.session.info.variant}`],
  };
}

async function openEye(model: string, variant: string): Promise<Eye> {
  const config = configSchema.parse({ model: { name: model, variant } });
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, config.model.dir));
  const request = buildLoadRequest(await registry.find(model, variant), config.model, config.detector);
  const session = await openSession(request, (text) => process.stderr.write(`${text}\n`));
  const { width, height } = request.input;
  return { session, letterbox: new Letterbox(640, 360, width, height), input: new Uint8Array(width * height * 3) };
}

async function measure(url: string, frames: number, eye: Eye, tally: Tally, renderMs: number[]): Promise<void> {
  const road = new Road(parseSimulatorUrl(url));
  const picture = new Uint8Array(road.width * road.height * 3);
  for (let i = 0; i < RENDER_FRAMES; i++) {
    const began = performance.now();
    road.render(i, picture);
    // the first frames are the compiler's
    if (i >= 50) renderMs.push(performance.now() - began);
  }
  for (let k = 0; k < frames; k++) {
    const index = RENDER_FRAMES + k * STEP;
    road.render(index, picture);
    eye.letterbox.apply(picture, eye.input);
    const count = await eye.session.detect(1, eye.input);
    eye.letterbox.unmap(eye.session.rows, count, road.width, road.height);
    judge(eye.session.rows, count, road.truth(index), tally);
  }
}

/** Counts one frame's hits and misses. */
function judge(boxes: Float32Array, count: number, truth: Truth, tally: Tally): void {
  for (let b = 0; b < count; b++) {
    if (boxes[b * 6 + 5]! >= VEHICLE_CLASSES) continue;
    tally.boxes++;
    for (let t = 0; t < truth.count; t++) {
      if (iou(boxes, b * 6, truth.data, t * 6) < LEAST_IOU) continue;
      tally.right++;
      break;
    }
  }
  for (let t = 0; t < truth.count; t++) {
    const wide = truth.data[t * 6 + 2]! - truth.data[t * 6]! > LEAST_WIDTH;
    if (!wide || truth.visible[t]! < LEAST_VISIBLE) continue;
    tally.vehicles++;
    let found = false;
    let exact = false;
    for (let b = 0; b < count; b++) {
      if (boxes[b * 6 + 5]! >= VEHICLE_CLASSES || iou(boxes, b * 6, truth.data, t * 6) < LEAST_IOU) continue;
      found = true;
      exact ||= boxes[b * 6 + 5] === truth.data[t * 6 + 5];
    }
    if (found) tally.found++;
    if (exact) tally.classExact++;
  }
}

function noTally(): Tally {
  return { vehicles: 0, found: 0, classExact: 0, boxes: 0, right: 0 };
}

function shares({ vehicles, found, classExact, boxes, right }: Tally) {
  return {
    recall: round(found / vehicles),
    classExact: round(classExact / vehicles),
    precision: round(right / boxes),
  };
}

function costs(renderMs: readonly number[]) {
  return { renderP50Ms: round(quantile(renderMs, 0.5)!), renderP95Ms: round(quantile(renderMs, 0.95)!) };
}
