import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LabelSpace } from '../../src/media/label-space.js';

const at = (x: number, y: number) => ({ x1: x, y1: y, x2: x + 10, y2: y + 10 });
const space = () => new LabelSpace({ x1: 0, y1: 0, x2: 100, y2: 100 });

test('takes the first place where nothing lies; places that touch share nothing', () => {
  const label = space();
  label.take(at(0, 0));
  assert.is(label.free([at(5, 5), at(10, 0), at(50, 50)]), 1);
  assert.is(label.free([at(5, 5), at(10, 0), at(50, 50)]), 2);
  assert.is(label.free([at(5, 5), at(10, 0), at(50, 50)]), null);
});

test('what leaves the drawing, or is no place at all, is not free', () => {
  assert.is(space().free([at(-1, 0), at(91, 0), at(0, 91), at(Number.NaN, 0)]), null);
});

test('where nothing is free the best place lies on least, and within the drawing', () => {
  const label = space();
  label.take(at(0, 0));
  assert.is(label.best([at(2, 2), at(8, 8), at(95, 95)]), 1);
});

test.run();
