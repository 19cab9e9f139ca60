// onnxruntime-node carries the libraries of every platform, 280 MB: a device needs those of its own.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes what other platforms' ONNX Runtime is from node_modules; npm brings it back with the next installation. */
export function removeOtherPlatforms(root, platform = process.platform, arch = process.arch) {
  const binaries = join(root, 'node_modules/onnxruntime-node/bin/napi-v6');
  if (!existsSync(join(binaries, platform, arch))) return; // none for this one: leave alone what is not understood
  for (const system of readdirSync(binaries)) {
    for (const machine of readdirSync(join(binaries, system))) {
      if (system === platform && machine === arch) continue;
      rmSync(join(binaries, system, machine), { recursive: true });
    }
  }
}
