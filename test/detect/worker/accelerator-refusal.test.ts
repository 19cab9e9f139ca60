import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { librariesFolder, missingLibrary } from '../../../src/detect/worker/accelerator-refusal.js';
import { shortReason } from '../../../src/detect/worker/provider-ladder.js';
import { where } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('accelerator-refusal');
const SHARED = join(folder, 'libonnxruntime_providers_shared.so');
const CUDA = join(folder, 'libonnxruntime_providers_cuda.so');

/** As ONNX Runtime 1.29 said it on an H100 with driver 580. */
const CUDA_CALL =
  '/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*, const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true; SUCCTYPE = cudaError; std::conditional_t<THRW, void, common::Status> = void] ';
const PLACE =
  ' ; hostname=vm ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_execution_provider.cc ; line=345 ; expr=cudaSetDevice(info_.device_id); \n\n';

test('what CUDA says amid the names of its functions is told in its own words', () => {
  assert.is(
    shortReason(new Error(`${CUDA_CALL}CUDA failure 100: no CUDA-capable device is detected ; GPU=-1${PLACE}`)),
    'CUDA failure 100: no CUDA-capable device is detected: no GPU is seen; does nvidia-smi list it, was it given to this container, does CUDA_VISIBLE_DEVICES hide it?',
  );
  assert.is(
    shortReason(new Error(`${CUDA_CALL}CUDA failure 2: out of memory ; GPU=0${PLACE}`)),
    'CUDA failure 2: out of memory',
  );
});

test('a missing cuDNN is named, with what to do', () => {
  const said =
    "Non-zero status code returned while running Conv node. Name:'/stem/fused/Conv' Status Message: /onnxruntime_src/onnxruntime/core/providers/cuda/cuda_kernel.h:272 static cudnnContext* onnxruntime::cuda::CudaKernel::RequireCudnnHandle(cudnnHandle_t) [ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : cuDNN is unavailable or disabled for CUDA Execution Provider: dlopen failed for libcudnn.so: libcudnn.so: cannot open shared object file: No such file or directory\n";
  assert.is(
    shortReason(new Error(said)),
    'cuDNN cannot be loaded (libcudnn.so): install cuDNN 9 for this CUDA, or name its folder in detector.env as LD_LIBRARY_PATH',
  );
});

test('of the pair that CUDA needs, the one that is not there is named', () => {
  assert.is(
    missingLibrary(folder),
    `libonnxruntime_providers_shared.so is not in ${folder}: docs/gpu.md tells where it comes from`,
  );
});

const hasCompiler = (() => {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

where(
  hasCompiler,
  'gcc',
  test,
)('a library that one of the pair needs and the loader does not find is named', () => {
  const source = join(folder, 'empty.c');
  const needed = join(folder, 'libcublasLt.so.13');
  writeFileSync(source, 'int empty_part(void) { return 0; }');
  execFileSync('gcc', ['-shared', '-o', SHARED, source]);
  execFileSync('gcc', ['-shared', '-Wl,-soname,libcublasLt.so.13', '-o', needed, source]);
  execFileSync('gcc', ['-shared', '-Wl,--no-as-needed', '-o', CUDA, source, needed]);
  rmSync(needed);
  assert.is(
    missingLibrary(folder),
    'libonnxruntime_providers_cuda.so needs libcublasLt.so.13, which is not found: install it, or name its folder in detector.env as LD_LIBRARY_PATH',
  );
});

test('the libraries lie in the folder of the binding', () => {
  assert.is(librariesFolder('/opt/built'), `/opt/built/bin/napi-v6/${process.platform}/${process.arch}`);
  assert.match(String(librariesFolder(null)), /node_modules\/onnxruntime-node\/bin\/napi-v6\//);
});

test.run();
