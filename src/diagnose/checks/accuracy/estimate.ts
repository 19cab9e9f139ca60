import type { RuntimeStatus } from '../../../runtime/status.js';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** How right answers without inference are at each camera, as the audit of the running program estimates it. */
export const estimateCheck = (): Check => ({
  ground: 'accuracy',
  name: 'estimate',
  deadlineMs: 4000,
  async run({ running, config }, signal) {
    const status = (await running?.ask('/api/status', signal)) as RuntimeStatus | null;
    if (!status) return [];
    const least = config.answer.accuracyFloor;
    return status.cameras.map(({ id, estimatedF1 }) => {
      if (estimatedF1 === null) return found('unknown', 'accuracy-unknown', { camera: id }, id);
      const values = { camera: id, f1: Math.round(estimatedF1 * 1000) / 1000, least };
      const isBelow = estimatedF1 < least;
      return found(isBelow ? 'degraded' : 'fine', isBelow ? 'accuracy-below' : 'accuracy-fine', values, id);
    });
  },
});
