import { readBundleArchive } from '../../src/update/bundle-archive.js';
import type { Trust } from '../../src/update/signature.js';
import { TrialFile } from '../../src/update/trial.js';
import { lockUpdates } from '../../src/update/update-lock.js';
import { verifyBundle } from '../../src/update/verify.js';
import type { InstalledVersions } from '../../src/update/versions.js';
import { WELL } from './pretended-service.js';

/** Does what `edge-optimizer update` does with a bundle, up to the restart of the service. @returns the version's name */
export async function updateOnTrial(
  versions: InstalledVersions,
  archive: string,
  trust: Trust,
  watchMs = 12,
): Promise<string> {
  const verified = await verifyBundle(readBundleArchive(archive), trust);
  const release = lockUpdates(versions.prefix);
  try {
    const old = versions.current;
    const name = await versions.add(readBundleArchive(archive), verified, trust);
    if (old !== null && old !== name) {
      const { digest } = verified;
      const startedAt = Date.now();
      const open = { state: 'trying', endedAt: null, reason: null, before: WELL, config: null } as const;
      await new TrialFile(versions.prefix).begin({
        id: `${startedAt}-${name}`,
        new: name,
        old,
        digest,
        watchMs,
        startedAt,
        ...open,
      });
    }
    await versions.switchTo(name);
    await versions.prune();
    return name;
  } finally {
    release();
  }
}
