import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ServiceTime } from '../../src/schedule/service-time.js';
import { Random } from '../../src/simulator/random.js';

/** Learns so many batches of a worker that takes `a + b n` ms, a little more or less. */
function taught(time: ServiceTime, a: number, b: number, sizes: readonly number[], times: number): ServiceTime {
  const random = new Random(7);
  for (let i = 0; i < times; i++) {
    const size = sizes[i % sizes.length]!;
    time.learn(size, (a + b * size) * random.between(0.95, 1.05));
  }
  return time;
}

const near = (actual: number | null, expected: number, share = 0.05): void =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= share * expected, `${actual} is not about ${expected}`);

test('knows nothing before the first batch', () => {
  const time = new ServiceTime();
  assert.is(time.expect(1), null);
  assert.is(time.line, null);
});

test('learns a and b, and says what a size takes that was never seen', () => {
  const time = taught(new ServiceTime(), 8, 2, [1, 2, 8], 90);
  near(time.line!.a, 8, 0.1);
  near(time.line!.b, 2, 0.1);
  near(time.expect(4), 16);
});

test('knows that it has seen one size only: nothing is gained by a larger batch, nothing saved by a smaller one', () => {
  const time = taught(new ServiceTime(), 8, 2, [2], 20);
  assert.is(time.line, null);
  near(time.expect(4), 24);
  near(time.expect(1), 12);
});

test('a hiccup moves it by little', () => {
  const time = taught(new ServiceTime(), 8, 2, [1, 4], 60);
  time.learn(1, 2000);
  near(time.expect(1), 10, 0.15);
});

test('a lasting change is believed within some batches, and sizes that are not in use move with it', () => {
  const time = taught(new ServiceTime(), 8, 2, [1, 4], 60);
  taught(time, 16, 4, [1], 60);
  near(time.expect(1), 20);
  near(time.expect(4), 32, 0.15);
});

test('where larger batches cost less than nothing, they cost nothing', () => {
  const time = new ServiceTime();
  time.learn(1, 10);
  time.learn(8, 9);
  assert.equal(time.line, { a: 9.5, b: 0 });
});

test('a worker that was set aside is judged by what it does now', () => {
  const time = taught(new ServiceTime(), 80, 20, [1, 4], 40);
  time.restart(1, 10);
  near(time.expect(1), 10, 0.2);
  near(time.expect(4), 16, 0.2);
});

test.run();
