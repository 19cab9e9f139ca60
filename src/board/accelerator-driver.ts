import { join } from 'node:path';
import { namesIn, textIn } from './kernel-files.js';

/** The driver under a GPU and the GPU's name: what compiled code for it is made for. */
export interface AcceleratorDriver {
  /** e.g. `NVIDIA 550.90.07`, or `L4T R36 4.3` on a Jetson; null where there is none that is known. */
  readonly driver: string | null;
  /** e.g. `NVIDIA GeForce RTX 3060`; several are joined with `+`. */
  readonly gpu: string | null;
}

/** From `<root>/proc/driver/nvidia` and `<root>/etc/nv_tegra_release`. `root` is `/`; tests give others. */
export function readAcceleratorDriver(root: string): AcceleratorDriver {
  const tegra = /^# (R\d+) \(release\), REVISION: ([\d.]+)/m.exec(textIn(join(root, 'etc/nv_tegra_release')));
  const module = /Kernel Module[^\n]*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(textIn(join(root, 'proc/driver/nvidia/version')));
  const driver = tegra ? `L4T ${tegra[1]} ${tegra[2]}` : module ? `NVIDIA ${module[1]}` : null;
  return { driver, gpu: gpuNames(join(root, 'proc/driver/nvidia/gpus')) };
}

function gpuNames(folder: string): string | null {
  const names = namesIn(folder).flatMap((slot) => {
    const name = /^Model:\s*(.+)$/m.exec(textIn(join(folder, slot, 'information')))?.[1]?.trim();
    return name === undefined ? [] : [name];
  });
  return names.length === 0 ? null : names.sort().join('+');
}
