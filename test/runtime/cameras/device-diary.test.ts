import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { Frame } from '../../../src/frame/frame.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { DeviceDiary } from '../../../src/runtime/cameras/device-diary.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { QualityCeiling } from '../../../src/runtime/tuning/quality-ceiling.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const pictures = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jpg'));

test('a running device keeps frames of its cameras in its store where it may, and none where it may not', async () => {
  const folder = temporaryFolder('device-diary');
  for (const enabled of [true, false]) {
    const dir = join(folder, String(enabled));
    const config = configSchema.parse({
      cameras: [{ id: 'sim', url: 'sim://road?traffic=rush&seed=3' }],
      mqtt: { broker: 'off' },
      http: { enabled: false },
      store: { dir },
      diary: { enabled, everyS: 1 },
    });
    let answered = 0;
    const runtime = new Runtime(config, silentLog, { onResult: () => answered++ });
    await runtime.start();
    if (enabled) await eventually('two frames', () => pictures(join(dir, 'diary')).length >= 2, 30_000);
    else await eventually('answers', () => answered >= 20, 30_000);
    await runtime.stop('stopped');
    if (!enabled) assert.not(readdirSync(dir).includes('diary'));
  }
});

test('a frame of long ago that is handed in now is followed by no other before its time', async () => {
  const config = configSchema.parse({ diary: { enabled: true, path: temporaryFolder('device-diary-past') } });
  const device = new DeviceDiary(config, new QualityCeiling(), silentLog);
  await device.start();
  assert.is(device.wants('gate'), true);
  let released = 0;
  const size = { width: 64, height: 48, sourceWidth: 64, sourceHeight: 48 };
  const of2001 = {
    camera: 'gate',
    seq: 0,
    capturedAt: 1e12,
    arrivedAt: 0,
    sceneMs: 0,
    damaged: false,
    data: new Uint8Array(64 * 48 * 3),
  };
  const frame: Frame = { ...size, ...of2001, release: () => void released++ };
  device.take(frame, { detections: { count: 0, data: new Float32Array(0) } } as FrameResult);
  assert.is(device.wants('gate'), false);
  await eventually('its pixels back', () => released === 1);
  assert.is(device.counts()!.kept, 1);
  await device.stop();
});

test('the frames of a tenant have a folder of their own, and an even part of the room', async () => {
  const path = temporaryFolder('device-diary-tenants');
  const config = configSchema.parse({
    tenants: [{ id: 'harbour' }],
    cameras: [
      { id: 'gate', url: 'sim://road' },
      { id: 'quay', url: 'sim://road', tenant: 'harbour' },
    ],
    diary: { enabled: true, path, everyS: 3600, maxFrames: 100 },
  });
  const device = new DeviceDiary(config, new QualityCeiling(), silentLog);
  await device.start();
  const size = { width: 64, height: 48, sourceWidth: 64, sourceHeight: 48, data: new Uint8Array(64 * 48 * 3) };
  for (const [index, camera] of ['gate', 'quay'].entries()) {
    assert.is(device.wants(camera), true);
    const time = { seq: 0, capturedAt: 1e12 + index, arrivedAt: 0, sceneMs: 0, damaged: false };
    const frame: Frame = { ...size, ...time, camera, release: () => undefined };
    device.take(frame, { detections: { count: 0, data: new Float32Array(0) } } as FrameResult);
  }
  await eventually('both', () => device.counts()!.kept === 2);
  await device.stop();
  assert.equal([pictures(path).length, pictures(join(path, 'tenants', 'harbour')).length], [1, 1]);
});

test.run();
