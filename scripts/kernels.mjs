// Compiles src/kernels/assembly (AssemblyScript) into one WebAssembly file beside the modules that load it. The compiler is a
// development package: the built program needs none.
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const compiledIn = (built) => join(built, 'kernels/kernels.wasm');

/** After every build; without the compiler (a device) what is there stays. @param built where the sources were compiled to */
export async function buildKernels(root, built = join(root, 'dist/src')) {
  if (!existsSync(join(root, 'node_modules/assemblyscript'))) return;
  const { default: compiler } = await import('assemblyscript/asc');
  const to = compiledIn(built);
  mkdirSync(dirname(to), { recursive: true });
  const { error, stderr } = await compiler.main([
    join(root, 'src/kernels/assembly/index.ts'),
    '--outFile',
    to,
    ...['--enable', 'simd', '-O3', '--noAssert', '--runtime', 'stub'],
    // the memory is made by src/kernels/kernel-memory.ts, which alone gives out its addresses
    ...['--importMemory', '--initialMemory', '1'],
  ]);
  if (error) throw new Error(`the kernels do not compile: ${stderr.toString().trim() || error.message}`);
}

/** Whether the compiled file is there, and younger than its sources. */
export function areKernelsBuilt(root) {
  const file = compiledIn(join(root, 'dist/src'));
  if (!existsSync(file)) return false;
  const builtAt = statSync(file).mtimeMs;
  const sources = join(root, 'src/kernels/assembly');
  return readdirSync(sources).every((name) => statSync(join(sources, name)).mtimeMs <= builtAt);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildKernels(dirname(dirname(fileURLToPath(import.meta.url))));
}
