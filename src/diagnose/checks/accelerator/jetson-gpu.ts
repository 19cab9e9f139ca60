import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAcceleratorDriver } from '../../../board/accelerator-driver.js';
import { textIn } from '../../../board/kernel-files.js';
import { type Finding, found } from '../../finding.js';
import { accessFinding, type Opener } from './device-access.js';
import { type WantedProviders, wantedOfNvidia } from './wanted-providers.js';

/** The GPU's node of kernels of JetPack 6, and of those before. */
const GPU_NODES = ['/dev/nvgpu/igpu0/ctrl', '/dev/nvhost-ctrl-gpu'];
/** The allocator, without which no memory of the GPU is to be had. */
const ALLOCATOR = '/dev/nvmap';
/** Which JetPack a release of the driver belongs to. */
const JETPACKS: Readonly<Record<string, string>> = { R32: 'JetPack 4', R35: 'JetPack 5', R36: 'JetPack 6' };

/** The GPU of a Jetson; null where this is none. */
export interface JetsonGpu {
  /** `L4T R36 4.3 (JetPack 6)`; null where it is not told: in a container without NVIDIA's runtime. */
  readonly release: string | null;
  /** Nodes that are there. */
  readonly nodes: readonly string[];
}

/** @param root `/`; tests give trees */
export function readJetsonGpu(root: string): JetsonGpu | null {
  if (!/nvidia,tegra/.test(textIn(join(root, 'proc/device-tree/compatible')))) return null;
  const { driver } = readAcceleratorDriver(root);
  const release = driver?.startsWith('L4T ') ? driver : null;
  const jetpack = release === null ? undefined : JETPACKS[/R\d+/.exec(release)?.[0] ?? ''];
  return {
    release: jetpack === undefined ? release : `${release} (${jetpack})`,
    nodes: [...GPU_NODES, ALLOCATOR].filter((node) => existsSync(join(root, node))),
  };
}

/** What there is to be said of a Jetson's GPU: what hinders it first. */
export function judgeJetsonGpu(
  root: string,
  { release, nodes }: JetsonGpu,
  wanted: WantedProviders,
  opener: Opener | null,
): Finding[] {
  const provider = wantedOfNvidia(wanted);
  if (provider === null) {
    const isUsed = wanted.hasForeignWorker || nodes.length === 0;
    const values = { gpu: 'Jetson', driver: release ?? '?' };
    return [
      isUsed
        ? found('fine', 'jetson-fine', { release: release ?? '?' })
        : found('degraded', 'accelerator-idle', values),
    ];
  }
  const condition = wanted.withoutFallback.includes(provider) ? 'broken' : 'degraded';
  const missing = nodes.includes(ALLOCATOR) ? (nodes.length < 2 ? GPU_NODES[0]! : null) : ALLOCATOR;
  if (missing !== null) return [found(condition, 'jetson-node-missing', { node: missing })];
  const refused = accessFinding(root, nodes, opener);
  if (refused !== null) return [{ ...refused, condition }];
  return [found('fine', 'jetson-fine', { release: release ?? '?' })];
}
