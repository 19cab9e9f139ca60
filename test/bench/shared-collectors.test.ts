import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeptLog } from '../../bench/shared-collectors/kept-log.js';
import { numbersDifference, publishedOf } from '../../bench/shared-collectors/published.js';

test('of seven messages of a device four are events, two metrics and one counts, behind its birth', () => {
  // two devices in turn: a birth and fourteen messages of the first, thirteen of the second
  const [first, second] = [0, 1].map((index) => publishedOf(index, 2, 29));
  assert.equal(first!.metrics, [3, 6, 10, 13]);
  assert.equal(first!.traffic, [5, 10]);
  assert.equal(first!.events, [1, 2, 3, 4, 6, 7, 8, 9]);
  const count = ({ events, metrics, traffic }: typeof first & {}) => events.length + metrics.length + traffic.length;
  assert.equal([count(first!), count(second!)], [14, 13]);
  assert.equal(second!.metrics, [2, 5, 9, 12]);
  assert.equal(publishedOf(1, 2, 2), { events: [], metrics: [], traffic: [] });
});

test('what is lost, there twice or of nobody is counted by table', () => {
  const published = { events: [1, 2, 3], metrics: [4], traffic: [] };
  assert.equal(numbersDifference(published, published), { lost: 0, doubles: 0, unknown: 0 });
  const there = { events: [3, 1, 1], metrics: [], traffic: [4] };
  assert.equal(numbersDifference(published, there), { lost: 2, doubles: 1, unknown: 1 });
});

test('a device is taken over with the first of it that another keeps after the kill', () => {
  const log = new KeptLog();
  const kept = (at: number, devices: number[], made: number[]) => ({ at, devices, made, rssMiB: at / 1000 });
  log.add('one', kept(1000, [1, 2], [900, 950]));
  log.add('two', kept(1100, [3], [1000]));
  assert.is(log.takeover([3]), null);
  log.killed('two', 2000);
  // told by the dead one on its way: not a takeover
  log.add('two', kept(2001, [3], [1900]));
  log.add('one', kept(3000, [1, 4], [2900, 2900]));
  log.add('one', kept(12_500, [3], [2400]));
  log.add('one', kept(14_000, [3, 4], [13_900, 13_900]));
  assert.equal(log.takeover([3, 4]), { medianS: 1, worstS: 10.5 });
  assert.equal(log.takeover([5]), { medianS: Number.POSITIVE_INFINITY, worstS: Number.POSITIVE_INFINITY });
  assert.is(log.takeover([]), null);
  assert.equal([log.count, log.rssMiB], [9, 14]);
  assert.equal([log.quantile(1), log.quantile(1, 'before')], [10_100, 100]);
});

test.run();
