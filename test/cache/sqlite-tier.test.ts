import { test } from 'uvu';
import { SqliteTier } from '../../src/cache/sqlite-tier.js';
import { TagTimes } from '../../src/cache/tags.js';
import { silentLog } from '../../src/foundation/log.js';
import { needs } from '../optional.js';
import { Clock, fragile, freshFile, open } from './parts.js';
import { secondTierContract, type TierUnderTest, TOO_LARGE } from './second-tier-contract.js';

function tierOn(file: string, clock: Clock): TierUnderTest {
  const told: string[] = [];
  const broken: { code: string | null } = { code: null };
  const tags = new TagTimes(clock.now);
  const tier = new SqliteTier({
    open: () => fragile(open(file), broken),
    flushInterval: 1e9,
    entriesInterval: 0,
    now: clock.now,
    log: silentLog,
    listener: {
      degraded: () => told.push('degraded'),
      recovered: () => told.push('recovered'),
      setAside: () => told.push('setAside'),
    },
    maxBytes: TOO_LARGE,
    maxPendingBytes: 2 ** 20,
    tags,
    onEvict: () => undefined,
  });
  tier.start();
  return {
    tier,
    tags,
    now: clock.now,
    told,
    pass: (ms) => {
      clock.at += ms;
    },
    reopened: async () => {
      tier.stop();
      return tierOn(file, clock);
    },
    corrupt: (key) => {
      const database = open(file);
      database.prepare("UPDATE entries SET value = x'00ff' WHERE key = ?").run(key);
      database.close();
    },
    breakWriting: () => {
      broken.code = 'SQLITE_FULL';
    },
    mend: () => {
      broken.code = null;
      clock.at += 60_000;
      tier.flush();
    },
    end: () => tier.stop(),
  };
}

secondTierContract(needs('better-sqlite3', test), 'SQLite', async () => tierOn(freshFile(), new Clock()));

test.run();
