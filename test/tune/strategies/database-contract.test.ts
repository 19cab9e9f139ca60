import { join } from 'node:path';
import { sqliteProblem } from '../../../src/store/sqlite.js';
import { temporaryFolder } from '../../temporary.js';
import { TunedOutbox } from '../databases/tuned-outbox.js';
import { strategyContract } from '../strategy-contract.js';

const folder = temporaryFolder('database-contract');
let subjects = 0;

if (sqliteProblem() === null) {
  strategyContract('the database strategy over the page cache of the outbox', async () => {
    const outbox = new TunedOutbox(join(folder, String(subjects++)), { mostCacheBytes: 2 ** 17 });
    outbox.asksFormer = false;
    await outbox.strategy.begin(null);
    await outbox.strategy.observe();
    outbox.watched.set('cache_size', -64);
    return {
      strategy: outbox.strategy,
      provoke: () => {
        for (let second = 0; second < 100; second++) outbox.ask();
        outbox.clock.at += 1000;
      },
      state: () => outbox.state(),
      jam: () => outbox.jam(),
      close: () => outbox.close(),
    };
  });
}
