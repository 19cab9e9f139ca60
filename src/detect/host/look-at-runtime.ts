import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RuntimeLook } from '../runtime-look.js';

const PROGRAM = fileURLToPath(new URL('../worker/runtime-look.js', import.meta.url));
/** Of what the loader or a crash says. */
const LONGEST_WORDS = 300;

/** Which ONNX Runtime a worker would load. */
export interface WantedRuntime {
  /** Folder of a self-built binding; undefined: the package. */
  readonly binding?: string | undefined;
  /** Added to this process's environment, as a worker has it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Loads ONNX Runtime in a process of its own and asks what it has; a crash is its failure. @throws what the signal was aborted for */
export function lookAtRuntime({ binding, env }: WantedRuntime, signal: AbortSignal): Promise<RuntimeLook> {
  return new Promise((resolve, reject) => {
    const args = binding === undefined ? [PROGRAM] : [PROGRAM, binding];
    const options = { env: { ...process.env, ...env }, signal, killSignal: 'SIGKILL' as const };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      try {
        resolve(JSON.parse(stdout) as RuntimeLook);
      } catch {
        const how = error?.signal ? `killed by ${error.signal}` : `exit code ${error?.code ?? 0}`;
        const words = stderr.replaceAll(/\s+/g, ' ').trim().slice(-LONGEST_WORDS);
        resolve({ runtime: null, providers: [], failure: words === '' ? how : `${how}; its last words: ${words}` });
      }
    });
  });
}
