import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_DETECTIONS } from '../../../src/frame/detections.js';
import { Compressor } from '../../../src/media/compression/compressor.js';
import { decodeImage } from '../../../src/media/image.js';
import { Snapshots, type SnapshotsParts } from '../../../src/runtime/cameras/snapshots.js';
import { QualityCeiling } from '../../../src/runtime/tuning/quality-ceiling.js';
import { testFrame } from '../../capture/frames.js';
import { seeded } from '../../seeded.js';

const CALL = { by: 'key', toSite: false, signed: null };

function snapshots(parts: Partial<SnapshotsParts> = {}) {
  const it = new Snapshots({
    cameras: () => [{ id: 'cam1', obstacle: null }],
    room: () => 255_000,
    ceiling: new QualityCeiling(),
    compressor: new Compressor(),
    ...parts,
  });
  const [command] = it.commands;
  const ask = (body: object): Promise<Record<string, unknown>> =>
    Promise.resolve().then(() => command!.handle(command!.payload.parse(body), CALL));
  return { it, ask };
}

/** Noise, which compresses badly. */
function noise(width: number, height: number) {
  const random = seeded(1);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random() * 256);
  return { ...testFrame(0), width, height, sourceWidth: width, sourceHeight: height, data };
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  );

test('the next picture is the answer, to everybody who waits for it', async () => {
  const { it, ask } = snapshots();
  assert.is(it.wants('cam1'), false);
  const asked = [ask({ camera: 'cam1' }), ask({})];
  await Promise.resolve();
  assert.is(it.wants('cam1'), true);
  const frame = noise(64, 48);
  it.take(frame, { capturedAt: 7, detections: NO_DETECTIONS });
  const [one, other] = await Promise.all(asked);
  assert.equal([one!['camera'], one!['capturedAt'], one!['width'], one!['quality']], ['cam1', 7, 64, 85]);
  const { width, height } = await decodeImage(Buffer.from(one!['jpeg'] as string, 'base64'), 640);
  assert.equal([width, height, one!['jpeg'] === other!['jpeg']], [64, 48, true]);
  assert.equal([frame.released, it.wants('cam1')], [1, false]);
});

test('a picture is encoded worse until it has the bytes that it may, and is refused where none is small enough', async () => {
  const { it, ask } = snapshots();
  const small = ask({ maxBytes: 12_000 });
  await Promise.resolve();
  it.take(noise(160, 120), { capturedAt: 7, detections: NO_DETECTIONS });
  const { bytes, quality } = await small;
  assert.ok((bytes as number) <= 12_000 && (quality as number) < 85, `${bytes} bytes at ${quality}`);
  const tiny = refusal(ask({ maxBytes: 2000 }));
  await Promise.resolve();
  it.take(noise(160, 120), { capturedAt: 7, detections: NO_DETECTIONS });
  assert.match(await tiny, /^the picture of cam1 has \d+ bytes at least, and 2000 may be sent/);
});

test('what the broker takes bounds it too', async () => {
  const { it, ask } = snapshots({ room: () => 4600 });
  const asked = refusal(ask({}));
  await Promise.resolve();
  it.take(noise(320, 240), { capturedAt: 7, detections: NO_DETECTIONS });
  assert.match(await asked, /and 3000 may be sent/);
});

test('a camera that is not there, gives nothing, or never answers is told, and so is asking too fast', async () => {
  const away = snapshots({ cameras: () => [{ id: 'cam1', obstacle: 'it is reconnecting (refused)' }] });
  assert.is(await refusal(away.ask({})), 'no picture of cam1: it is reconnecting (refused)');
  assert.is(await refusal(away.ask({ camera: 'cam2' })), 'camera: expected one of cam1, got cam2');
  const { it, ask } = snapshots({ timeoutMs: 20 });
  assert.is(await refusal(ask({})), 'no picture of cam1 within 0.02 s');
  assert.is(it.wants('cam1'), false);
  const many = await Promise.all(Array.from({ length: 5 }, () => refusal(ask({}))));
  assert.is(many.at(-1), 'pictures are asked for too fast: one every five seconds');
});

test.run();
