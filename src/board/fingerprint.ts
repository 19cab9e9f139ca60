import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readAcceleratorDriver } from './accelerator-driver.js';
import { readCpuFeatures } from './cpu-features.js';
import { namesIn, textIn } from './kernel-files.js';

/** What a measurement depends on besides the model: where one of these differs, the numbers are another device's. */
export interface Fingerprint {
  /** Name of the board as the configuration recognises it, or its machine type. */
  readonly board: string;
  readonly cpu: string;
  readonly cpuFlags: string;
  /** Cores that the program may use. */
  readonly cores: string;
  /** The execution provider with its options. */
  readonly provider: string;
  /** Driver and GPU; `none` for the CPU, whose speed they do not touch. */
  readonly driver: string;
  /** Who runs the model, with its version. */
  readonly runtime: string;
  /** nvpmodel's mode and the governors of the cores. */
  readonly powerMode: string;
  readonly node: string;
}

/** What the caller knows; the rest is read from the device. */
export type KnownParts = Pick<Fingerprint, 'board' | 'cores' | 'provider' | 'runtime' | 'node'>;

const NAMES: Readonly<Record<keyof Fingerprint, string>> = {
  board: 'board',
  cpu: 'CPU',
  cpuFlags: 'CPU flags',
  cores: 'cores',
  provider: 'provider',
  driver: 'driver',
  runtime: 'runtime',
  powerMode: 'power mode',
  node: 'Node.js',
};

/** @param root `/`; tests give recorded trees */
export function readFingerprint(root: string, known: KnownParts): Fingerprint {
  const { model, flags } = readCpuFeatures(root);
  const { driver, gpu } = readAcceleratorDriver(root);
  const onCpu = known.provider.split(' ')[0] === 'cpu';
  return {
    ...known,
    cpu: model,
    cpuFlags: flags,
    driver: onCpu ? 'none' : [driver, gpu].filter(Boolean).join(', ') || 'unknown',
    powerMode: readPowerMode(root),
  };
}

/** A short name for a fingerprint: 16 hex digits. */
export function fingerprintId(fingerprint: Fingerprint): string {
  const parts = keys(fingerprint).map((key) => `${key}=${fingerprint[key]}`);
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

/** The parts that differ, as `driver: NVIDIA 550.90.07, now NVIDIA 560.35.03`; empty: the numbers still hold. */
export function changedParts(stored: Fingerprint, now: Fingerprint): string[] {
  return keys(now)
    .filter((key) => stored[key] !== now[key])
    .map((key) => `${NAMES[key]}: ${stored[key] || 'none'}, now ${now[key] || 'none'}`);
}

/** `nvpmodel 2, governor schedutil`; `unknown` in a container that hides both. */
export function readPowerMode(root: string): string {
  const mode = /pmode:0*(\d+)/.exec(textIn(join(root, 'var/lib/nvpmodel/status')))?.[1];
  const folder = join(root, 'sys/devices/system/cpu');
  const governors = namesIn(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => textIn(join(folder, name, 'cpufreq/scaling_governor')).trim())
    .filter(Boolean);
  const parts = [
    ...(mode === undefined ? [] : [`nvpmodel ${mode}`]),
    ...(governors.length === 0 ? [] : [`governor ${[...new Set(governors)].sort().join('+')}`]),
  ];
  return parts.join(', ') || 'unknown';
}

const keys = (fingerprint: Fingerprint) =>
  (Object.keys(NAMES) as (keyof Fingerprint)[]).filter((key) => key in fingerprint);
