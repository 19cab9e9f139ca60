import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Site } from './site.js';

const PLACE = `bin/napi-v6/${process.platform}/${process.arch}`;

/** ONNX Runtime as it comes, in a folder of the site's own: without the parts of any provider. @returns the folder */
export function ownBinding(site: Site): string {
  const modules = site.path('node_modules');
  const binding = join(modules, 'onnxruntime-node');
  for (const part of ['onnxruntime-node', 'onnxruntime-common']) {
    const filter = (file: string) => !file.includes('/bin/');
    cpSync(join(PROJECT_ROOT, 'node_modules', part), join(modules, part), { recursive: true, filter });
  }
  mkdirSync(join(binding, PLACE), { recursive: true });
  for (const file of ['libonnxruntime.so.1', 'onnxruntime_binding.node']) {
    cpSync(join(PROJECT_ROOT, 'node_modules/onnxruntime-node', PLACE, file), join(binding, PLACE, file));
  }
  return binding;
}

/** Lays a library into it that ends the process which loads it. @throws Error where there is no gcc */
export function crashingLibrary(site: Site, binding: string, name: string): void {
  const source = site.path('crash.c');
  writeFileSync(source, '__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }');
  execFileSync('gcc', ['-shared', '-fPIC', '-o', join(binding, PLACE, name), source]);
}
