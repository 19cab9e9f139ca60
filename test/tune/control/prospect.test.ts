import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Prospect } from '../../../src/tune/control/prospect.js';

const test = suite('what a setting would bring');

test('of several budgets the one that is exceeded most is named, however much the others come to together', () => {
  const prospect = new Prospect();
  prospect.exceed('latency', 0.3);
  prospect.exceed('temperature', 0.2);
  prospect.exceed('memory', 0.4);
  prospect.exceed('CPU', -0.1);
  prospect.exceed('power', Number.NaN);
  const copy = new Prospect();
  copy.copy(prospect);
  copy.exceed('CPU', 0.35);
  assert.equal([Number(prospect.excess.toFixed(6)), prospect.exceeded, copy.exceeded], [0.9, 'memory', 'memory']);
  prospect.begin();
  assert.equal([prospect.excess, prospect.exceeded], [0, null]);
  prospect.exceed('power', 0.1);
  assert.is(prospect.exceeded, 'power');
});

test.run();
