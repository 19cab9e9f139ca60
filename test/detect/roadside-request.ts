import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadRequest } from '../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type Register, where } from '../optional.js';

/** The small default model, wherever this checkout has it; null where it has not. */
export const ROADSIDE_FILE = findModel();

function findModel(): string | null {
  const folder = join(PROJECT_ROOT, 'models', 'roadside-n');
  const own = existsSync(folder) ? readdirSync(folder).find((name) => /(n|fp32)\.onnx$/.test(name)) : undefined;
  const candidates = [...(own ? [join(folder, own)] : []), join(PROJECT_ROOT, '../shared/models/roadside-n.onnx')];
  return candidates.find((file) => existsSync(file)) ?? null;
}

/** A load request for roadside-n at 160×96, small enough to run in a millisecond or two. */
export function roadsideRequest(changes: Partial<LoadRequest> = {}): LoadRequest {
  const file = ROADSIDE_FILE ?? '/no/model/here.onnx';
  return {
    model: 'roadside-n',
    variant: 'fp32',
    file,
    sha256: ROADSIDE_FILE ? createHash('sha256').update(readFileSync(file)).digest('hex') : '',
    family: 'roadside',
    output: 'raw',
    classes: ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'],
    input: {
      width: 160,
      height: 96,
      layout: 'nchw',
      type: 'float32',
      colour: 'rgb',
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    batchSizes: [1, 2],
    scoreThresholds: [0.35, 0.35, 0.35, 0.35, 0.35, 0.35],
    iouThreshold: 0.6,
    maxDetections: 200,
    session: {
      providers: [{ name: 'cpu', options: {} }],
      intraOpThreads: 1,
      arena: true,
      memoryPattern: true,
      spinning: false,
      binding: null,
    },
    ...changes,
  };
}

/** A grey picture of 160×96. */
export const GREY = { width: 160, height: 96, data: new Uint8Array(160 * 96 * 3).fill(114) };

/** `test`, or, where the model is not here, a `test` that skips and says so. */
export const needsModel = (test: Register & { skip: Register }): Register =>
  where(ROADSIDE_FILE !== null, 'roadside-n model', test);
