import { join } from 'node:path';
import { namesIn, textIn } from '../../../board/kernel-files.js';
import { type Finding, found } from '../../finding.js';
import { accessFinding, type Opener } from './device-access.js';
import { driverOf } from './nvidia-card.js';
import type { WantedProviders } from './wanted-providers.js';

/** By the id of the PCI vendor. */
const VENDORS: Readonly<Record<string, string>> = { '0x8086': 'Intel', '0x1002': 'AMD' };

/** A GPU of Intel's or AMD's as the kernel lets programs compute and decode on it. */
export interface RenderNode {
  /** `renderD128`. */
  readonly name: string;
  readonly vendor: string;
  /** `i915`, `xe`, `amdgpu`; null where none has it. */
  readonly driver: string | null;
}

/** @param root `/`; tests give trees */
export function readRenderNodes(root: string): RenderNode[] {
  const folder = join(root, 'sys/class/drm');
  return namesIn(folder)
    .filter((name) => name.startsWith('renderD'))
    .flatMap((name) => {
      const device = join(folder, name, 'device');
      const vendor = VENDORS[textIn(join(device, 'vendor')).trim()];
      return vendor === undefined ? [] : [{ name, vendor, driver: driverOf(device) }];
    });
}

/** Most machines have such a GPU and need it for nothing: only one that is asked for is missed. */
export function judgeRenderNode(
  root: string,
  { name, vendor, driver }: RenderNode,
  { providers, decodesOnGpu }: WantedProviders,
  opener: Opener | null,
): Finding {
  const values = { gpu: vendor, device: `/dev/dri/${name}`, driver: driver ?? '?' };
  if (!providers.includes('webgpu') && !decodesOnGpu) return found('fine', 'gpu-spare', values, name);
  if (!namesIn(join(root, 'dev/dri')).includes(name)) return found('degraded', 'gpu-not-given', values, name);
  const refused = accessFinding(root, [values.device], opener);
  if (refused !== null) return { ...refused, subject: name };
  return found('fine', 'gpu-fine', values, name);
}
