import { join } from 'node:path';
import { namesIn, textIn } from '../../../board/kernel-files.js';
import { type Finding, found } from '../../finding.js';
import { accessFinding, type Opener } from './device-access.js';
import type { WantedProviders } from './wanted-providers.js';

/** A unit for which ONNX Runtime has no provider: only a worker of somebody's own can use it. */
export interface NeuralUnit {
  /** `Rockchip NPU`. */
  readonly name: string;
  readonly device: string;
  /** Of its driver; null where nothing tells. */
  readonly version: string | null;
}

/** By their nodes. */
const NODES: readonly (readonly [RegExp, string])[] = [
  [/^rknpu$/, 'Rockchip NPU'],
  [/^hailo\d+$/, 'Hailo'],
  [/^apex_\d+$/, 'Coral Edge TPU'],
];
/** Where Rockchip's driver tells its version, to everybody or to root alone. */
const RKNPU_VERSIONS = ['proc/rknpu/version', 'sys/kernel/debug/rknpu/version'];

/** @param root `/`; tests give trees */
export function readNeuralUnits(root: string): NeuralUnit[] {
  const units = namesIn(join(root, 'dev')).flatMap((node): NeuralUnit[] => {
    const name = NODES.find(([pattern]) => pattern.test(node))?.[1];
    return name === undefined ? [] : [{ name, device: `/dev/${node}`, version: versionOf(root, node) }];
  });
  const isTold = units.some(({ name }) => name === NODES[0]![1]);
  return isTold ? units : [...rockchipRenderNode(root), ...units];
}

/** Newer kernels of Rockchip's show the NPU among the GPUs. */
function rockchipRenderNode(root: string): NeuralUnit[] {
  const folder = join(root, 'sys/class/drm');
  const node = namesIn(folder).find(
    (name) => name.startsWith('renderD') && /^DRIVER=RKNPU$/m.test(textIn(join(folder, name, 'device/uevent'))),
  );
  return node === undefined
    ? []
    : [{ name: NODES[0]![1], device: `/dev/dri/${node}`, version: versionOf(root, 'rknpu') }];
}

/** What there is to be said of one unit. @param opener who is going to open it; null: not known */
export function judgeNeuralUnit(
  root: string,
  { name, device, version }: NeuralUnit,
  { hasForeignWorker }: WantedProviders,
  opener: Opener | null,
): Finding {
  const values = { unit: name, device, version: version ?? '?' };
  if (!hasForeignWorker) return found('fine', 'npu-spare', values, device);
  const refused = accessFinding(root, [device], opener);
  if (refused !== null) return { ...refused, subject: device };
  return found('fine', 'npu-fine', values, device);
}

/** `RKNPU driver: v0.9.8`; Hailo's and Coral's modules tell theirs in sysfs. */
function versionOf(root: string, node: string): string | null {
  const module = node.startsWith('hailo') ? 'hailo_pci' : node.startsWith('apex') ? 'apex' : null;
  const texts = module === null ? RKNPU_VERSIONS : [`sys/module/${module}/version`];
  return (
    texts.map((file) => /\d+(?:\.\d+)+/.exec(textIn(join(root, file)))?.[0]).find((text) => text !== undefined) ?? null
  );
}
