import { type Clock, systemClock } from '../foundation/clock.js';
import { pause } from '../foundation/pause.js';
import { type HealthSample, judgeUpdate, type TrialLook } from './health.js';
import type { ServiceUnit } from './service-unit.js';
import { isOpen, type TrialFile, type UpdateTrial } from './trial.js';
import type { InstalledVersions } from './versions.js';

/** With what a trial is watched and ended. */
export interface TrialSurroundings {
  readonly versions: InstalledVersions;
  readonly trials: TrialFile;
  readonly service: ServiceUnit;
  /** How the program does that runs now. @param statusText what it tells systemd */
  readonly healthOf: (statusText: string) => Promise<HealthSample | null>;
  /** Whether an update is at work, which has recorded the trial and not yet switched. */
  readonly isBeingUpdated: () => boolean;
  readonly clock?: Clock;
  /** ms between two looks. */
  readonly everyMs?: number;
}

const EVERY_MS = 5000;
/** Looks that are kept: an hour and a half, where the service is started by hand again and again. */
const MOST_LOOKS = 1000;
/** Looks in a row that find it stopped: a restart passes through that for a moment. */
const STOPPED_LOOKS = 3;

/**
 * Watches the version on trial until that is confirmed or rolled back.
 *
 * @returns the trial as it ended; an open one where the service was stopped, or an update has not switched yet: the next start
 * of the service goes on
 */
export async function watchTrial(surroundings: TrialSurroundings, signal: AbortSignal): Promise<UpdateTrial | null> {
  const { versions, trials, service, healthOf, isBeingUpdated, clock = systemClock, everyMs = EVERY_MS } = surroundings;
  const first = trials.read();
  const looks: TrialLook[] = [];
  for (let stopped = 0; ; ) {
    const trial = trials.read();
    if (trial === null || trial.id !== first?.id || !isOpen(trial) || signal.aborted) return trial;
    if (trial.state === 'going-back') return await goBack(trial, trial.reason ?? '', surroundings);
    if (versions.current !== trial.new) {
      if (isBeingUpdated()) return trial;
      return await trials.step(
        trial,
        'interrupted',
        'the power went before the version was switched to',
        clock.unixNow(),
      );
    }
    const told = await service.look();
    stopped = told === null || told.state.phase === 'stopped' ? stopped + 1 : 0;
    if (stopped >= STOPPED_LOOKS) return trial;
    if (told !== null && stopped === 0) {
      const health = told.state.phase === 'running' ? await healthOf(told.statusText) : null;
      looks.push({ at: clock.now(), service: told.state, health });
      if (looks.length > MOST_LOOKS) looks.shift();
      const verdict = judgeUpdate(trial.before, looks, trial.watchMs);
      if (verdict.kind === 'worse') return await goBack(trial, verdict.reason, surroundings);
      if (verdict.kind === 'fine') return await trials.step(trial, 'confirmed', verdict.reason, clock.unixNow());
    }
    await pause(everyMs, signal);
  }
}

/** Ends a trial with the old version, which the service then runs. Whatever of it was done already is done again. */
export async function goBack(
  trial: UpdateTrial,
  reason: string,
  {
    versions,
    trials,
    service,
    clock = systemClock,
  }: Pick<TrialSurroundings, 'versions' | 'trials' | 'service' | 'clock'>,
): Promise<UpdateTrial> {
  const going = await trials.step(trial, 'going-back', reason, clock.unixNow());
  await versions.switchBack(trial.old, trial.new);
  // before it is called done: whoever is killed here is followed by one who restarts it
  if ((await service.look()) !== null) await service.restart();
  return await trials.step(going, 'rolled-back', reason, clock.unixNow());
}
