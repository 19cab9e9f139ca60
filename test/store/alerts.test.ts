import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HISTORY_DEGRADED, HISTORY_SET_ASIDE, historyDegraded, historySetAside } from '../../src/store/alerts.js';

test('a history that cannot be stored is told with the reason, the file and what to do', () => {
  assert.is(HISTORY_DEGRADED.code, 'history-degraded');
  assert.equal(historyDegraded('cannot be written: database or disk is full', '/data/history.db'), {
    severity: 'warning',
    message:
      'the history cannot be stored (cannot be written: database or disk is full): it waits in memory, and is lost at a restart; check that /data/history.db and its folder can be written and the disk has room',
  });
});

test('a corrupt file of the history that was set aside is named', () => {
  assert.is(HISTORY_SET_ASIDE.code, 'history-set-aside');
  assert.match(
    historySetAside('/data/history.db.corrupt-2026').message,
    /set aside as \/data\/history\.db\.corrupt-2026 and a new one begun/,
  );
});

test.run();
