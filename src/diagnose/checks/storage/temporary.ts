import { tmpdir } from 'node:os';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';
import { probeWrite } from './write-probe.js';

/** Whether temporary files can be written. */
export const temporaryCheck = (folder = tmpdir()): Check => ({
  ground: 'storage',
  name: 'temporary',
  deadlineMs: 3000,
  async run() {
    const code = await probeWrite(folder);
    if (code === null) return [found('fine', 'temporary-fine', { folder })];
    return [found('degraded', 'temporary-not-writable', { folder, code })];
  },
});
