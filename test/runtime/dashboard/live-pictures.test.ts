import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LiveAnswer } from '../../../src/dashboard/api/now.js';
import { decodeImage } from '../../../src/media/image.js';
import { LivePictures } from '../../../src/runtime/dashboard/live-pictures.js';
import { QualityCeiling } from '../../../src/runtime/tuning/quality-ceiling.js';
import { testFrame } from '../../capture/frames.js';
import { seeded } from '../../seeded.js';

/** Noise, which compresses badly. */
function noise(width: number, height: number) {
  const random = seeded(1);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random() * 256);
  return { ...testFrame(0), width, height, sourceWidth: width, sourceHeight: height, data };
}

function pictures(timeoutMs = 60_000) {
  const clock = { now: 0 };
  const ceiling = new QualityCeiling();
  const it = new LivePictures({ ceiling, now: () => clock.now, timeoutMs });
  return { it, clock, ceiling };
}
const answer = (seq: number) => (): LiveAnswer => ({
  camera: 'cam1',
  seq,
  capturedAt: seq,
  width: 2,
  height: 1,
  origin: 'inferred',
  ageMs: 0,
  confidence: 1,
  latencyMs: 1,
  boxes: [],
});
const waiting = (): AbortSignal => new AbortController().signal;

test('pictures are wanted only while somebody looks, and one is made for all who do', async () => {
  const { it } = pictures();
  assert.is(it.wants('cam1'), false);
  const asked = [it.picture('cam1', waiting()), it.picture('cam1', waiting()), it.picture('cam1', waiting())];
  assert.equal([it.wants('cam1'), it.wants('cam2')], [true, false]);
  const frame = testFrame(0);
  it.take(frame, answer(4));
  assert.is(it.wants('cam1'), false);
  const [one, two, three] = await Promise.all(asked);
  assert.ok(one !== null && one === two && two === three);
  assert.equal([one!.answer.seq, it.counts.encoded], [4, 1]);
  await it.stop();
  assert.is(frame.released, 1);
});

test('there are two a second at most, and who asks sooner is given the same again', async () => {
  const { it, clock } = pictures();
  const first = it.picture('cam1', waiting());
  it.take(testFrame(0), answer(1));
  await first;
  clock.now = 499;
  assert.is(await it.picture('cam1', waiting()), await first);
  assert.is(it.wants('cam1'), false);
  clock.now = 500;
  const second = it.picture('cam1', waiting());
  await it.picture('cam2', AbortSignal.abort());
  assert.is(it.wants('cam1'), true);
  it.take(testFrame(1), answer(2));
  assert.is((await second)!.answer.seq, 2);
});

test('a picture is 640 pixels wide and 60 kB at most, and under the ceiling of quality', async () => {
  const { it, clock, ceiling } = pictures();
  const wide = it.picture('cam1', waiting());
  it.take(noise(1280, 720), answer(1));
  const jpeg = (await wide)!.jpeg;
  assert.ok(jpeg.byteLength <= 60_000, `${jpeg.byteLength} bytes`);
  const { width, height } = await decodeImage(jpeg, 2000);
  assert.equal([width, height], [640, 360]);
  const sizes: number[] = [];
  for (const value of [100, 10]) {
    clock.now += 1000;
    ceiling.value = value;
    const small = it.picture('cam2', waiting());
    it.take({ ...noise(160, 90), camera: 'cam2' }, answer(2));
    sizes.push((await small)!.jpeg.byteLength);
  }
  assert.ok(sizes[1]! < sizes[0]! / 2, `${sizes}`);
});

test('who goes, who waits too long and who waits at the end is told that there is none', async () => {
  const { it } = pictures(1);
  assert.is(await it.picture('cam1', waiting()), null);
  const gone = new AbortController();
  const slow = pictures().it;
  const leaving = slow.picture('cam1', gone.signal);
  gone.abort();
  assert.is(await leaving, null);
  assert.is(slow.wants('cam1'), false);
  const last = slow.picture('cam1', waiting());
  await slow.stop();
  assert.is(await last, null);
});

test('a picture that cannot be made is told, and its frame given back', async () => {
  const { it, clock } = pictures();
  const asked = it.picture('cam1', waiting());
  const broken = { ...testFrame(0), data: new Uint8Array(3) };
  it.take(broken, answer(1));
  assert.is(await asked, null);
  await it.stop();
  assert.equal([broken.released, it.counts.failed], [1, 1]);
  clock.now = 1000;
  const next = it.picture('cam1', waiting());
  it.take(testFrame(1), answer(2));
  assert.is((await next)!.answer.seq, 2);
});

test.run();
