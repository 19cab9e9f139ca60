import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthSample, ServiceState } from '../../src/update/health.js';
import type { ServiceUnit } from '../../src/update/service-unit.js';
import { TrialFile } from '../../src/update/trial.js';
import type { TrialSurroundings } from '../../src/update/trial-watch.js';
import { updateOwnerOf } from '../../src/update/update-lock.js';
import type { InstalledVersions } from '../../src/update/versions.js';

export const WELL: HealthSample = {
  uptimeS: 100,
  cameras: 1,
  streaming: 1,
  capturedFps: 10,
  answeredFps: 10,
  captured: 1000,
  failed: 0,
  provider: 'cpu',
  estimatedF1: 0.9,
  memoryBytes: 100 * 2 ** 20,
};

/** Stands in for systemd: each start runs the guard, as the unit does; a version that is `bad` ends again at once. */
export class PretendedService implements ServiceUnit {
  readonly #versions: InstalledVersions;
  readonly #isBad: (version: string) => boolean;
  #restarts = 0;
  #pid = 0;
  /** Which version runs. */
  runs: string | null = null;

  constructor(versions: InstalledVersions, isBad: (version: string) => boolean) {
    this.#versions = versions;
    this.#isBad = isBad;
  }

  /** By systemd itself, after a boot or an end. */
  start(): void {
    const guard = join(this.#versions.prefix, 'bin/update-guard');
    if (existsSync(guard)) spawnSync(guard, ['start'], { stdio: ['ignore', 'ignore', 'ignore'] });
    this.runs = this.#versions.current;
    this.#pid++;
  }

  async look(): Promise<{ state: ServiceState; statusText: string }> {
    if (this.runs !== null && this.#isBad(this.runs)) {
      this.#restarts++;
      this.start();
    }
    const state: ServiceState = { phase: 'running', restarts: this.#restarts, pid: this.#pid, result: 'success' };
    return { state, statusText: '' };
  }

  async restart(): Promise<boolean> {
    this.#restarts = 0;
    this.start();
    return true;
  }

  async isWatched(): Promise<null> {
    return null;
  }
}

/** Everything around a trial, watched in a few milliseconds. */
export function pretended(
  versions: InstalledVersions,
  service: ServiceUnit,
  health: HealthSample | null = WELL,
): TrialSurroundings {
  return {
    versions,
    trials: new TrialFile(versions.prefix),
    service,
    healthOf: async () => health,
    isBeingUpdated: () => updateOwnerOf(versions.prefix) !== null,
    everyMs: 2,
  };
}
