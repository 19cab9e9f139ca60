import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeLabels } from '../../../src/optimize/report/label-places.js';

test('a name stands to the right where there is room', () => {
  assert.equal(placeLabels([{ x: 100, y: 100, text: 'int8' }], 900), [{ position: 'right', down: 0 }]);
});

test('names of marks beside each other do not lie on each other', () => {
  const [first, second] = placeLabels(
    [
      { x: 100, y: 100, text: 'int8-416x256' },
      { x: 120, y: 101, text: 'int8-fused-416x256' },
    ],
    900,
  );
  assert.not.equal(first!.position, 'right');
  assert.is(second!.position, 'right');
});

test('a name does not leave the drawing', () => {
  assert.not.equal(placeLabels([{ x: 880, y: 100, text: 'int8-416x256' }], 900)[0]!.position, 'right');
});

test.run();
