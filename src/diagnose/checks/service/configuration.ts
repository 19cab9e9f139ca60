import type { Check } from '../../check.js';
import { found } from '../../finding.js';

/** Problems that a finding names; `config check` has them all. */
const MOST = 3;

/** Whether the site's file can be used. */
export const configurationCheck = (): Check => ({
  ground: 'service',
  name: 'configuration',
  deadlineMs: 1000,
  async run({ configFile, configProblems }) {
    const file = configFile ?? '';
    if (configProblems.length > 0) {
      const more = configProblems.length > MOST ? ` (+${configProblems.length - MOST})` : '';
      const problems = `${configProblems.slice(0, MOST).join('; ')}${more}`;
      return [found('broken', 'configuration-unusable', { file: file || '—', problems })];
    }
    if (configFile === null) return [found('unknown', 'configuration-unnamed')];
    return [found('fine', 'configuration-fine', { file })];
  },
});
