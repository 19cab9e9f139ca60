import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QualityCeiling } from '../../../src/runtime/tuning/quality-ceiling.js';

test('no picture is better than the ceiling, and none that was worse gets better', () => {
  const ceiling = new QualityCeiling();
  assert.equal([ceiling.under(92), ceiling.under(80), ceiling.under(10)], [92, 80, 10]);
  ceiling.value = 60;
  assert.equal([ceiling.under(92), ceiling.under(80), ceiling.under(10)], [60, 60, 10]);
});

test('a kind of picture keeps the quality under which it is of no use, unless it was configured under that', () => {
  const ceiling = new QualityCeiling();
  ceiling.value = 20;
  assert.equal([ceiling.under(92, 50), ceiling.under(40, 50)], [50, 40]);
});

test.run();
