import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProviderConfig } from '../../../src/config/config.js';
import {
  climb,
  ignoredOptions,
  missingFromBuild,
  notReallyInUse,
  placedNodes,
  sessionProviders,
  shortReason,
} from '../../../src/detect/worker/provider-ladder.js';
import { ModelError } from '../../../src/foundation/errors.js';

const CUDA = { name: 'cuda', options: {} } as const;
const TENSORRT = { name: 'tensorrt', options: { deviceId: 0, trtFp16Enable: true } } as const;
const CPU = { name: 'cpu', options: {} } as const;

const kernels = (provider: string, op: string, count: number) =>
  Array.from({ length: count }, () => ({ provider, op }));

test('the first rung that loads is used and the refused ones keep their reasons', async () => {
  const tried: string[] = [];
  const { loaded, rung, refused } = await climb([TENSORRT, CUDA, CPU], async ({ name }) => {
    tried.push(name);
    if (name !== 'cpu') throw new Error(`no ${name} here`);
    return 42;
  });
  assert.is(loaded, 42);
  assert.is(rung.name, 'cpu');
  assert.equal(tried, ['tensorrt', 'cuda', 'cpu']);
  assert.equal(refused, [
    { provider: 'tensorrt', reason: 'no tensorrt here' },
    { provider: 'cuda', reason: 'no cuda here' },
  ]);
});

test('when every rung fails the error lists each with its own reason', async () => {
  try {
    await climb([CUDA, CPU], async ({ name }) => {
      throw new Error(`${name} says no`);
    });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ModelError);
    assert.match((error as Error).message, /cuda: cuda says no\n {2}cpu: cpu says no/);
  }
});

test('a refusal is permanent where the CPU refuses or the build lacks a provider, not where an accelerator fails', async () => {
  const permanence = async (rungs: readonly ProviderConfig[], thrown: Error) => {
    const refuse = () => Promise.reject(thrown);
    return climb(rungs, refuse).then(
      () => null,
      (error: ModelError) => error.permanent,
    );
  };
  assert.is(await permanence([CPU], new Error('Load model failed: Unsupported operator')), true);
  assert.is(await permanence([CUDA], new ModelError('this onnxruntime-node has no cuda')), true);
  assert.is(await permanence([CUDA], new Error('CUDA failure 2: out of memory')), false);
  assert.is(await permanence([CUDA, CPU], new Error('CUDA failure 2: out of memory')), false);
});

test('TensorRT leaves what it does not know to CUDA where the ladder has it', () => {
  assert.equal(sessionProviders(TENSORRT, [TENSORRT, CUDA, CPU]), [TENSORRT, CUDA]);
  assert.equal(sessionProviders(TENSORRT, [TENSORRT, CPU]), [TENSORRT]);
  assert.equal(sessionProviders(CUDA, [TENSORRT, CUDA]), [CUDA]);
});

test('a provider that the build lacks is refused with where to read on', () => {
  assert.is(missingFromBuild('cuda', ['cpu', 'cuda'], 'linux x64'), null);
  assert.is(
    missingFromBuild('cuda', ['cpu'], 'linux arm64'),
    'this onnxruntime-node for linux arm64 has no cuda (it has cpu); docs/jetson.md tells how to build one that has',
  );
});

test('options that onnxruntime-node does not pass on are named', () => {
  assert.equal(ignoredOptions(TENSORRT), ['trtFp16Enable']);
  assert.equal(ignoredOptions({ name: 'webgpu', options: { preferredLayout: 'NHWC' } }), []);
});

test('cuda counts as in use when it ran the convolutions, even with a few kernels on the CPU', () => {
  const nodes = [...kernels('CUDAExecutionProvider', 'Conv', 50), ...kernels('CPUExecutionProvider', 'Gather', 9)];
  assert.is(notReallyInUse('cuda', nodes), null);
});

test('cuda does not count as in use when the convolutions ran on the CPU', () => {
  const nodes = [...kernels('CUDAExecutionProvider', 'Mul', 3), ...kernels('CPUExecutionProvider', 'FusedConv', 50)];
  assert.match(String(notReallyInUse('cuda', nodes)), /ran 50 of 53 kernels on the CPU \(50 of them convolutions/);
  assert.match(String(notReallyInUse('cuda', kernels('CPUExecutionProvider', 'Conv', 2))), /and 0 on cuda/);
});

test('one fused TensorRT engine is the whole model', () => {
  const nodes = [
    ...kernels('TensorrtExecutionProvider', 'TRTKernel_graph_main_0', 1),
    ...kernels('CPUExecutionProvider', 'Concat', 4),
  ];
  assert.is(notReallyInUse('tensorrt', nodes), null);
});

test('kernels are read from an ONNX Runtime profile', () => {
  const profile = `[
    {"cat":"Session","name":"session_initialization","args":{}},
    {"cat":"Node","name":"a_kernel_time","args":{"op_name":"Conv","provider":"CPUExecutionProvider"}},
    {"cat":"Node","name":"b_fence","args":{"op_name":"Conv"}}]`;
  assert.equal(placedNodes(profile), [{ provider: 'CPUExecutionProvider', op: 'Conv' }]);
});

test('a reason is one line of at most 300 characters', () => {
  assert.is(shortReason(new Error('\nfirst\nsecond')), 'first');
  assert.is(shortReason(new Error('x'.repeat(1000))).length, 300);
});

test.run();
