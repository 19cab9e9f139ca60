import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answersAsJson, gapsIn } from '../../../src/store/series/series-json.js';
import type { SeriesPoint } from '../../../src/store/series/series-point.js';

const at = (t: number, value = 1): SeriesPoint => ({ t, min: value, mean: value, max: value, p95: value, count: 1 });

test('gaps are where no step has a point: before, between and after, but not in the step that goes on', () => {
  const time = { from: 0, to: 100, stepMs: 10 };
  assert.equal(gapsIn([], time), [{ from: 0, to: 100 }]);
  assert.equal(gapsIn([at(20), at(30), at(60)], time), [
    { from: 0, to: 20 },
    { from: 40, to: 60 },
    { from: 70, to: 100 },
  ]);
  assert.equal(
    gapsIn(
      Array.from({ length: 9 }, (_, i) => at(10 * i)),
      { ...time, to: 99 },
    ),
    [],
  );
});

test('numbers have seven digits, which is what is kept', () => {
  const key = { name: 'a.b', metric: 'a', labels: { c: 'b' }, unit: 'ms', kind: 'gauge' as const };
  assert.equal(answersAsJson([{ key, stepMs: 10, points: [at(0, 1 / 3)] }], { from: 0, to: 10, stepMs: 10 }), {
    from: 0,
    to: 10,
    series: [
      {
        ...key,
        stepMs: 10,
        points: [{ t: 0, min: 0.3333333, mean: 0.3333333, max: 0.3333333, p95: 0.3333333, count: 1 }],
        gaps: [],
      },
    ],
  });
});

test.run();
