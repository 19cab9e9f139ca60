import { existsSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readAcceleratorDriver } from '../../../board/accelerator-driver.js';
import { namesIn, textIn } from '../../../board/kernel-files.js';
import { type Finding, found } from '../../finding.js';
import { isContainer } from './container.js';
import { accessFinding, type Opener } from './device-access.js';
import { type WantedProviders, wantedOfNvidia } from './wanted-providers.js';

const NVIDIA = '0x10de';
/** PCI class of what shows pictures or computes them. */
const DISPLAY = /^0x03/;
/** Nodes that CUDA opens beside that of the card. */
const NEEDED_NODES = ['nvidiactl', 'nvidia-uvm'] as const;
/** Where distributions and NVIDIA's installer put the driver's libraries. */
const LIBRARY_FOLDERS = [
  'usr/lib/x86_64-linux-gnu',
  'usr/lib/aarch64-linux-gnu',
  'usr/lib64',
  'usr/lib',
  'usr/lib/wsl/lib',
];

/** What a machine shows of a card of NVIDIA's. */
export interface NvidiaCard {
  /** Whether one is in a slot. */
  readonly isInSlot: boolean;
  /** The kernel's driver that has it: `nvidia`, `nouveau`, `vfio-pci`; null: none. */
  readonly heldBy: string | null;
  /** Version of NVIDIA's kernel module, `550.90.07`; null where it is not loaded. */
  readonly driver: string | null;
  /** `NVIDIA GeForce RTX 3060`; null where nothing tells. */
  readonly name: string | null;
  /** Names in /dev: `nvidia0`, `nvidiactl`, `nvidia-uvm`. */
  readonly nodes: readonly string[];
  /** Versions of the driver's library libcuda; empty where it is in no folder that is known. */
  readonly libraries: readonly string[];
  readonly isContainer: boolean;
}

/** @param root `/`; tests give trees @returns null where there is nothing of NVIDIA's */
export function readNvidiaCard(root: string): NvidiaCard | null {
  const slot = slotOf(root);
  const { driver, gpu } = readAcceleratorDriver(root);
  const nodes = namesIn(join(root, 'dev')).filter((name) => /^nvidia(\d+|ctl|-uvm)$/.test(name));
  const version = driver?.startsWith('NVIDIA ') ? driver.slice('NVIDIA '.length) : null;
  if (slot === null && version === null && nodes.length === 0) return null;
  return {
    isInSlot: slot !== null,
    heldBy: slot === null ? null : driverOf(slot),
    driver: version,
    name: gpu,
    nodes,
    libraries: librariesAt(root),
    isContainer: isContainer(root),
  };
}

/** Whether it can be said for certain that no NVIDIA GPU is there: the buses are shown, and nothing else speaks for one. */
export function isSurelyWithoutNvidia(root: string): boolean {
  const showsBus = namesIn(join(root, 'sys/bus/pci/devices')).length > 0;
  // Windows' Linux has its GPU behind one node
  return showsBus && readNvidiaCard(root) === null && !existsSync(join(root, 'dev/dxg'));
}

/** What there is to be said of a card: the one thing that hinders it first. */
export function judgeNvidiaCard(
  root: string,
  card: NvidiaCard,
  wanted: WantedProviders,
  opener: Opener | null,
): Finding[] {
  const provider = wantedOfNvidia(wanted);
  const hindrance = hindranceOf(root, card, opener);
  if (hindrance !== null) return [provider === null ? milder(hindrance, card) : within(hindrance, provider, wanted)];
  const values = { gpu: card.name ?? 'NVIDIA GPU', driver: card.driver ?? '?' };
  if (provider !== null || wanted.providers.includes('webgpu')) return [found('fine', 'nvidia-fine', values)];
  if (wanted.hasForeignWorker) return [found('fine', 'nvidia-fine', values)];
  return [found('degraded', 'accelerator-idle', values)];
}

function hindranceOf(root: string, card: NvidiaCard, opener: Opener | null): Finding | null {
  const { driver, nodes, heldBy, libraries } = card;
  if (driver === null) {
    if (card.isContainer) return found('degraded', 'nvidia-not-given');
    if (heldBy === 'vfio-pci') return found('degraded', 'nvidia-passed-on');
    return found('degraded', heldBy === 'nouveau' ? 'nvidia-nouveau' : 'nvidia-driver-missing');
  }
  if (!nodes.some((name) => /\d$/.test(name))) {
    return card.isContainer
      ? found('degraded', 'nvidia-not-given')
      : found('degraded', 'nvidia-node-missing', { node: '/dev/nvidia0' });
  }
  const missing = NEEDED_NODES.find((name) => !nodes.includes(name));
  if (missing !== undefined) return found('degraded', 'nvidia-node-missing', { node: `/dev/${missing}` });
  const refused = accessFinding(
    root,
    nodes.map((name) => `/dev/${name}`),
    opener,
  );
  if (refused !== null) return refused;
  if (libraries.length > 0 && !libraries.includes(driver)) {
    return found('degraded', 'nvidia-driver-mismatch', { driver, library: libraries.join(', ') });
  }
  return null;
}

/** A card that nobody asks for: in a container it is the host's, and need not be given to it. */
function milder(hindrance: Finding, { isContainer }: NvidiaCard): Finding {
  return isContainer || hindrance.code === 'nvidia-passed-on' ? { ...hindrance, condition: 'unknown' } : hindrance;
}

/** Where a pool has nothing to fall back to, no frame is answered. */
function within(hindrance: Finding, provider: 'tensorrt' | 'cuda', { withoutFallback }: WantedProviders): Finding {
  return { ...hindrance, condition: withoutFallback.includes(provider) ? 'broken' : 'degraded' };
}

function slotOf(root: string): string | null {
  const folder = join(root, 'sys/bus/pci/devices');
  const slot = namesIn(folder).find((name) => {
    const at = join(folder, name);
    return textIn(join(at, 'vendor')).trim() === NVIDIA && DISPLAY.test(textIn(join(at, 'class')).trim());
  });
  return slot === undefined ? null : join(folder, slot);
}

/** The name of the driver that a device of sysfs is bound to; null: none. */
export function driverOf(device: string): string | null {
  try {
    return basename(readlinkSync(join(device, 'driver')));
  } catch {
    return null;
  }
}

function librariesAt(root: string): string[] {
  const versions = LIBRARY_FOLDERS.flatMap((folder) =>
    namesIn(join(root, folder)).flatMap((name) => /^libcuda\.so\.(\d+\.\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? []),
  );
  return [...new Set(versions)];
}
