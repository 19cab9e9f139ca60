import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { indexRecorder, recorder } from '../../../bench/database/recorder.js';
import { adviseSqlite } from '../../../src/database/sqlite/advise.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { sqliteProblem } from '../../../src/store/sqlite.js';
import { temporaryFolder } from '../../temporary.js';

const DATA = join(PROJECT_ROOT, '../shared/data/sqlite');
/** So many that a sort costs what can be measured, also on a busy machine: some 25 rows of each entity. */
const ROWS = 24_000;
const folder = temporaryFolder('recorder');
const onRecorder = existsSync(DATA) && sqliteProblem() === null ? test : test.skip;

function made(name: string): string {
  const file = join(folder, name);
  assert.is(recorder.make(file, DATA, ROWS), null);
  return file;
}

onRecorder(
  'of the recorder’s schema 35 the indexes are told that its schema 40 dropped, with what does their work',
  () => {
    const file = made('v35.db');
    indexRecorder(file, DATA);
    const { drop } = adviseSqlite(file, recorder.workload);
    const redundant = drop.filter(({ why }) => why === 'redundant').map(({ name, instead }) => [name, instead]);
    assert.equal(redundant.sort(), [
      ['ix_statistics_metadata_id', 'ix_statistics_statistic_id_start_ts'],
      ['ix_statistics_short_term_metadata_id', 'ix_statistics_short_term_statistic_id_start_ts'],
    ]);
    // by hand, once no event is a state any more
    assert.ok(drop.some(({ name, why }) => name === 'ix_states_event_id' && why === 'unused'));
  },
);

onRecorder('without any index those are advised that the recorder got one after the other', () => {
  const columnsOf = (sql: string): string[] => /\((.+)\)/.exec(sql)![1]!.replaceAll('"', '').split(', ');
  const wanted = [/FROM states WHERE entity_id .* ORDER BY last_updated_ts/, /old_state_id IN/, /context_id =/];
  const workload = recorder.workload.filter(({ sql }) => wanted.some((pattern) => pattern.test(sql)));
  const { create } = adviseSqlite(made('bare.db'), workload);
  assert.equal(create.map(({ sql }) => columnsOf(sql).slice(0, 2)).sort(), [
    // since schemas 28, 31 and 11
    ['context_id'],
    ['entity_id', 'last_updated_ts'],
    ['old_state_id'],
  ]);
});

test.run();
