import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import { parseMountInfo } from '../../../foundation/mounts.js';
import { placeOf } from '../../../store/store-place.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** Whether databases may lie where the store is. */
export const networkFileSystemCheck = (): Check => ({
  ground: 'storage',
  name: 'network-file-system',
  deadlineMs: 3000,
  async run({ config, root }) {
    const folder = config.store.dir;
    const mounts = parseMountInfo(textIn(join(root, 'proc/self/mountinfo')));
    const { kind, name } = placeOf(folder, () => mounts);
    const values = { folder, name };
    switch (kind) {
      case 'network':
        return [found('broken', 'store-on-network', values)];
      case 'memory':
        return [found('degraded', 'store-in-memory', values)];
      case 'layer':
        return [found('degraded', 'store-in-layer', values)];
      case 'program':
        return [found('unknown', 'store-on-program', values)];
      default:
        return [found('fine', 'store-on-disk', { folder })];
    }
  },
});
