import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PerformanceMonitor } from '../../../src/telemetry/performance/performance-monitor.js';

const test = suite('telemetry/performance/measure');

const only = (monitor: PerformanceMonitor) => [...monitor.operations.all][0]!;

test('a wrapped function keeps its result, its this, its name and its number of parameters', () => {
  const monitor = new PerformanceMonitor();
  function add(this: { base: number }, a: number, b: number): number {
    return this.base + a + b;
  }
  const measured = monitor.measurePerformance('sums', 'add')(add);
  assert.is(measured.call({ base: 100 }, 1, 2), 103);
  assert.is(measured.name, 'add');
  assert.is(measured.length, 2);
  assert.is(only(monitor).calls, 1);
  assert.is(only(monitor).errors, 0);
});

test('a standard decorator measures each call of a method, all instances together', () => {
  const monitor = new PerformanceMonitor();
  class Plates {
    readonly #prefix: string;
    constructor(prefix: string) {
      this.#prefix = prefix;
    }
    @monitor.measurePerformance('plates', 'read')
    read(text: string): string {
      return this.#prefix + text;
    }
  }
  assert.is(new Plates('a').read('1') + new Plates('b').read('2'), 'a1b2');
  assert.is(only(monitor).calls, 2);
  assert.is(only(monitor).latency.count, 2);
});

test('overloads, type parameters, type predicates and what a function has besides stay as they are', () => {
  const { measurePerformance } = new PerformanceMonitor();
  class Lists {
    parse(text: string): string;
    parse(count: number): number;
    @measurePerformance('lists', 'parse')
    parse(value: string | number): string | number {
      return value;
    }
    @measurePerformance('lists', 'of')
    of<T>(value: T): T[] {
      return [value];
    }
    @measurePerformance('lists', 'itself')
    itself(): this {
      return this;
    }
  }
  const lists = new Lists();
  const text: string = lists.itself().parse('a');
  const count: number = lists.parse(1);
  const numbers: number[] = lists.of(count);
  assert.equal([text, numbers], ['a', [1]]);
  const isText = measurePerformance('lists', 'isText')((value: unknown): value is string => typeof value === 'string');
  const value: unknown = 'abc';
  assert.is(isText(value) ? value.length : 0, 3);
  const limited = measurePerformance('lists', 'limited')(Object.assign((x: number) => x, { limit: 3 }));
  assert.is(limited.limit, 3);
});

test('an old decorator, and one of a field, is told what to do instead', () => {
  const { measurePerformance } = new PerformanceMonitor();
  const decorate = measurePerformance('plates', 'read') as (target: unknown, context: unknown) => unknown;
  assert.throws(() => decorate({}, 'read'), /got one of experimentalDecorators: switch that off, or wrap the function/);
  assert.throws(() => decorate(Date, 'now'), /got one of experimentalDecorators/);
  assert.throws(() => decorate(undefined, { kind: 'field' }), /got field: wrap the function instead/);
  assert.throws(() => decorate(() => 1, { kind: 'getter' }), /got getter: wrap the function instead/);
});

test('no quantile is above the slowest call', () => {
  const monitor = new PerformanceMonitor();
  const measured = monitor.measurePerformance('sums', 'add')((a: number) => a + 1);
  for (let i = 0; i < 1000; i++) measured(i);
  const { p50Ms, p95Ms, slowest } = only(monitor).summary();
  assert.ok(p50Ms! <= p95Ms! && p95Ms! <= slowest!.ms, `${p50Ms}, ${p95Ms}, ${slowest!.ms}`);
});

test('what throws is thrown on, and is an error', () => {
  const monitor = new PerformanceMonitor();
  const measured = monitor.measurePerformance(
    'sums',
    'fail',
  )(() => {
    throw new RangeError('no');
  });
  assert.throws(measured, (error: unknown) => error instanceof RangeError && error.message === 'no');
  assert.is(only(monitor).calls, 1);
  assert.is(only(monitor).errors, 1);
  assert.is(only(monitor).inFlight, 0);
});

test('a promise is in flight until it settles, and a rejection is an error of the caller', async () => {
  const monitor = new PerformanceMonitor();
  let settle: (fails: boolean) => void = () => undefined;
  const measured = monitor.measurePerformance(
    'store',
    'save',
  )(
    () =>
      new Promise<string>(
        (resolve, reject) => (settle = (fails) => (fails ? reject(new Error('disk')) : resolve('ok'))),
      ),
  );
  const first = measured();
  assert.is(only(monitor).inFlight, 1);
  assert.is(only(monitor).calls, 0);
  settle(false);
  assert.is(await first, 'ok');
  assert.is(only(monitor).inFlight, 0);
  const second = measured();
  settle(true);
  await second.then(
    () => assert.unreachable('expected a rejection'),
    (error: Error) => assert.is(error.message, 'disk'),
  );
  assert.is(only(monitor).calls, 2);
  assert.is(only(monitor).errors, 1);
});

test('a rejection that nobody handles still is one', async () => {
  const monitor = new PerformanceMonitor();
  const unhandled = new Promise<unknown>((resolve) => process.once('unhandledRejection', resolve));
  void monitor.measurePerformance(
    'store',
    'lose',
  )(async () => {
    throw new Error('nobody looks');
  })();
  assert.is(((await unhandled) as Error).message, 'nobody looks');
});

test('a promise with something of its own is handed on as it is', async () => {
  const monitor = new PerformanceMonitor();
  class Cancelable<T> extends Promise<T> {
    cancelled = false;
  }
  const made = new Cancelable<number>((resolve) => resolve(1));
  const measured = monitor.measurePerformance('store', 'load')(() => made);
  assert.is(measured(), made);
  await made;
  assert.is(only(monitor).calls, 1);
});

test('a query builder is not run by being measured', () => {
  const monitor = new PerformanceMonitor();
  let ran = false;
  const builder = {
    // biome-ignore lint/suspicious/noThenProperty: that is what a query builder is
    then() {
      ran = true;
    },
  };
  assert.is(monitor.measurePerformance('store', 'query')(() => builder)(), builder);
  assert.not.ok(ran);
  assert.is(only(monitor).calls, 1);
});

test('the slowest call is kept with the shape of its arguments and nothing that was in them', () => {
  const monitor = new PerformanceMonitor();
  const { now } = performance;
  let at = 1000;
  performance.now = () => at;
  try {
    const measured = monitor.measurePerformance(
      'waiting',
      'spin',
    )((ms: number, _note: { secret: string }) => {
      at += ms;
    });
    measured(1, { secret: 'hunter2' });
    measured(8, { secret: 'hunter2-again' });
    measured(1, { secret: 'x' });
  } finally {
    performance.now = now;
  }
  const { slowest } = only(monitor).summary();
  assert.is(slowest!.args, 'number, { secret: string(13) }');
  assert.is(slowest!.ms, 8);
});

test('only functions and methods can be measured, and names must be names', () => {
  const monitor = new PerformanceMonitor();
  assert.throws(() => monitor.measurePerformance('', 'x'), /component: expected 1 to 100 printable characters, got ""/);
  assert.throws(() => monitor.measurePerformance('x', 'a\nb'), /operation: expected 1 to 100 printable characters/);
  assert.throws(
    () => monitor.measurePerformance('x', 'y')(17 as never),
    /measurePerformance\("x", "y"\): expected a function or a method, got number/,
  );
});

test('names that hold data are refused before they fill the memory', () => {
  const monitor = new PerformanceMonitor();
  for (let i = 0; i < 500; i++) monitor.operations.of('api', `GET ${i}`);
  assert.throws(
    () => monitor.operations.of('api', 'GET 500'),
    /500 operations are measured already, no room for api.GET 500/,
  );
  assert.is(monitor.operations.of('api', 'GET 3').operation, 'GET 3');
});

test.run();
