import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { PlacementProfile } from '../../../src/detect/worker/placement-profile.js';
import { notReallyInUse } from '../../../src/detect/worker/provider-ladder.js';
import { openSession } from '../../../src/detect/worker/session.js';
import { explain, ModelError } from '../../../src/foundation/errors.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { temporaryFolder } from '../../temporary.js';
import { GREY, needsModel, roadsideRequest } from '../roadside-request.js';

const folder = temporaryFolder('session');
const withModel = needsModel(test);

const silent = () => undefined;

async function refusal(request: LoadRequest): Promise<string> {
  try {
    await (await openSession(request, silent)).release();
  } catch (error) {
    assert.instance(error, ModelError);
    return explain(error);
  }
  throw new Error('the model was loaded');
}

function withProviders(...providers: LoadRequest['session']['providers']): LoadRequest {
  const request = roadsideRequest();
  return { ...request, session: { ...request.session, providers } };
}

/** Noise that is the same every time. */
function noise(bytes: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => (state = (state * 1_103_515_245 + 12_345) % 0x8000_0000) >> 16);
}

withModel('a model is loaded on the CPU and says so', async () => {
  const session = await openSession(roadsideRequest(), silent);
  assert.is(session.info.provider, 'cpu');
  assert.equal(session.info.refused, []);
  assert.match(session.info.runtime, /^onnxruntime-node 1\./);
  assert.ok(session.info.loadMs > 0 && session.info.warmupMs > 0);
  await session.release();
});

withModel(
  'providers that this machine does not have are refused, each with its reason, and the CPU is used',
  async () => {
    const request = withProviders(
      { name: 'dml', options: {} },
      { name: 'qnn', options: {} },
      { name: 'cpu', options: {} },
    );
    const session = await openSession(request, silent);
    assert.is(session.info.provider, 'cpu');
    assert.equal(
      session.info.refused.map((refusal) => refusal.provider),
      ['dml', 'qnn'],
    );
    assert.match(session.info.refused[0]!.reason, /has no dml \(it has cpu/);
    await session.release();
  },
);

withModel('when no provider loads the error lists every reason', async () => {
  const message = await refusal(withProviders({ name: 'dml', options: {} }, { name: 'qnn', options: {} }));
  assert.match(message, /no execution provider could load and run the model:\n {2}dml: .*\n {2}qnn: /);
});

withModel('options that have no effect are warned about', async () => {
  const warnings: string[] = [];
  const request = withProviders(
    { name: 'cuda', options: { cudnnConvAlgoSearch: 'HEURISTIC' } },
    { name: 'cpu', options: {} },
  );
  await (await openSession(request, (text) => warnings.push(text))).release();
  // a build without CUDA at all is refused before its options matter
  if (warnings.length > 0) assert.match(warnings[0]!, /cudnnConvAlgoSearch had no effect/);
});

withModel('a file that is not the one of the manifest is refused with both hashes', async () => {
  const message = await refusal(roadsideRequest({ sha256: 'ab'.repeat(32) }));
  assert.match(message, /has sha256 [0-9a-f]{64}, expected (ab){32}: it was changed or damaged/);
});

test('a missing file is refused by name', async () => {
  assert.match(
    await refusal(roadsideRequest({ file: '/no/such.onnx' })),
    /cannot read \/no\/such\.onnx: there is no such file/,
  );
});

test('a file that is no ONNX model is refused', async () => {
  const file = join(folder, 'not.onnx');
  writeFileSync(file, 'this is not a model');
  const sha256 = createHash('sha256').update('this is not a model').digest('hex');
  assert.match(
    await refusal(roadsideRequest({ file, sha256 })),
    /cpu: .*not.onnx is a text of 19 bytes \("this is not a model"\): take the .onnx file itself/,
  );
});

withModel('an input type that is not the model’s is refused', async () => {
  const request = roadsideRequest();
  const message = await refusal({ ...request, input: { ...request.input, type: 'uint8' } });
  assert.match(message, /input images is float32, its manifest says uint8/);
});

withModel('a family that cannot read the outputs is refused', async () => {
  assert.match(await refusal(roadsideRequest({ family: 'ssd' })), /cpu: .*\[/);
});

withModel('a binding is loaded by its folder', async () => {
  const request = roadsideRequest();
  const binding = join(PROJECT_ROOT, 'node_modules', 'onnxruntime-node');
  const session = await openSession({ ...request, session: { ...request.session, binding } }, silent);
  assert.is(session.info.provider, 'cpu');
  await session.release();
});

withModel(
  'cuda gets a session for each batch size, for a change of size in one costs it hundreds of milliseconds',
  async () => {
    // no GPU here: this binding gives the work of CUDA to the CPU, and counts what is opened and released
    const binding = join(folder, 'stand-in');
    mkdirSync(binding);
    const real = join(PROJECT_ROOT, 'node_modules', 'onnxruntime-node');
    writeFileSync(
      join(binding, 'index.js'),
      `const ort = require(${JSON.stringify(real)});
    const opened = (globalThis.openedSessions = []);
    const create = async (file, options) => {
      const session = await ort.InferenceSession.create(file, { ...options, enableProfiling: false, executionProviders: ['cpu'] });
      const counted = { released: false };
      opened.push(counted);
      return new Proxy(session, {
        get(target, name) {
          if (name === 'release') return async () => { counted.released = true; await target.release(); };
          if (name === 'endProfiling') return () => { throw new Error('not profiled'); };
          const value = target[name];
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    module.exports = { ...ort, env: ort.env, listSupportedBackends: () => [{ name: 'cuda' }, { name: 'cpu' }], InferenceSession: { create } };`,
    );
    const counts = async (provider: 'cuda' | 'cpu') => {
      const request = { ...withProviders({ name: provider, options: {} }), batchSizes: [1, 2, 4] };
      const session = await openSession({ ...request, session: { ...request.session, binding } }, silent);
      const image = noise(GREY.data.length, 7);
      await session.detect(1, image);
      const alone = session.counts[0];
      await session.detect(2, Buffer.concat([image, image]));
      assert.equal([...session.counts.subarray(0, 2)], [alone, alone]);
      await session.release();
      const { openedSessions } = globalThis as unknown as { openedSessions: { released: boolean }[] };
      return openedSessions.splice(0).map(({ released }) => released);
    };
    assert.equal(await counts('cuda'), [true, true, true]);
    assert.equal(await counts('cpu'), [true]);
  },
);

withModel('a temporary folder that cannot be written to does not stop the load', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/no/such/folder';
  try {
    const session = await openSession(roadsideRequest(), silent);
    assert.is(session.info.provider, 'cpu');
    await session.release();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});

withModel('the kernels of a real run are read back, and nothing is left behind', async () => {
  const ort = createRequire(import.meta.url)('onnxruntime-node');
  const profile = new PlacementProfile();
  const session = await ort.InferenceSession.create(roadsideRequest().file, profile.options);
  const input = new ort.Tensor('float32', new Float32Array(3 * 64 * 64), [1, 3, 64, 64]);
  await session.run({ images: input });
  const nodes = profile.read(session) ?? [];
  assert.ok(nodes.length > 20, `${nodes.length} kernels`);
  assert.equal([...new Set(nodes.map((node) => node.provider))], ['CPUExecutionProvider']);
  assert.match(String(notReallyInUse('cuda', nodes)), /and 0 on cuda$/);
  const folder = dirname(profile.options.profileFilePrefix!);
  profile.remove();
  assert.is(existsSync(folder), false);
  await session.release();
});

test('a binding that cannot be loaded is named', async () => {
  const request = roadsideRequest();
  const file = join(folder, 'any.onnx');
  writeFileSync(file, 'x');
  const sha256 = createHash('sha256').update('x').digest('hex');
  const session = { ...request.session, binding: '/no/such/binding' };
  assert.match(
    await refusal({ ...request, file, sha256, session }),
    /detector\.binding \/no\/such\/binding cannot be loaded/,
  );
});

withModel('buffers are used again without one run leaking into the next', async () => {
  const session = await openSession(roadsideRequest({ scoreThresholds: Array(6).fill(0.01) }), silent);
  const first = noise(GREY.data.length, 1);
  const other = noise(GREY.data.length, 99);
  const answer = async (image: Uint8Array) => [...session.rows.subarray(0, (await session.detect(1, image)) * 6)];
  const before = await answer(first);
  await answer(other);
  assert.equal(await answer(first), before);
  await session.release();
});

withModel('a batch answers the same as its pictures one by one', async () => {
  const session = await openSession(roadsideRequest({ scoreThresholds: Array(6).fill(0.01) }), silent);
  const images = [noise(GREY.data.length, 3), noise(GREY.data.length, 4)];
  const alone: number[] = [];
  for (const image of images) alone.push(await session.detect(1, image));
  const together = await session.detect(2, Buffer.concat(images));
  assert.is(together, alone[0]! + alone[1]!);
  assert.equal([...session.counts], alone);
  await session.release();
});

withModel('only batch sizes that were warmed up are taken', async () => {
  const session = await openSession(roadsideRequest({ batchSizes: [2] }), silent);
  assert.equal(
    [1, 2, 3].map((count) => session.takes(count)),
    [false, true, false],
  );
  await session.release();
});

test.run();
