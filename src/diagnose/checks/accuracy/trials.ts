import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fromRoot } from '../../../foundation/home.js';
import { readDatabase } from '../../../store/read-database.js';
import { hasTrials, type StoredTrial, trialStatements, trialsAsked } from '../../../store/trials.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

const DAY_MS = 86_400_000;
/** Some six trials an hour are tried at most. */
const MOST_READ = 500;
/** So many that were taken back in a day, and more than half of all: the tuning does not come to rest. */
const OFTEN = 8;

/** Whether the tuning takes back most of what it tries. @param now Unix ms */
export const trialsCheck = (now: () => number = Date.now): Check => ({
  ground: 'accuracy',
  name: 'trials',
  deadlineMs: 4000,
  async run({ config }) {
    const file = join(fromRoot(config.store.dir), 'history.db');
    if (!existsSync(file)) return [];
    const database = readDatabase(file);
    try {
      if (!hasTrials(database)) return [];
      return judgeTrials(trialsAsked(trialStatements(database), { since: now() - DAY_MS, limit: MOST_READ }));
    } finally {
      database.close();
    }
  },
});

/** What there is to be said of the trials of a day; pure. */
export function judgeTrials(trials: readonly Pick<StoredTrial, 'strategy' | 'verdict'>[]): Finding[] {
  if (trials.length === 0) return [];
  const back = trials.filter(({ verdict }) => verdict === 'rolled-back');
  const values = { trials: trials.length, back: back.length };
  if (back.length < OFTEN || back.length <= trials.length / 2) return [found('fine', 'trials-fine', values)];
  const counts = new Map<string, number>();
  for (const { strategy } of back) counts.set(strategy, (counts.get(strategy) ?? 0) + 1);
  const [strategy] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
  return [found('degraded', 'trials-rolled-back', { ...values, strategy })];
}
