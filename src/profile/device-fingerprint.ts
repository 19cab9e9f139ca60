import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { recogniseBoard } from '../board/board.js';
import { readCpuQuota, type UsableProcessor } from '../board/cpu-quota.js';
import { type Fingerprint, readFingerprint } from '../board/fingerprint.js';
import type { DetectorConfig } from '../config/config.js';
import { fromRoot } from '../foundation/home.js';

/** Where a fingerprint is read, and what the program may use there. */
export interface FingerprintPlace extends UsableProcessor {
  /** `/`; tests give recorded trees. */
  readonly root: string;
}

/** This machine, as `root` shows it. */
export function placeAt(root: string): FingerprintPlace {
  return { root, cores: availableParallelism(), quota: readCpuQuota(root) };
}

/** What measurements of this device with an execution provider belong to, as the configuration has it. */
export function deviceFingerprint(
  detector: Pick<DetectorConfig, 'providers' | 'socket' | 'command' | 'binding'>,
  provider: string,
  { root, cores, quota }: FingerprintPlace,
): Fingerprint {
  const options = detector.providers.find(({ name }) => name === provider)?.options ?? {};
  return readFingerprint(root, {
    board: recogniseBoard(root) ?? `${process.platform} ${process.arch}`,
    cores: quota === null ? String(cores) : `${cores}, quota ${quota.toFixed(2)}`,
    provider: Object.keys(options).length === 0 ? provider : `${provider} ${JSON.stringify(options)}`,
    runtime: runtimeOf(detector),
    node: process.versions.node,
  });
}

/** Read from the package and not from the library, which stays out of this process. */
function runtimeOf(detector: Pick<DetectorConfig, 'socket' | 'command' | 'binding'>): string {
  if (detector.socket !== undefined) return `detector at ${detector.socket}`;
  if (detector.command !== undefined) return detector.command.join(' ');
  const folder = detector.binding ?? fromRoot('node_modules/onnxruntime-node');
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return `onnxruntime-node ${version}`;
  } catch {
    return `onnxruntime-node in ${folder}`;
  }
}
