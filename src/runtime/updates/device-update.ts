import { basename, dirname } from 'node:path';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import { UPDATE_TAKEN_BACK, updateTakenBack } from '../../update/alerts.js';
import { TrialFile } from '../../update/trial.js';

export interface DeviceUpdateParts {
  readonly alerts: Pick<Alerts, 'set'>;
  readonly log: Log;
  /** The folder of this version, `PREFIX/versions/NAME`; one of another form has no versions beside it. */
  readonly home: string;
}

/** Tells what became of the last update: the switching and watching is done by others, outside of the program. */
export class DeviceUpdate implements Part {
  readonly name = 'update';
  readonly essential = false;
  readonly alerts = [UPDATE_TAKEN_BACK];
  readonly #parts: DeviceUpdateParts;

  constructor(parts: DeviceUpdateParts) {
    this.#parts = parts;
  }

  start(): void {
    const { alerts, log, home } = this.#parts;
    const versions = dirname(home);
    if (basename(versions) !== 'versions') return;
    const trial = new TrialFile(dirname(versions)).read();
    const running = basename(home);
    const takenBack = updateTakenBack(trial, running, Date.now());
    alerts.set(UPDATE_TAKEN_BACK.code, takenBack);
    if (takenBack !== null) log.warn({ trial: trial?.id }, takenBack.message);
    else if (trial?.state === 'trying' && trial.new === running) {
      log.info({ trial: trial.id, watchMs: trial.watchMs }, `this version is on trial: ${trial.old} watches it`);
    }
  }

  stop(): void {}
}
