import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceError } from '../../src/foundation/errors.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { takeFrames } from './frames.js';
import { sourceContract } from './source-contract.js';
import { makeClip, openCamera } from './sources.js';

const folder = temporaryFolder('file-source');
const clip = makeClip(join(folder, 'clip.mp4'));

sourceContract('file', () => openCamera({ url: clip }));
sourceContract('file read fast', () => openCamera({ url: clip, pace: 'fast' }));

async function readAll(camera: Parameters<typeof openCamera>[0], env = process.env) {
  const source = openCamera({ pace: 'fast', ...camera }, {}, { env });
  await source.start();
  const frames = await takeFrames(source.frames(), 1000);
  const health = source.health();
  await source.stop();
  return { frames, health };
}

async function refusal(url: string): Promise<string> {
  const source = openCamera({ url });
  try {
    await source.start();
  } catch (error) {
    assert.instance(error, SourceError);
    return (error as SourceError).message;
  } finally {
    await source.stop();
  }
  return 'started';
}

test('a file read fast gives every frame once, with its time in the film', async () => {
  const { frames, health } = await readAll({ url: clip });
  assert.is(frames.length, 20);
  assert.equal(
    frames.slice(0, 4).map((f) => [f.seq, Math.round(f.sceneMs), f.width, f.height]),
    [
      [0, 0, 320, 240],
      [1, 100, 320, 240],
      [2, 200, 320, 240],
      [3, 300, 320, 240],
    ],
  );
  assert.equal([health.state, health.expectedFps, health.counters.captured], ['ended', 10, 20]);
  assert.equal([health.counters.droppedQueue, health.lastError], [0, null]);
});

test('the bundled ffmpeg reads files where the system has none', async () => {
  const { frames } = await readAll({ url: clip, maxFps: 5 }, { PATH: folder });
  assert.equal(
    frames.slice(0, 3).map((f) => Math.round(f.sceneMs)),
    [0, 200, 400],
  );
});

test('a wide picture is scaled down with its aspect, and tells its own size', async () => {
  const { frames } = await readAll({ url: clip, maxWidth: 100 });
  const { width, height, sourceWidth, sourceHeight } = frames[0]!;
  assert.equal([width, height, sourceWidth, sourceHeight], [100, 76, 320, 240]);
});

const sizesOf = async (camera: Parameters<typeof openCamera>[0]) => {
  const { width, height, sourceWidth, sourceHeight } = (await readAll(camera)).frames[0]!;
  return [width, height, sourceWidth, sourceHeight];
};

test('a squeezed picture becomes upright, and tells the size that it has then', async () => {
  const wide = makeClip(join(folder, 'sar2.mp4'), { size: '160x180', seconds: 1, args: ['-vf', 'setsar=2/1'] });
  assert.equal(await sizesOf({ url: wide }), [320, 180, 320, 180]);
  assert.equal(await sizesOf({ url: wide, maxWidth: 100 }), [100, 56, 320, 180]);
  const high = makeClip(join(folder, 'field.mp4'), { size: '352x144', seconds: 1, args: ['-vf', 'setsar=6/11'] });
  assert.equal(await sizesOf({ url: high }), [352, 264, 352, 264]);
});

test('an absurd shape of pixels is not believed', async () => {
  const absurd = makeClip(join(folder, 'sar100.mp4'), { seconds: 1, args: ['-vf', 'setsar=100/1'] });
  assert.equal(await sizesOf({ url: absurd }), [320, 240, 320, 240]);
});

test('a picture is stretched to the shape that the camera says to have, whatever its stream says', async () => {
  assert.equal(await sizesOf({ url: clip, aspect: '16:9' }), [426, 240, 427, 240]);
  const wide = makeClip(join(folder, 'wrong.mp4'), { size: '160x180', seconds: 1, args: ['-vf', 'setsar=3/1'] });
  assert.equal(await sizesOf({ url: wide, aspect: 1.6 }), [288, 180, 288, 180]);
});

test('filters of one camera stand in for those of all', async () => {
  assert.equal(await sizesOf({ url: clip, filters: 'crop=200:100' }), [200, 100, 200, 100]);
});

test('a narrow picture is left as it is', async () => {
  assert.is((await readAll({ url: clip, maxWidth: 2000 })).frames[0]!.width, 320);
});

test('a rate limit leaves frames out, evenly, and never gives one twice', async () => {
  const half = await readAll({ url: clip, maxFps: 5 });
  assert.equal(
    half.frames.map((f) => Math.round(f.sceneMs)),
    [0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800],
  );
  assert.is((await readAll({ url: clip, maxFps: 60 })).frames.length, 20);
});

test('a file loops for as long as it is read, on one clock', async () => {
  const source = openCamera({ url: clip, pace: 'fast', loop: true });
  await source.start();
  const frames = await takeFrames(source.frames(), 45);
  await source.stop();
  assert.is(frames[44]!.seq, 44);
  assert.is(Math.abs(frames[44]!.sceneMs - 4400) < 150, true);
});

test('a file played at its own rate drops its oldest frames when nobody reads', async () => {
  const source = openCamera({ url: clip });
  await source.start();
  await eventually('a dropped frame', () => source.health().counters.droppedQueue > 0);
  const [first] = await takeFrames(source.frames(), 1);
  const { droppedQueue } = source.health().counters;
  await source.stop();
  assert.is(droppedQueue > 0, true);
  assert.is(first!.seq > 0, true);
});

test('a picture that changes its size in mid-stream is survived, counted, and tells its new size', async () => {
  const second = makeClip(join(folder, 'b.ts'), { size: '640x360', args: ['-output_ts_offset', '2'] });
  const first = makeClip(join(folder, 'a.ts'));
  writeFileSync(join(folder, 'ab.ts'), Buffer.concat([readFileSync(first), readFileSync(second)]));
  const { frames, health } = await readAll({ url: join(folder, 'ab.ts') });
  assert.is(health.counters.resolutionChanges, 1);
  assert.equal([frames[0]!.sourceWidth, frames.at(-1)!.sourceWidth], [320, 640]);
  assert.is(frames.length >= 38, true);
});

test('timestamps that wrap around in mid-file neither stall it nor move its clock back', async () => {
  // 33 bits at 90 kHz end after 95443.7 s
  const wrapping = makeClip(join(folder, 'wrap.ts'), { seconds: 6, args: ['-output_ts_offset', '95440'] });
  const { frames } = await readAll({ url: wrapping, maxFps: 5 });
  assert.is(frames.length, 30);
  assert.is(Math.abs(frames[29]!.sceneMs - 5800) < 250, true);
});

test('timestamps that jump by hours are counted and passed over', async () => {
  const late = makeClip(join(folder, 'late.ts'), { args: ['-output_ts_offset', '90000'] });
  const early = makeClip(join(folder, 'early.ts'), { args: ['-output_ts_offset', '5'] });
  writeFileSync(join(folder, 'jump.ts'), Buffer.concat([readFileSync(late), readFileSync(early)]));
  const { frames, health } = await readAll({ url: join(folder, 'jump.ts'), maxFps: 5 });
  assert.is(health.counters.timestampJumps >= 1, true);
  assert.is(frames.length >= 19, true);
  assert.is(frames.at(-1)!.sceneMs < 5000, true);
});

test('garbage bytes inside a stream cost frames, not the stream', async () => {
  const bytes = readFileSync(makeClip(join(folder, 'clean.ts'), { seconds: 4 }));
  bytes.fill(0xa5, Math.floor(bytes.length * 0.4), Math.floor(bytes.length * 0.45));
  writeFileSync(join(folder, 'garbage.ts'), bytes);
  const { frames, health } = await readAll({ url: join(folder, 'garbage.ts') });
  assert.is(health.state, 'ended');
  assert.is(frames.length > 20, true);
});

test('a truncated file gives what it holds and ends', async () => {
  const cut = makeClip(join(folder, 'cut.ts'), { seconds: 4 });
  truncateSync(cut, Math.floor(readFileSync(cut).length / 2));
  const { frames, health } = await readAll({ url: cut });
  assert.is(health.state, 'ended');
  assert.is(frames.length > 5 && frames.length < 40, true);
});

test('a file that is not there is refused at the start, with its name', async () => {
  assert.match(await refusal(join(folder, 'nope.mp4')), /expected a file that can be read, got .*nope\.mp4/);
});

test('a file that is no video is refused at the start, with the reason', async () => {
  writeFileSync(join(folder, 'noise.mp4'), Buffer.alloc(5000, 0xfa));
  assert.match(await refusal(join(folder, 'noise.mp4')), /noise\.mp4: .*Invalid data.*is it a video\?/);
});

test('a file that holds words, or nothing, in place of a video is told to', async () => {
  writeFileSync(join(folder, 'page.mp4'), '<html><title>404 Not Found</title></html>');
  writeFileSync(join(folder, 'empty.mp4'), '');
  assert.match(await refusal(join(folder, 'page.mp4')), 'it holds a web page ("404 Not Found")');
  assert.match(await refusal(join(folder, 'empty.mp4')), 'it holds nothing (0 bytes)');
});

test('a film of which the end is missing, and with it its table of contents, is told to be cut off', async () => {
  const whole = readFileSync(makeClip(join(folder, 'whole.mp4'), { seconds: 1 }));
  writeFileSync(join(folder, 'cut.mp4'), whole.subarray(0, whole.length / 2));
  assert.match(await refusal(join(folder, 'cut.mp4')), 'its table of contents is missing: it is cut off');
});

test('a folder given as a file says how to read a folder', async () => {
  assert.match(await refusal(folder), /expected a file, got the folder .*: for its pictures write images:/);
});

test.run();
