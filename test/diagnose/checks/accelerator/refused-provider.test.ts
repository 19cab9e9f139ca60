import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refusedProviders } from '../../../../src/diagnose/checks/accelerator/refused-provider.js';
import { told } from '../patients.js';

const test = suite('refused provider');

/** As ONNX Runtime and the worker say it. */
const REASONS: Readonly<Record<string, string>> = {
  'this onnxruntime-node for linux arm64 has no cuda (it has cpu); docs/jetson.md tells how to build one that has':
    'provider-not-built',
  'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library': 'provider-libraries',
  'Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file':
    'provider-library-missing',
  'Failed to get a WebGPU adapter: No supported adapters': 'provider-no-device',
  'CUDA failure 100: no CUDA-capable device is detected': 'provider-no-device',
  'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version': 'provider-driver-old',
  'CUDA failure 2: out of memory': 'provider-memory',
  'the session was made, but ran 90 of 95 kernels on the CPU (60 of them convolutions or matrix products) and 5 on cuda':
    'provider-refused',
};

test('each reason has the remedy of its own', () => {
  for (const [reason, code] of Object.entries(REASONS)) {
    assert.equal(told(refusedProviders([{ provider: 'cuda', reason }], 'cpu')), [`degraded ${code}`], reason);
  }
});

test('a library that is missing is named', () => {
  const reason =
    'Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file';
  assert.is(refusedProviders([{ provider: 'cuda', reason }], 'cpu')[0]?.values['library'], 'libcudnn.so.9');
});

test('two that are not in this ONNX Runtime are one finding', () => {
  const reason =
    'this onnxruntime-node for linux arm64 has no cuda (it has cpu); docs/jetson.md tells how to build one that has';
  const findings = refusedProviders(
    [
      { provider: 'tensorrt', reason: reason.replace('cuda', 'tensorrt') },
      { provider: 'cuda', reason },
    ],
    'cpu',
  );
  assert.equal(told(findings), ['degraded provider-not-built']);
  assert.is(findings[0]?.values['provider'], 'tensorrt, cuda');
});

test('what the machine lacks is told of it, and of the provider only that it is so', () => {
  const refusal = { provider: 'cuda', reason: 'CUDA failure 100: no CUDA-capable device is detected' } as const;
  const findings = refusedProviders([refusal], 'cpu', new Set(['cuda']));
  assert.equal(told(findings), ['unknown provider-hindered']);
});

test.run();
