import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { notFound, otherNumbers } from '../../../../src/diagnose/checks/accelerator/missing-libraries.js';
import { judgeServing, providersCheck } from '../../../../src/diagnose/checks/accelerator/providers.js';
import { testPictureCheck } from '../../../../src/diagnose/checks/detector/test-picture.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('accelerator providers');
const compiled = needs('gcc', test);

const folder = temporaryFolder('accelerator-providers');
const STATUS = {
  provider: 'cpu',
  model: 'roadside-n',
  variant: 'int8',
  refusedProviders: ['cuda: CUDA failure 2: out of memory'],
};

const PLACE = `bin/napi-v6/${process.platform}/${process.arch}`;

/** A device without any accelerator, whose root shows nothing of the machine that tests run on. */
function patient(providers: string, rest: NodeJS.ProcessEnv = {}) {
  const env = { EDGE_MODEL_NAME: 'roadside-n', EDGE_MODEL_VARIANT: 'fp32-416x256', EDGE_DETECTOR_PROVIDERS: providers };
  return patientAt(folder, { config: loadConfig({ env: { ...env, ...rest } }).config });
}

/** A binding of its own: ONNX Runtime as it is, beside libraries that a test lays there. */
function bindingNamed(name: string): string {
  const modules = join(folder, name, 'node_modules');
  for (const part of ['onnxruntime-node', 'onnxruntime-common']) {
    const from = join(PROJECT_ROOT, 'node_modules', part);
    const filter = (file: string) => !file.includes('/bin/') || file.endsWith('/bin');
    cpSync(from, join(modules, part), { recursive: true, filter });
  }
  const binding = join(modules, 'onnxruntime-node');
  mkdirSync(join(binding, PLACE), { recursive: true });
  for (const file of ['libonnxruntime.so.1', 'onnxruntime_binding.node']) {
    place(join(PROJECT_ROOT, 'node_modules/onnxruntime-node', PLACE, file), join(binding, PLACE, file));
  }
  return binding;
}

function place(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // another file system
    cpSync(from, to);
  }
}

/** Makes a library of C. @param args further ones of gcc */
function library(file: string, source: string, ...args: readonly string[]): void {
  writeFileSync(`${file}.c`, source);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', file, `${file}.c`, ...args]);
}

test('the processor is proved to infer, and what ONNX Runtime was built with is told', async () => {
  const findings = await findingsOf(providersCheck(), patient('cpu'));
  assert.equal(told(findings), ['fine providers-there', 'fine provider-runs']);
  assert.match(String(findings[0]?.values['runtime']), /^onnxruntime-node \d/);
  assert.is(findings[1]?.values['provider'], 'cpu');
});

test('a provider whose part of ONNX Runtime is not there names the file', async () => {
  const findings = await findingsOf(providersCheck(), patient('cuda,cpu'));
  assert.equal(told(findings), ['fine providers-there', 'fine provider-runs', 'degraded provider-part-missing']);
  assert.is(findings[2]?.values['library'], 'libonnxruntime_providers_shared.so, libonnxruntime_providers_cuda.so');
});

compiled('a provider that lacks libraries names all of them at once', async () => {
  const binding = bindingNamed('lacking');
  const at = (file: string) => join(binding, PLACE, file);
  library(at('libonnxruntime_providers_shared.so'), 'int shared;');
  library(at('libcudaone.so.13'), 'int one;', '-Wl,-soname,libcudaone.so.13');
  library(at('libcudatwo.so.9'), 'int two;', '-Wl,-soname,libcudatwo.so.9');
  const needed = ['-Wl,--no-as-needed', at('libcudaone.so.13'), at('libcudatwo.so.9')];
  library(at('libonnxruntime_providers_cuda.so'), 'int cuda;', ...needed);
  execFileSync('rm', [at('libcudaone.so.13'), at('libcudatwo.so.9')]);
  const refusedProviders = ['cuda: libcudaone.so.13: cannot open shared object file'];
  const running = { ...runningAs(77), ask: async () => ({ ...STATUS, refusedProviders }) };
  const lacking = { ...patient('cuda,cpu', { EDGE_DETECTOR_BINDING: binding }), running };
  const findings = await findingsOf(providersCheck(), lacking);
  assert.equal(told(findings), ['fine providers-there', 'fine provider-serves', 'degraded provider-library-missing']);
  assert.is(findings[2]?.values['library'], 'libcudaone.so.13, libcudatwo.so.9');
  assert.match(remedyOf(findings.slice(2))!, /^Install the package that has libcudaone\.so\.13, libcudatwo\.so\.9/);
});

compiled('a provider whose library ends the process is found, and the processor answers without it', async () => {
  const binding = bindingNamed('crashing');
  const source = '__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }';
  library(join(binding, PLACE, 'libonnxruntime_providers_shared.so'), source);
  const crashing = patient('cuda,cpu', { EDGE_DETECTOR_BINDING: binding });
  const findings = await findingsOf(providersCheck(), crashing);
  assert.equal(told(findings), ['fine providers-there', 'broken provider-crashes', 'fine provider-runs']);
  assert.match(String(findings[1]?.values['reason']), /killed by SIGSEGV/);
  assert.match(remedyOf(findings.slice(1))!, /^Take cuda out of detector\.providers/);
  // the same trial: told once
  assert.equal(told(await findingsOf(testPictureCheck(), crashing)), ['fine detector-fine']);
});

compiled('with nothing behind the one that crashes the detector says whose fault it is', async () => {
  const binding = bindingNamed('crashing-alone');
  library(
    join(binding, PLACE, 'libonnxruntime_providers_shared.so'),
    '#include <stdlib.h>\n__attribute__((constructor)) static void crash(void) { abort(); }',
  );
  const crashing = patient('cuda', { EDGE_DETECTOR_BINDING: binding });
  const findings = await findingsOf(providersCheck(), crashing);
  assert.equal(told(findings), ['fine providers-there', 'broken provider-crashes']);
  assert.match(String(findings[1]?.values['reason']), /killed by SIGABRT/);
  assert.equal(told(await findingsOf(testPictureCheck(), crashing)), ['unknown detector-without-provider']);
});

test('an ONNX Runtime that cannot be loaded is told once', async () => {
  const binding = join(folder, 'no-binding');
  mkdirSync(binding, { recursive: true });
  const broken = patient('cpu', { EDGE_DETECTOR_BINDING: binding });
  const findings = await findingsOf(providersCheck(), broken);
  assert.equal(told(findings), ['broken runtime-fails']);
  assert.equal(told(await findingsOf(testPictureCheck(), broken)), ['unknown detector-without-runtime']);
});

test('a worker of its own brings what it computes with', async () => {
  const own = patient('cpu', { EDGE_DETECTOR_COMMAND: '["./rknn-worker"]' });
  assert.equal(await findingsOf(providersCheck(), own), []);
});

test('beside the running program that one is asked', async () => {
  const running = { ...runningAs(77), ask: async (path: string) => (path === '/api/status' ? STATUS : null) };
  const findings = await findingsOf(providersCheck(), { ...patient('cuda,cpu'), running });
  assert.equal(told(findings), ['fine providers-there', 'fine provider-serves', 'degraded provider-memory']);
});

test('one that does not tell leaves it open', async () => {
  const findings = await findingsOf(providersCheck(), { ...patient('cuda,cpu'), running: runningAs(77) });
  assert.equal(told(findings), ['fine providers-there', 'unknown provider-unasked']);
});

test('reasons of a running program are read like those of a trial', () => {
  const refusedProviders = ['tensorrt: libnvinfer.so.10: cannot open shared object file', 'cuda: why'];
  const findings = judgeServing({ ...STATUS, refusedProviders }, new Set());
  assert.equal(told(findings), [
    'fine provider-serves',
    'degraded provider-library-missing',
    'degraded provider-refused',
  ]);
  assert.is(findings[1]?.values['library'], 'libnvinfer.so.10');
});

test('libraries that the loader lists, and those that are there with another number', () => {
  const listed = '\tlinux-vdso.so.1 (0x1)\n\tlibcudart.so.13 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n';
  assert.equal(notFound(listed), ['libcudart.so.13']);
  const known = '\tlibcudart.so.12 (libc6,x86-64) => /usr/lib/libcudart.so.12\n\tlibcudnn.so (libc6) => /x\n';
  assert.equal(otherNumbers(['libcudart.so.13'], known), ['libcudart.so.12']);
});

test.run();
