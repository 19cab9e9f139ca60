import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSlow, measureFsync } from '../../src/store/fsync-latency.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('fsync');

test('what the medium takes is measured, and nothing is left behind', async () => {
  const at = join(folder, 'data');
  mkdirSync(at);
  const { medianMs, worstMs, writes } = (await measureFsync(at))!;
  assert.is(writes, 15);
  assert.ok(medianMs > 0 && worstMs >= medianMs);
  assert.equal(readdirSync(at), []);
});

test('where nothing can be written, or it is to end, there is no measurement', async () => {
  assert.is(await measureFsync(join(folder, 'nowhere')), null);
  assert.is(await measureFsync(folder, AbortSignal.abort()), null);
  assert.equal(readdirSync(folder), ['data']);
});

test('slow is a median over 50 ms or a worst over half a second', () => {
  assert.is(isSlow({ medianMs: 20, worstMs: 400, writes: 15 }), false);
  assert.is(isSlow({ medianMs: 60, worstMs: 70, writes: 15 }), true);
  assert.is(isSlow({ medianMs: 2, worstMs: 800, writes: 15 }), true);
});

test.run();
