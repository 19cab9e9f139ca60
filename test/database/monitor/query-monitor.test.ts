import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { monitorQueryInto } from '../../../src/database/monitor/monitor-query.js';
import { QueryMonitor } from '../../../src/database/monitor/query-monitor.js';

test('a function counts as a query of its name, with the rows of the list that it gives', async () => {
  const monitor = new QueryMonitor();
  const monitorQuery = monitorQueryInto(() => monitor);
  const getInfractions = monitorQuery(async function getInfractions(location: string) {
    return [location, location];
  });
  assert.equal(await getInfractions('north'), ['north', 'north']);
  const failing = monitorQuery(function failing(): never {
    throw new Error('no');
  });
  assert.throws(failing, /no/);
  assert.equal(
    monitor
      .statistics()
      .map(({ text, calls, rows, errors }) => ({ text, calls, rows, errors }))
      .sort((a, b) => a.text.localeCompare(b.text)),
    [
      { text: 'failing', calls: 1, rows: 0, errors: 1 },
      { text: 'getInfractions', calls: 1, rows: 2, errors: 0 },
    ],
  );
});

test('a method keeps its object, as a standard decorator', async () => {
  const monitor = new QueryMonitor();
  const monitorQuery = monitorQueryInto(() => monitor);
  class Store {
    readonly rows = [1, 2, 3];
    @monitorQuery
    async load(): Promise<number[]> {
      return this.rows;
    }
  }
  assert.equal(await new Store().load(), [1, 2, 3]);
  assert.equal(
    monitor.statistics().map(({ text, rows }) => [text, rows]),
    [['load', 3]],
  );
  assert.throws(() => monitorQuery(3 as never), /expected a function or a method, got number/);
});

test('kinds beyond the bound are counted together, and texts do not pile up', () => {
  const monitor = new QueryMonitor({ mostQueries: 3 });
  for (let table = 0; table < 20; table += 1) {
    const record = monitor.recordOf(`SELECT a FROM t${table}`);
    monitor.ended(record, performance.now(), 1, []);
  }
  const statistics = monitor.statistics();
  assert.is(statistics.length, 4);
  assert.is(statistics.find(({ id }) => id === 'others')?.calls, 17);
  monitor.reset();
  assert.equal(monitor.statistics(), []);
});

test('a threshold that is none is refused', () => {
  assert.throws(() => new QueryMonitor({ slowMs: 0 }), /slowMs: expected ms > 0, got 0/);
});

test.run();
