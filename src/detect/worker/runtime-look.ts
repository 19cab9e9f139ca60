import { explain } from '../../foundation/errors.js';
import type { RuntimeLook } from '../runtime-look.js';
import { loadRuntime } from './onnx-runtime.js';

/*
 * A process that loads ONNX Runtime's binding, prints what it has as one line of JSON, and ends: a library that does not fit
 * this machine may end the process that loads it. The binding's folder is the one argument, none stands for the package.
 */

function look(binding: string | null): RuntimeLook {
  try {
    const { ort, runtime } = loadRuntime(binding);
    return { runtime, providers: ort.listSupportedBackends().map(({ name }) => name), failure: null };
  } catch (error) {
    return { runtime: null, providers: [], failure: explain(error) };
  }
}

process.stdout.write(`${JSON.stringify(look(process.argv[2] ?? null))}\n`);
