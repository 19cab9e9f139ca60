import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../src/capture/source.js';
import { takeFrames } from './frames.js';

/**
 * What every source owes its reader, whatever it reads from. Call it in a test file of that source.
 *
 * @param name of the kind of source, for the test names
 * @param open makes a fresh source that gives at least 3 frames
 */
export function sourceContract(name: string, open: () => Source): void {
  test(`${name}: frames are whole, in order and on a clock that moves forward`, async () => {
    const source = open();
    assert.is(source.health().state, 'idle');
    await source.start();
    const frames = await takeFrames(source.frames(), 3);
    const health = source.health();
    await source.stop();
    assert.is(frames.length, 3);
    for (const frame of frames) {
      assert.is(frame.camera, source.camera);
      assert.is(frame.data.length, frame.width * frame.height * (frame.yuv === undefined ? 3 : 1.5));
      assert.is(frame.sourceWidth >= frame.width && frame.sourceHeight >= frame.height, true);
      assert.is(Math.abs(frame.capturedAt - Date.now()) < 60_000, true);
    }
    for (const [i, frame] of frames.slice(1).entries()) {
      assert.is(frame.seq > frames[i]!.seq, true);
      assert.is(frame.sceneMs > frames[i]!.sceneMs, true);
    }
    assert.is(health.counters.captured >= 3, true);
    assert.is(health.lastFrameAt! >= frames[2]!.capturedAt, true);
  });

  test(`${name}: the frames end when it is stopped, and it may be stopped twice`, async () => {
    const source = open();
    await source.start();
    const reading = (async () => {
      for await (const frame of source.frames()) frame.release();
    })();
    await source.stop();
    await source.stop();
    await reading;
    assert.is(source.health().state, 'stopped');
    assert.is(source.health().lastError, null);
    assert.is(source.pid, null);
  });

  test(`${name}: it can be stopped while it starts`, async () => {
    const source = open();
    const starting = source.start();
    await source.stop();
    await starting;
    assert.is(source.health().state, 'stopped');
    assert.equal(await takeFrames(source.frames(), 1), []);
  });

  test(`${name}: it can be stopped without having been started`, async () => {
    const source = open();
    await source.stop();
    assert.is(source.health().state, 'stopped');
  });

  test(`${name}: health is plain numbers, null where nothing was read yet`, async () => {
    const source = open();
    assert.is(source.pid, null);
    const { lastFrameAt, measuredFps, lastError, counters } = source.health();
    assert.equal([lastFrameAt, measuredFps, lastError], [null, null, null]);
    assert.equal(Object.keys(counters).sort(), [
      'captured',
      'decodeErrors',
      'droppedQueue',
      'malformed',
      'partialFrames',
      'reconnects',
      'resolutionChanges',
      'stalls',
      'timestampJumps',
    ]);
    assert.equal(new Set(Object.values(counters)), new Set([0]));
    await source.stop();
  });
}
