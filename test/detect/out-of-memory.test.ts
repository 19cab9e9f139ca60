import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { saysOutOfMemory } from '../../src/detect/out-of-memory.js';

const REFUSALS = [
  // ONNX Runtime, CUDA
  'Non-zero status code returned while running Conv node. Name:"/stem/conv" Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested buffer of size 117964800',
  'bfc_arena.cc: Available memory of 1048576 is smaller than requested bytes of 2097152',
  'CUDA failure 2: out of memory ; GPU=0 ; hostname=cabinet-7 ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_allocator.cc',
  'CUDA error cudaErrorMemoryAllocation',
  'CUDA_ERROR_OUT_OF_MEMORY: out of memory',
  'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0',
  'CUDNN failure 4: CUDNN_STATUS_ALLOC_FAILED',
  // TensorRT
  '[E] 2: [virtualMemoryBuffer.cpp::resizePhysical::140] Error Code 2: OutOfMemory (Requested size was 4294967296 bytes.)',
  // Jetson
  'NvMapMemAllocInternalTagged: 1075072515 error 12',
  // WebGPU, Vulkan
  'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY',
  'Buffer allocation failed: device lost',
  // NPU
  'E RKNN: failed to malloc npu memory, size: 11796480, flags: 0x2',
  // C++, Node, the system
  "terminate called after throwing an instance of 'std::bad_alloc'",
  'std::bad_alloc',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  '# Fatal process OOM in Failed to reserve virtual memory for CodeRange',
  'RangeError: Array buffer allocation failed',
  'spawn ENOMEM',
  'RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB',
  'numpy.core._exceptions.MemoryError: Unable to allocate 2.00 GiB for an array',
  'fork: Cannot allocate memory',
];

const OTHERS = [
  'the model file was changed or damaged',
  'no execution provider could load and run the model: cuda: Failed to load shared library',
  'killed by SIGSEGV',
  'the model gives the boxes of one picture: a batch of 2 cannot be',
  'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version',
  'CUDA failure 201: invalid device context',
  'output boxes is [1, 200, 6]; memory layout nchw',
  'allocated 12 buffers',
];

for (const text of REFUSALS) {
  test(`it is told that memory lacks: ${text.slice(0, 60)}`, () => assert.is(saysOutOfMemory(text), true));
}

test('other failures are not taken for it', () => {
  assert.equal(OTHERS.filter(saysOutOfMemory), []);
});

test.run();
