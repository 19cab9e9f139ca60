import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../../src/capture/frame.js';
import { SimulatorSource } from '../../src/capture/simulator/source.js';
import { SourceError } from '../../src/errors.js';
import { eventually } from '../temporary.js';

const URL = 'sim://road?width=160&height=120&fps=30&trees=0';

function source(options: { pace?: 'realtime' | 'fast'; maxFps?: number; url?: string } = {}): SimulatorSource {
  const { pace = 'fast', maxFps = 0, url = URL } = options;
  return new SimulatorSource({ camera: 'sim1', url, pace, queueFrames: 2, maxFps });
}

async function take(from: SimulatorSource, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of from.frames()) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

test('at the fast pace every frame comes, in order, on the clock of the scene', async () => {
  const sim = source();
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
  const sim = source({ maxFps: 10 });
  await sim.start();
  const frames = await take(sim, 3);
  assert.equal(
    frames.map((f) => Math.round(f.sceneMs)),
    [0, 100, 200],
  );
  const everyFrame = source();
  await everyFrame.start();
  assert.equal(sim.truthOf(2), everyFrame.truthOf(6));
  await everyFrame.stop();
  await sim.stop();
});

test('in real time the oldest waiting frames are dropped and counted', async () => {
  const sim = source({ pace: 'realtime' });
  await sim.start();
  await eventually('frames are dropped', () => sim.health().counters.droppedQueue >= 3);
  const [first] = await take(sim, 1);
  assert.ok(first!.seq >= 3);
  assert.is(sim.health().state, 'streaming');
  assert.is(sim.health().expectedFps, 30);
  await sim.stop();
});

test('a released frame gives its pixels to a later one', async () => {
  const sim = source();
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

test('a bad option is refused at the start', async () => {
  const sim = source({ url: 'sim://road?trafic=rush' });
  try {
    await sim.start();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SourceError);
    assert.match((error as Error).message, 'did you mean traffic?');
  }
  await sim.stop();
});

test('stop during start and stop twice end the frames', async () => {
  const sim = source();
  const starting = sim.start();
  await sim.stop();
  await starting;
  await sim.stop();
  assert.is(sim.health().state, 'stopped');
  assert.equal(await take(sim, 1), []);
});

test('stop ends a reader that waits', async () => {
  const sim = source({ pace: 'realtime', url: 'sim://road?width=160&height=120&fps=0.1' });
  await sim.start();
  const reading = take(sim, 3);
  await sim.stop();
  assert.ok((await reading).length <= 1);
});

test.run();
