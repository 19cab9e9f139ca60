// onnxruntime-node carries the libraries of every platform, 280 MB: a device needs those of its own.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes what other platforms' ONNX Runtime is from node_modules; npm brings it back with the next installation. */
export function removeOtherPlatforms(root, platform = process.platform, arch = process.arch) {
  for (const folder of otherPlatforms(root, platform, arch)) rmSync(folder, { recursive: true });
}

/** @returns {string[]} the folders of these libraries */
export function otherPlatforms(root, platform = process.platform, arch = process.arch) {
  const binaries = join(root, 'node_modules/onnxruntime-node/bin/napi-v6');
  if (!existsSync(join(binaries, platform, arch))) return []; // none for this one: leave alone what is not understood
  return readdirSync(binaries).flatMap((system) =>
    readdirSync(join(binaries, system))
      .filter((machine) => system !== platform || machine !== arch)
      .map((machine) => join(binaries, system, machine)),
  );
}
