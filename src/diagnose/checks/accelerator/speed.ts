import { cpus } from 'node:os';
import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import { findThrottles } from '../../../board/machine/sensors/throttles.js';
import type { RuntimeStatus } from '../../../runtime/status.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { detectorTrial } from '../detector/detector-trial.js';
import { usedModels } from '../models/used-models.js';
import { readSensorsNow } from '../system/sensors-now.js';
import { type StoredSpeed, storedSpeed, type WantedSpeed, wantedOf } from './stored-speed.js';

/** Times slower than once measured from which on something holds it back. */
const SLOWER = 1.5;
/** Pictures after which the running program knows how long one takes. */
const LEARNT = 100;

/** How fast it is now, and what could make it slow. */
export interface SpeedState {
  /** ms of a picture now. */
  readonly ms: number;
  readonly wanted: WantedSpeed;
  /** null: never measured. */
  readonly stored: StoredSpeed | null;
  /** What holds the machine back now: `heat`, `power`. */
  readonly heldBy: readonly string[];
  /** Of the whole machine in the last minute, in cores; null where nothing tells. */
  readonly load: number | null;
  readonly cores: number;
}

/** Whether the detector is as fast as when this device was profiled. */
export const speedCheck = (): Check => ({
  ground: 'accelerator',
  name: 'speed',
  deadlineMs: 7000,
  async run(patient, signal) {
    const { config, root } = patient;
    const now = patient.running === null ? await ofTrial(patient, signal) : await ofProgram(patient, signal);
    if (now === null) return [];
    const { ms, wanted } = now;
    const stored = storedSpeed(config.store.dir, root, config.detector, wanted);
    const sensors = await readSensorsNow(root, [findThrottles]);
    const heldBy = (['heat', 'power'] as const).filter((quantity) =>
      [...sensors.of(quantity)].some(({ value }) => (value ?? 0) > 0),
    );
    const load = Number.parseFloat(textIn(join(root, 'proc/loadavg')));
    return [judgeSpeed({ ms, wanted, stored, heldBy, load: Number.isNaN(load) ? null : load, cores: cpus().length })];
  },
});

/** What there is to be said of the speed, with the likeliest reason where it is slow; pure. */
export function judgeSpeed({ ms, wanted, stored, heldBy, load, cores }: SpeedState): Finding {
  const { model, variant, provider } = wanted;
  const now = { variant, provider, ms: tenths(ms) };
  if (stored === null) return found('unknown', 'speed-unprofiled', { ...now, model });
  const before = stored.measurement.p50Ms!;
  const values = { ...now, before: tenths(before), times: tenths(ms / before) };
  if (ms <= before * SLOWER) return found('fine', 'speed-fine', values);
  const mode = stored.changed.find((part) => part.startsWith('power mode'));
  if (heldBy.includes('heat')) return found('degraded', 'speed-heat', values);
  if (heldBy.includes('power')) return found('degraded', 'speed-power', values);
  if (mode !== undefined) return found('degraded', 'speed-power-mode', { ...values, changed: mode });
  // another runtime, driver or processor has a speed of its own, which no profile knows yet
  if (stored.changed.length > 0)
    return found('unknown', 'speed-other-device', { ...values, changed: stored.changed.join('; '), model });
  if (load !== null && load > cores) return found('degraded', 'speed-busy', { ...values, load: tenths(load), cores });
  return found('degraded', 'speed-slow', { ...values, model });
}

/** Of the detector that was tried; null where it did not answer, or another than the configured one did. */
async function ofTrial(patient: Patient, signal: AbortSignal): Promise<Pick<SpeedState, 'ms' | 'wanted'> | null> {
  const { answer } = await detectorTrial(patient, signal);
  if (answer === null || answer.isSmall) return null;
  return { ms: answer.pictureMs, wanted: wantedOf(answer) };
}

/** As the running program learnt it of its own pictures; null where it does not tell, or has seen few. */
async function ofProgram(patient: Patient, signal: AbortSignal): Promise<Pick<SpeedState, 'ms' | 'wanted'> | null> {
  const status = (await patient.running?.ask('/api/status', signal)) as RuntimeStatus | null;
  const worker = status?.workers.find(({ pictureMs, pictures }) => pictureMs !== null && pictures >= LEARNT);
  if (!status || !worker || worker.variant === null || worker.provider === null) return null;
  const { registry } = await usedModels(patient.config, patient.root);
  const { variant } = await registry.find(status.model, worker.variant);
  const { intraOpThreads: threads, workers } = status.tuning.knobs?.point ?? patient.config.detector;
  const { provider } = worker;
  return {
    ms: worker.pictureMs!,
    wanted: { model: status.model, variant: variant.id, sha256: variant.sha256, provider, threads, workers },
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
