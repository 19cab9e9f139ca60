import { accessSync, constants } from 'node:fs';
import { userInfo } from 'node:os';
import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** Problems that a finding names; `config check` has them all. */
const MOST = 3;

/** Who the installation lets read it: whom else it refuses, that is as it should be. */
const SERVICE_USER = 'edge-optimizer';

/** Whether the site's file can be used. */
export const configurationCheck = (): Check => ({
  ground: 'service',
  name: 'configuration',
  deadlineMs: 1000,
  async run({ configFile, configProblems }) {
    const file = configFile ?? '';
    if (isForbidden(file)) {
      const { username: user } = userInfo();
      return [found(user === SERVICE_USER ? 'broken' : 'unknown', 'configuration-forbidden', { file, user })];
    }
    if (configProblems.length > 0) {
      const more = configProblems.length > MOST ? ` (+${configProblems.length - MOST})` : '';
      const problems = `${configProblems.slice(0, MOST).join('; ')}${more}`;
      return [found('broken', 'configuration-unusable', { file: file || '—', problems })];
    }
    if (configFile === null) return [found('unknown', 'configuration-unnamed')];
    return [found('fine', 'configuration-fine', { file })];
  },
});

function isForbidden(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}
