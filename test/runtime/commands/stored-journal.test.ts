import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../src/foundation/log.js';
import { StoredJournal } from '../../../src/runtime/commands/stored-journal.js';
import { CommandLog } from '../../../src/store/command-log.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { adding, commandTo, NOW, newKey, signedMessage } from '../../telemetry/commands/signing.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('stored-journal');
const key = newKey();

/** One run of the program. */
function run(file: string, isBroken = false, at = NOW) {
  const more = isBroken
    ? {
        open: (): never => {
          throw new Error('no disk');
        },
      }
    : {};
  const db = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog, ...more });
  const journal = new StoredJournal(new CommandLog(db));
  db.start();
  return { ...adding({ keys: [key], journal, now: () => at }), journal, db };
}

const add = (over: object = {}) => signedMessage(key, commandTo('add', { a: 1, b: 2 }, { id: 'x', ...over }));

test('a restart forgets neither the nonce nor the answer of a command', async () => {
  const file = join(folder, 'restart/history.db');
  const once = add();
  const first = run(file);
  assert.equal((await first.commands.receive(once))!.result, { sum: 3 });
  first.db.stop();
  const second = run(file);
  assert.is((await second.commands.receive(once))!.refused, 'replayed');
  const again = await second.commands.receive(add());
  assert.equal([again!.result, again!.repeated], [{ sum: 3 }, true]);
  assert.equal([first.calls.length, second.calls.length], [1, 0]);
  second.db.stop();
});

test('where the history cannot be read, what was signed before the start is refused', async () => {
  const { commands, calls, db } = run(join(folder, 'broken/history.db'), true);
  assert.is((await commands.receive(add({ issuedAt: NOW - 10_000 })))!.refused, 'replayed');
  assert.equal((await commands.receive(add()))!.result, { sum: 3 });
  assert.is(calls.length, 1);
  db.stop();
});

test('where the history was set aside, what was signed before the start is refused, in the runs after that too', async () => {
  const file = join(folder, 'aside/history.db');
  const recorded = add();
  const first = run(file);
  assert.equal((await first.commands.receive(recorded))!.result, { sum: 3 });
  first.db.stop();
  writeFileSync(file, 'no database at all, '.repeat(1000));
  for (const at of [NOW + 10_000, NOW + 20_000]) {
    const { commands, calls, db } = run(file, false, at);
    assert.is((await commands.receive(recorded))!.refused, 'replayed');
    assert.is(calls.length, 0);
    assert.equal((await commands.receive(add({ id: at, issuedAt: at })))!.result, { sum: 3 });
    db.stop();
  }
});

test('a clock that is set neither lets a replay through nor keeps what is new out', async () => {
  let now = NOW;
  let clock = 0;
  const { commands, calls } = adding({ keys: [key], now: () => now, clock: () => clock });
  clock += 5000;
  // the time comes from the network only now
  now = NOW + 86_400_000;
  const early = { issuedAt: now - 10_000, expiresAt: now + 60_000 };
  assert.is((await commands.receive(add(early)))!.refused, 'replayed');
  now = NOW - 86_400_000;
  const late = { issuedAt: now, expiresAt: now + 60_000 };
  assert.equal((await commands.receive(add(late)))!.result, { sum: 3 });
  assert.is(calls.length, 1);
});

test('of an answer that is too long only its short parts are stored', () => {
  const { journal, db } = run(join(folder, 'long/history.db'));
  const { name, id, nonce, body } = commandTo('snapshot', {}, { id: 1 });
  const entry = { by: key.id, id, nonce, name, toSite: false, body, at: NOW, result: null };
  journal.begin(entry);
  journal.finish(entry, { command: name, id, ok: true, result: { camera: 'north', jpeg: 'x'.repeat(100_000) } });
  assert.equal(journal.find(key.id, id)!.result!.result, { camera: 'north', shortened: true });
  db.stop();
});

test.run();
