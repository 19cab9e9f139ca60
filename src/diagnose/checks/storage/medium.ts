import { join } from 'node:path';
import { namesIn, numberIn } from '../../../board/kernel-files.js';
import { readWear } from '../../../board/machine/disk-wear.js';
import { mediumOf } from '../../../store/medium.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';

/** Percent of its life from which on a medium is to be replaced with the next visit. */
const WORN = 90;

/** What databases lie on, how much of its life is used, and whether its file system found errors. */
export const mediumCheck = (): Check => ({
  ground: 'storage',
  name: 'medium',
  deadlineMs: 3000,
  async run({ config, root }) {
    const findings = fileSystemErrors(root);
    const medium = mediumOf(nearestFolder(config.store.dir), root);
    if (medium === null) return findings;
    const { kind, device, model } = medium;
    const used = (await readWear(root, [device])).get(device) ?? null;
    const values = { kind, device, model: model || '?' };
    if (used !== null && used >= WORN) return [...findings, found('degraded', 'medium-worn', { ...values, used })];
    if (findings.length > 0) return findings;
    return [used === null ? found('fine', 'medium-fine', values) : found('fine', 'medium-wear', { ...values, used })];
  },
});

/** ext4 counts them over all starts, until it is checked. */
function fileSystemErrors(root: string): Finding[] {
  const folder = join(root, 'sys/fs/ext4');
  return namesIn(folder).flatMap((device) => {
    const errors = numberIn(join(folder, device, 'errors_count')) ?? 0;
    return errors > 0 ? [found('degraded', 'file-system-errors', { device, errors }, device)] : [];
  });
}
