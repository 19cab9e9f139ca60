import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withEngineCache } from '../../../src/detect/artifacts/engine-cache.js';
import type { LoadRequest, ModelInfo } from '../../../src/detect/detector.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { temporaryFolder } from '../../temporary.js';
import { roadsideRequest } from '../roadside-request.js';

const folder = join(temporaryFolder('engines'), 'artifacts');
const BOARD = join(PROJECT_ROOT, 'test/fixtures/boards/x86-cuda');
const RUNTIME = 'onnxruntime 1.30 (Python)';

function request(options: Record<string, string | boolean> = {}, name: 'tensorrt' | 'cuda' = 'tensorrt'): LoadRequest {
  const plain = roadsideRequest({ sha256: 'ab'.repeat(32), artifacts: { folder, maxBytes: 1e9 } });
  const providers = [
    { name, options },
    { name: 'cpu', options: {} },
  ] as const;
  return { ...plain, session: { ...plain.session, providers } };
}

const pathOf = ({ session }: LoadRequest) =>
  String((session.providers[0]!.options as Record<string, unknown>)['trt_engine_cache_path']);

test('TensorRT is pointed at a folder of its own for engines and timings', () => {
  const { request: cached } = withEngineCache(request(), RUNTIME, BOARD);
  const path = pathOf(cached);
  assert.ok(existsSync(path) && path.startsWith(folder));
  assert.equal(cached.session.providers[0]!.options, {
    trt_engine_cache_enable: true,
    trt_engine_cache_path: path,
    trt_timing_cache_enable: true,
    trt_timing_cache_path: path,
  });
  assert.is(pathOf(withEngineCache(request(), RUNTIME, BOARD).request), path);
});

test('another driver or runtime gets another folder, and the old engines go', () => {
  const before = pathOf(withEngineCache(request(), RUNTIME, BOARD).request);
  const after = pathOf(withEngineCache(request(), 'onnxruntime 1.31 (Python)', BOARD).request);
  assert.is.not(after, before);
  assert.is(existsSync(before), false);
});

test('options that a person has set stay', () => {
  const { request: cached } = withEngineCache(request({ trt_engine_cache_path: '/mine' }), RUNTIME, BOARD);
  assert.is(pathOf(cached), '/mine');
});

test('engines that TensorRT was refused with are removed', () => {
  const { request: cached, loaded } = withEngineCache(request(), RUNTIME, BOARD);
  writeFileSync(join(pathOf(cached), 'x.engine'), 'broken');
  loaded({ refused: [{ provider: 'tensorrt', reason: 'cannot deserialize' }] } as unknown as ModelInfo);
  assert.is(existsSync(pathOf(cached)), false);
});

test('without TensorRT, and without a folder, the request stays as it is', () => {
  const cuda = request({}, 'cuda');
  assert.is(withEngineCache(cuda, RUNTIME, BOARD).request, cuda);
  const { artifacts: _, ...without } = request();
  assert.is(withEngineCache(without, RUNTIME, BOARD).request, without);
});

test.run();
