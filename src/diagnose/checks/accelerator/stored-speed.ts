import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { changedParts, type Fingerprint, fingerprintId } from '../../../board/fingerprint.js';
import type { DetectorConfig } from '../../../config/config.js';
import { fromRoot } from '../../../foundation/home.js';
import { silentLog } from '../../../foundation/log.js';
import { deviceFingerprint, placeAt } from '../../../profile/device-fingerprint.js';
import type { Measurement } from '../../../store/measurement.js';
import { Profiles } from '../../../store/profiles.js';
import { readDatabase } from '../../../store/read-database.js';
import type { TrialAnswer } from '../detector/detector-trial.js';

/** What is looked for in the profile. */
export interface WantedSpeed {
  readonly model: string;
  readonly variant: string;
  readonly sha256: string;
  readonly provider: string;
  readonly threads: number;
  /** Side by side: they slow each other down. */
  readonly workers: number;
}

/** As the profile calls what a trial ran. */
export function wantedOf({ entry: { manifest, variant }, info: { provider }, threads }: TrialAnswer): WantedSpeed {
  return { model: manifest.name, variant: variant.id, sha256: variant.sha256, provider, threads, workers: 1 };
}

/** A configuration as it was once measured. */
export interface StoredSpeed {
  readonly measurement: Measurement;
  /** In what the device differs from what it was then: `power mode: nvpmodel 0, now nvpmodel 2`; empty: in nothing. */
  readonly changed: readonly string[];
}

/** One picture at a time on each worker, of this device, or else of what it was before something changed; null: never measured. */
export function storedSpeed(
  storeDir: string,
  root: string,
  detector: Pick<DetectorConfig, 'providers' | 'socket' | 'command' | 'binding'>,
  wanted: WantedSpeed,
): StoredSpeed | null {
  const file = join(fromRoot(storeDir), 'profiles.db');
  if (!existsSync(file)) return null;
  const profiles = new Profiles({ open: () => readDatabase(file), log: silentLog });
  try {
    profiles.start();
    const now = deviceFingerprint(detector, wanted.provider, placeAt(root));
    const measuredAs = (id: string) => profiles.read(id, wanted.model).find((one) => isOf(one, wanted)) ?? null;
    const own = measuredAs(fingerprintId(now));
    if (own !== null) return { measurement: own, changed: [] };
    for (const { id, fingerprint } of profiles.devices(wanted.model)) {
      const measurement = measuredAs(id);
      if (measurement === null) continue;
      return { measurement, changed: changedParts(fingerprint as unknown as Fingerprint, now) };
    }
    return null;
  } finally {
    profiles.stop();
  }
}

/** Whether it is that configuration, one picture at a time, and could be measured. */
function isOf(one: Measurement, { variant, sha256, provider, threads, workers }: WantedSpeed): boolean {
  const isAlone = one.batch === 1 && one.workers === workers && one.p50Ms !== null;
  const isSame = one.variant === variant && one.sha256 === sha256 && one.provider === provider;
  return isAlone && isSame && one.threads === (provider === 'cpu' ? threads : 1);
}
