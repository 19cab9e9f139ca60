import { isSlow, measureFsync } from '../../../store/fsync-latency.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';
import { doWithin } from './within.js';

/** ms after which no further write begins. */
const ENOUGH_MS = 1000;

/** How long the medium takes until it has what was written. @param measure for tests: a slow medium */
export const fsyncCheck = (measure = measureFsync): Check => ({
  ground: 'storage',
  name: 'fsync',
  deadlineMs: 5000,
  async run({ config }, signal) {
    const folder = nearestFolder(config.store.dir);
    const latency = await doWithin(ENOUGH_MS, signal, (enough) => measure(folder, enough));
    // why nothing can be written there is said elsewhere
    if (latency === null) return [];
    const values = { median: rounded(latency.medianMs), worst: rounded(latency.worstMs), writes: latency.writes };
    return [isSlow(latency) ? found('degraded', 'fsync-slow', values) : found('fine', 'fsync-fine', values)];
  },
});

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
