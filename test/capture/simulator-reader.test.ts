import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CameraSource } from '../../src/capture/camera-source.js';
import { SimulatorReader } from '../../src/capture/simulator-reader.js';
import { silentLog } from '../../src/foundation/log.js';
import type { Frame } from '../../src/frame/frame.js';
import { eventually } from '../temporary.js';

const URL = 'sim://road?width=160&height=120&fps=30&trees=0';

function open({ pace = 'fast', maxFps = 0, url = URL } = {}) {
  const reader = new SimulatorReader({ url, realtime: pace === 'realtime', maxFps, poolBuffers: 8 });
  const policy = pace === 'fast' ? ('wait' as const) : ('drop-oldest' as const);
  const backoff = { initialMs: 50, maxMs: 100 };
  const limits = { queueFrames: 2, stallTimeoutMs: 5000, keyFrameTimeoutMs: 0, backoff, expectedFps: 0 };
  const camera = { camera: 'sim1', reader, policy, ...limits, maxFps, loop: false, log: silentLog };
  return { reader, sim: new CameraSource(camera) };
}

async function take(from: CameraSource, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of from.frames()) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

test('at the fast pace every frame comes, in order, on the clock of the scene', async () => {
  const { sim } = open();
  await sim.start();
  const frames = await take(sim, 5);
  assert.equal(
    frames.map((f) => f.seq),
    [0, 1, 2, 3, 4],
  );
  assert.equal(
    frames.map((f) => Math.round(f.sceneMs)),
    [0, 33, 67, 100, 133],
  );
  assert.is(frames[0]!.camera, 'sim1');
  assert.is(frames[0]!.data.length, 160 * 120 * 3);
  assert.is(sim.health().counters.droppedQueue, 0);
  await sim.stop();
});

test('maxFps leaves frames of the scene out, and the truth follows', async () => {
  const { sim, reader } = open({ maxFps: 10 });
  await sim.start();
  const frames = await take(sim, 3);
  assert.equal(
    frames.map((f) => Math.round(f.sceneMs)),
    [0, 100, 200],
  );
  const every = open();
  await every.sim.start();
  assert.equal(reader.truthOf(2), every.reader.truthOf(6));
  await every.sim.stop();
  await sim.stop();
});

test('in real time the oldest waiting frames are dropped and counted', async () => {
  const { sim } = open({ pace: 'realtime' });
  await sim.start();
  await eventually('frames are dropped', () => sim.health().counters.droppedQueue >= 3);
  const [first] = await take(sim, 1);
  assert.ok(first!.seq >= 3);
  assert.is(sim.health().state, 'streaming');
  assert.is(sim.health().expectedFps, 30);
  await sim.stop();
});

test('a released frame gives its pixels to a later one', async () => {
  const { sim } = open();
  await sim.start();
  const buffers = new Set<ArrayBufferLike>();
  let count = 0;
  for await (const frame of sim.frames()) {
    buffers.add(frame.data.buffer);
    frame.release();
    if (++count === 30) break;
  }
  assert.ok(buffers.size <= 9, `${buffers.size} buffers`);
  await sim.stop();
});

test('there is no truth before the start', () => {
  assert.throws(() => open().reader.truthOf(0), /has not started: there is no truth yet/);
});

test('stop during start and stop twice end the frames', async () => {
  const { sim } = open();
  const starting = sim.start();
  await sim.stop();
  await starting;
  await sim.stop();
  assert.is(sim.health().state, 'stopped');
  assert.equal(await take(sim, 1), []);
  assert.is(sim.health().lastError, null);
});

test('stop ends a reader that waits', async () => {
  const { sim } = open({ pace: 'realtime', url: 'sim://road?width=160&height=120&fps=0.1' });
  await sim.start();
  const reading = take(sim, 3);
  await sim.stop();
  assert.ok((await reading).length <= 1);
});

test.run();
