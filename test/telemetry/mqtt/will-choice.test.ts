import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WillChoice } from '../../../src/telemetry/mqtt/will-choice.js';

test('a will is lessened as the broker says, at once, and only once for the same reason', () => {
  const will = new WillChoice();
  assert.equal(will.current, { qos: 1, retain: true });
  assert.is(will.refused(154), true);
  assert.equal(will.current, { qos: 1, retain: false });
  assert.is(will.refused(154), false);
  assert.is(will.refused(155), true);
  assert.equal(will.current, { qos: 0, retain: false });
  assert.is(will.refused(149), true);
  assert.is(will.current, null);
  assert.is(will.isWhole, false);
});

test('where connections are closed without a word it is left out for some attempts, then tried again', () => {
  const will = new WillChoice();
  const forms = Array.from({ length: 9 }, () => {
    const { current } = will;
    assert.is(will.refused(null), false);
    return current === null ? 'none' : 'whole';
  });
  assert.equal(forms, [...Array(4).fill('whole'), ...Array(4).fill('none'), 'whole']);
});

test('once it was accepted it stays, and other refusals do not concern it', () => {
  const will = new WillChoice();
  assert.is(will.refused(135), false);
  will.accepted();
  for (let n = 0; n < 8; n++) will.refused(null);
  assert.is(will.isWhole, true);
});

test.run();
