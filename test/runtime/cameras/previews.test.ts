import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { createLog, type Log, silentLog } from '../../../src/foundation/log.js';
import { NO_DETECTIONS } from '../../../src/frame/detections.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { decodeImage } from '../../../src/media/image.js';
import { Previews } from '../../../src/runtime/cameras/previews.js';
import { QualityCeiling } from '../../../src/runtime/tuning/quality-ceiling.js';
import { testFrame } from '../../capture/frames.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('previews');

function previewsOf(file?: string, log: Log = silentLog, cameras: object[] = []): Previews {
  const config = configSchema.parse({ cameras, preview: { file, intervalMs: 3_600_000 } });
  return new Previews({ config, classes: () => ['car'], ceiling: new QualityCeiling(), log });
}

/** A black frame of 200 × 100, scaled down from 400 × 200. */
function frame(camera = 'cam1') {
  const size = { width: 200, height: 100, sourceWidth: 400, sourceHeight: 200 };
  return { ...testFrame(0), camera, ...size, data: new Uint8Array(200 * 100 * 3) };
}

const result: FrameResult = {
  camera: 'cam1',
  seq: 0,
  capturedAt: 0,
  sceneMs: 0,
  sourceWidth: 400,
  sourceHeight: 200,
  origin: 'inferred',
  detections: { count: 1, data: Float32Array.of(100, 80, 300, 180, 0.9, 0) },
  trackIds: new Int32Array(1),
  ageMs: 0,
  confidence: 1,
  latencyMs: 1,
  model: 'm',
  variant: 'v',
  provider: 'cpu',
};

test('without a file no preview is due', () => {
  assert.is(previewsOf().wants('cam1'), false);
});

test('a preview is due once per interval and camera, and has its boxes where they are in the scaled frame', async () => {
  const previews = previewsOf(join(folder, '{camera}.jpg'));
  assert.is(previews.wants('cam1'), true);
  const given = frame();
  previews.take(given, result);
  assert.is(previews.wants('cam2'), false, 'one at a time');
  await previews.stop();
  assert.is(given.released, 1);
  assert.equal([previews.wants('cam1'), previews.wants('cam2')], [false, true]);
  const { data, width } = await decodeImage(readFileSync(join(folder, 'cam1.jpg')), 640);
  assert.is(width, 200);
  const brightness = (x: number, y: number) => Math.max(...data.subarray((y * 200 + x) * 3, (y * 200 + x) * 3 + 3));
  assert.is(brightness(150, 65) > 80, true);
  assert.is(brightness(100, 75) < 30, true);
});

test('lines and zones are drawn where their shares of the picture are', async () => {
  const cameras = [{ id: 'cam1', url: 'x.mp4', lines: [{ id: 'gate', from: [0, 0.9], to: [1, 0.9] }] }];
  const previews = previewsOf(join(folder, 'shapes.jpg'), silentLog, cameras);
  previews.take(frame(), { ...result, detections: NO_DETECTIONS });
  await previews.stop();
  const { data } = await decodeImage(readFileSync(join(folder, 'shapes.jpg')), 640);
  const brightness = (x: number, y: number) => Math.max(...data.subarray((y * 200 + x) * 3, (y * 200 + x) * 3 + 3));
  assert.is(brightness(150, 90) > 150, true);
  assert.is(brightness(150, 60) < 30, true);
});

test('a frame that comes while another is written is released unwritten', async () => {
  const previews = previewsOf(join(folder, 'busy-{camera}.jpg'));
  const late = frame('cam2');
  previews.take(frame(), result);
  previews.take(late, result);
  assert.is(late.released, 1);
  await previews.stop();
  assert.is(existsSync(join(folder, 'busy-cam2.jpg')), false);
});

test('a folder that cannot be written is said once, and costs previews only', async () => {
  const lines: string[] = [];
  const log = createLog('warn', { write: (line: string) => void lines.push(line) });
  writeFileSync(join(folder, 'file'), '');
  const previews = previewsOf(join(folder, 'file', 'x.jpg'), log);
  for (let i = 0; i < 2; i++) {
    const given = frame();
    previews.take(given, result);
    await previews.stop();
    assert.is(given.released, 1);
  }
  assert.is(lines.length, 1);
  assert.match(lines[0]!, 'no preview: cannot write the preview');
});

test.run();
