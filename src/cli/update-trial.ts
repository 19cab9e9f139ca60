import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Config } from '../config/config.js';
import { INSTALLED_SITE } from '../config/installed-site.js';
import { loadConfig } from '../config/load.js';
import { BundleError } from '../foundation/errors.js';
import { pause } from '../foundation/pause.js';
import { averageHealth, type HealthSample } from '../update/health.js';
import { rollbackTarget } from '../update/rollback-target.js';
import { type ServiceUnit, systemdService } from '../update/service-unit.js';
import { BY_HAND, isOpen, TrialFile, type UpdateTrial } from '../update/trial.js';
import { type TrialSurroundings, watchTrial } from '../update/trial-watch.js';
import { updateOwnerOf } from '../update/update-lock.js';
import type { InstalledVersions } from '../update/versions.js';
import { runningHealth } from './running-health.js';

/** Looks at the old version, and ms between them. */
const LOOKS_BEFORE = { count: 3, everyMs: 2000 } as const;
/** ms until the unit that watches has been started together with the service. */
const UNIT_STARTS_MS = 10_000;
const FOLLOW_EVERY_MS = 1000;

/** What a trial is made of, besides its version. */
export interface TrialWish {
  readonly watchMs: number;
  readonly config: string | undefined;
}

/** What became of the restart of the service; `left`: as it was asked to be. */
export type Restart = 'restarted' | 'stopped' | 'left' | 'refused' | 'no-service' | 'not-needed';

/** Trials of the versions in one prefix, as the command line has them: with systemd, and the program that runs. */
export class ProgramTrials {
  readonly versions: InstalledVersions;
  readonly trials: TrialFile;
  readonly service: ServiceUnit;
  readonly #everyMs: number | undefined;

  /** @param everyMs between two looks; where it is not said, as `watchTrial` has it */
  constructor(versions: InstalledVersions, service = systemdService(versions.prefix), everyMs?: number) {
    this.versions = versions;
    this.trials = new TrialFile(versions.prefix);
    this.service = service;
    this.#everyMs = everyMs;
  }

  /** Whether somebody is going to watch: this process, or the unit at the next start of the service. */
  async canWatch(isRestarted: boolean): Promise<boolean> {
    const told = await this.service.look();
    if (told === null) return false;
    return (isRestarted && told.state.phase !== 'stopped') || (await this.service.isWatched()) !== null;
  }

  /** Starts the service anew, unless somebody has stopped it. */
  async restart(isWanted: boolean): Promise<Restart> {
    const told = await this.service.look();
    if (told === null) return 'no-service';
    if (!isWanted) return 'left';
    if (told.state.phase === 'stopped') return 'stopped';
    return (await this.service.restart()) ? 'restarted' : 'refused';
  }

  /**
   * Goes back, from a version on trial or to the one before; to be called with the lock of updates.
   *
   * @returns the version that is current now
   * @throws BundleError as `rollbackTarget`
   */
  async goBack(): Promise<string> {
    rollbackTarget(this.versions, this.trials.read());
    return (await this.#endByHand()) ?? (await this.versions.rollback());
  }

  /** Ends a trial that never began. @throws BundleError where one goes on */
  async endInterrupted(): Promise<void> {
    const trial = this.trials.read();
    if (trial === null || !isOpen(trial)) return;
    if (trial.state === 'trying' && this.versions.current !== trial.new) {
      await this.trials.step(trial, 'interrupted', 'the power went before the version was switched to', Date.now());
      return;
    }
    const since = new Date(trial.startedAt).toISOString().slice(0, 19);
    throw new BundleError(
      `${trial.new} is on trial since ${since}Z: wait until that has ended (${trial.watchMs / 1000} s), take it as it is with \`edge-optimizer update --confirm\`, or go back with \`edge-optimizer rollback\``,
    );
  }

  /** @throws BundleError where nothing is on trial */
  async confirmByHand(): Promise<UpdateTrial> {
    const trial = this.trials.read();
    if (trial?.state !== 'trying' || this.versions.current !== trial.new) {
      throw new BundleError(`nothing is on trial in ${this.versions.prefix}`);
    }
    return await this.trials.step(trial, 'confirmed', 'somebody said so', Date.now());
  }

  /** Goes back from a version on trial. @returns the version before; null where nothing is on trial */
  async #endByHand(): Promise<string | null> {
    const trial = this.trials.read();
    if (trial === null || !isOpen(trial) || this.versions.current !== trial.new) return null;
    const going = await this.trials.step(trial, 'going-back', BY_HAND, Date.now());
    await this.versions.switchBack(trial.old, trial.new);
    await this.trials.step(going, 'rolled-back', BY_HAND, Date.now());
    return trial.old;
  }

  /** Records that a version is on trial, with how the one does that runs now. */
  async begin(name: string, old: string, digest: string, { watchMs, config: file }: TrialWish): Promise<UpdateTrial> {
    const config = file === undefined ? null : resolve(file);
    const trial: UpdateTrial = {
      id: randomUUID(),
      state: 'trying',
      new: name,
      old,
      digest,
      watchMs,
      config,
      startedAt: Date.now(),
      before: await this.#before(config),
      endedAt: null,
      reason: null,
    };
    await this.trials.begin(trial);
    return trial;
  }

  /**
   * Waits for the outcome, which the unit of systemd brings about that does so after a power cut as well; where there is none,
   * or it does not, this process watches.
   *
   * @returns the trial as it ended; open where the service was stopped meanwhile
   */
  async follow(signal: AbortSignal): Promise<UpdateTrial | null> {
    const since = performance.now();
    for (;;) {
      const trial = this.trials.read();
      if (trial === null || !isOpen(trial) || signal.aborted) return trial;
      const isWatched = await this.service.isWatched();
      if (isWatched === null || (!isWatched && performance.now() - since > UNIT_STARTS_MS))
        return await this.watch(signal);
      await pause(FOLLOW_EVERY_MS, signal);
    }
  }

  /** Watches in this process. */
  async watch(signal: AbortSignal): Promise<UpdateTrial | null> {
    return await watchTrial(this.surroundings(this.trials.read()?.config ?? null), signal);
  }

  /** @param config path of the site's configuration */
  surroundings(config: string | null): TrialSurroundings {
    const { versions, trials, service } = this;
    return {
      versions,
      trials,
      service,
      healthOf: (statusText) => runningHealth(configOf(config), statusText),
      isBeingUpdated: () => updateOwnerOf(versions.prefix) !== null,
      ...(this.#everyMs !== undefined && { everyMs: this.#everyMs }),
    };
  }

  async #before(config: string | null): Promise<HealthSample | null> {
    const samples: HealthSample[] = [];
    for (let look = 0; look < LOOKS_BEFORE.count; look++) {
      const told = await this.service.look();
      const health = told === null ? null : await runningHealth(configOf(config), told.statusText);
      if (health === null) break;
      samples.push(health);
      if (look + 1 < LOOKS_BEFORE.count) await pause(LOOKS_BEFORE.everyMs, new AbortController().signal);
    }
    return averageHealth(samples);
  }
}

/** Of the site, to ask its program; null where it cannot be read: a version on trial is not to blame for that. */
function configOf(file: string | null): Config | null {
  try {
    return loadConfig({ file: file ?? INSTALLED_SITE, env: process.env }).config;
  } catch {
    return null;
  }
}

/** How a trial ended, for people. @param trial as it ended, or goes on */
export function outcomeText(trial: UpdateTrial): string {
  const { state, old, reason } = trial;
  switch (state) {
    case 'confirmed':
      return `${trial.new} is confirmed: ${reason}`;
    case 'rolled-back':
      return `${trial.new} was taken back, ${old} is the current version again: ${reason}`;
    case 'interrupted':
      return `the update to ${trial.new} was interrupted before it was switched to; ${old} is the current version`;
    case 'going-back':
      return `${old} is being gone back to: ${reason}`;
    case 'trying':
      return `${trial.new} is on trial still: it is watched for ${seconds(trial.watchMs)} from its next start on`;
  }
}

const seconds = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`);
