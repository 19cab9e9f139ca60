import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cached,
  createEngine,
  defaultCache,
  measurePerformance,
  monitorQuery,
  type Optimization,
  optimizationEngine,
  queryMonitor,
} from '../../src/index.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('default-engine');
let engines = 0;
const made = () => createEngine({ config: { store: { dir: join(folder, `${++engines}`) } } });

test('without an engine there is nothing to optimize, and that is said in words', async () => {
  assert.equal(optimizationEngine.getStatus().cache, {
    isEnabled: false,
    isAvailable: false,
    note: null,
    trial: null,
    last: null,
  });
  const { strategies } = await optimizationEngine.optimizeSystem();
  assert.equal([...new Set(strategies.map(({ outcome }) => outcome))], ['off']);
});

test('what was turned on and off before an engine is made, the first one begins with', async () => {
  assert.is(
    optimizationEngine.enableOptimization('database').note,
    'nothing that the database strategy moves is in use here',
  );
  optimizationEngine.disableOptimization('batching');
  const first = made();
  const isOn = (type: Optimization) => first.optimization.isEnabled(type);
  assert.equal(
    ['cache', 'model', 'batching', 'database'].map((type) => isOn(type as Optimization)),
    [true, true, false, true],
  );
  const second = made();
  assert.is(second.optimization.isEnabled('batching'), true);
  await first.stop();
  await second.stop();
});

test('it belongs to the oldest engine that was not stopped', async () => {
  const [first, second] = [made(), made()];
  optimizationEngine.disableOptimization('cache');
  assert.equal([first.optimization.isEnabled('cache'), second.optimization.isEnabled('cache')], [false, true]);
  await first.stop();
  assert.is(optimizationEngine.isEnabled('cache'), true);
  await second.stop();
});

test('functions without an engine in their name cache and measure in the oldest engine, and in none of them once it was stopped', async () => {
  const square = cached({ keyPrefix: 'square' })((n: number) => n * n);
  const measured = measurePerformance('numbers', 'halve')((n: number) => n / 2);
  const alone = defaultCache();
  await square(2);
  const engine = made();
  await square(3);
  measured(4);
  assert.equal([alone.get('square:[2]'), alone.get('square:[3]'), engine.cache.get('square:[3]')], [4, undefined, 9]);
  assert.is(defaultCache(), engine.cache);
  const [operation] = engine.performanceMonitor.getPerformanceSummary().operations;
  assert.equal([operation?.component, operation?.operation, operation?.calls], ['numbers', 'halve', 1]);
  await engine.stop();
  assert.is(defaultCache(), alone);
});

test('a name that is no strategy is a mistake of the program', () => {
  assert.throws(
    () => optimizationEngine.enableOptimization('modell' as Optimization),
    (error: unknown) => error instanceof RangeError && error.message.endsWith('did you mean model?'),
  );
});

test('queries are counted in the oldest engine at the time of the call, and in none of them once it was stopped', async () => {
  const list = monitorQuery(function list(rows: number) {
    return new Array<number>(rows).fill(0);
  });
  list(1);
  const [first, second] = [made(), made()];
  list(2);
  await first.stop();
  list(3);
  const rowsIn = ({ statistics }: { statistics(): readonly { readonly rows: number }[] }): number[] =>
    statistics().map(({ rows }) => rows);
  assert.equal(
    [first.queryMonitor, second.queryMonitor].map((monitor) => rowsIn({ statistics: () => monitor.statistics() })),
    [[2], [3]],
  );
  assert.equal(rowsIn(queryMonitor), [3]);
  await second.stop();
  assert.equal(rowsIn(queryMonitor), [1]);
});

test.run();
