import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { Letterbox } from '../../src/detect/letterbox.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { iou } from '../../src/frame/box.js';
import { COCO_CLASSES } from '../../src/models/coco.js';
import { hasDotProduct, hostOf } from '../../src/models/default-variant.js';
import { buildLoadRequest } from '../../src/models/load-request.js';
import { ModelRegistry } from '../../src/models/registry.js';
import { DirectSession, loadRequest } from '../detect/worker/onnx-session.js';
import { type Register, where } from '../optional.js';

/** Labelled pictures and other people's models: beside the project where it is developed, not part of it. */
const SHARED = join(PROJECT_ROOT, '../shared');
const PICTURES = join(SHARED, 'images/eval');
const YOLOX = join(SHARED, 'models/yolox_nano_416x416.onnx');

const needsFile = (file: string): Register => where(existsSync(file), file.slice(SHARED.length + 1), test);

/** Corners in pixels of the source. */
type Box = readonly [x1: number, y1: number, x2: number, y2: number];

interface Labelled {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly vehicles: readonly Box[];
}

/** Vehicles are label classes 0 to 3: car, truck, bus, motorcycle. */
async function labelled(name: string): Promise<Labelled> {
  const { data, info } = await sharp(join(PICTURES, 'images', name))
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const lines = readFileSync(join(PICTURES, 'labels', name.replace(/\.jpg$/, '.txt')), 'utf8')
    .trim()
    .split('\n');
  const vehicles = lines
    .map((line) => line.split(' ').map(Number) as [number, number, number, number, number])
    .filter(([label]) => label <= 3)
    .map(([, cx, cy, w, h]): Box => {
      const [x, y] = [cx * info.width, cy * info.height];
      return [x - (w * info.width) / 2, y - (h * info.height) / 2, x + (w * info.width) / 2, y + (h * info.height) / 2];
    });
  return { data, width: info.width, height: info.height, vehicles };
}

async function boxesOn(session: DirectSession, picture: Labelled, width: number, height: number): Promise<number[][]> {
  const letterbox = new Letterbox(picture.width, picture.height, width, height);
  const input = new Uint8Array(width * height * 3);
  letterbox.apply(picture.data, input);
  const [rows] = await session.detect(input);
  const flat = Float32Array.from(rows!.flat());
  letterbox.unmap(flat, rows!.length, picture.width, picture.height);
  return rows!.map((_, i) => [...flat.subarray(i * 6, i * 6 + 6)]);
}

/** Of the pictures' vehicles at least 3 % of the picture wide, how many were found; and of the boxes, how many are vehicles. */
async function score(session: DirectSession, names: readonly string[], width: number, height: number) {
  let [labels, found, boxes, right] = [0, 0, 0, 0];
  for (const name of names) {
    const picture = await labelled(name);
    const rows = await boxesOn(session, picture, width, height);
    const large = picture.vehicles.filter((box) => box[2] - box[0] >= 0.03 * picture.width);
    labels += large.length;
    found += large.filter((box) => rows.some((row) => iou(box, 0, row, 0) >= 0.5)).length;
    boxes += rows.length;
    right += rows.filter((row) => picture.vehicles.some((box) => iou(box, 0, row, 0) >= 0.5)).length;
  }
  return { recall: found / labels, precision: right / boxes, labels };
}

const roadsidePictures = () =>
  readdirSync(join(PICTURES, 'images'))
    .filter((name) => name.startsWith('duc_'))
    .slice(0, 40);

test('the files of the shipped models are the ones that their manifests mean', async () => {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const results = (await registry.verify()).filter(({ model }) => model.startsWith('roadside-'));
  assert.equal(new Set(results.map(({ model }) => model)), new Set(['roadside-n', 'roadside-s']));
  assert.equal(
    results.filter(({ problem }) => problem !== null),
    [],
  );
});

const int8 = hasDotProduct(hostOf('cpu'));

for (const [variant, least] of [
  ['fp32-416x256', 0.8],
  ['fp32-320x192', 0.7],
  ['int8-416x256', 0.8],
  ['int8-fused-416x256', 0.8],
  ['int8-fused-320x192', 0.7],
] as const) {
  const runs = int8 || !variant.startsWith('int8');
  const register = runs ? needsFile(PICTURES) : where(false, 'processor with dot products of bytes', test);
  register(`roadside-n ${variant} finds vehicles in roadside pictures`, async () => {
    const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
    const entry = await registry.find('roadside-n', variant);
    const { model, detector } = configSchema.parse({});
    const request = buildLoadRequest(entry, model, detector);
    const session = await DirectSession.open(entry.file, request);
    const { recall, precision } = await score(session, roadsidePictures(), request.input.width, request.input.height);
    await session.release();
    assert.ok(recall > least && precision > 0.85, `recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`);
  });
}

needsFile(YOLOX)(
  'the official YOLOX-nano, with our tensors and decoder, finds vehicles in roadside pictures',
  async () => {
    const vehicles = ['car', 'motorcycle', 'bus', 'truck'];
    const request = loadRequest({
      family: 'yolox',
      classes: COCO_CLASSES,
      width: 416,
      height: 416,
      scoreThresholds: COCO_CLASSES.map((name) => (vehicles.includes(name) ? 0.3 : 2)),
    });
    const session = await DirectSession.open(YOLOX, { ...request, input: { ...request.input, colour: 'bgr' } });
    const { recall, precision } = await score(session, roadsidePictures(), 416, 416);
    await session.release();
    assert.ok(recall > 0.75 && precision > 0.8, `recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`);
  },
);

test.run();
