import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolChoice } from '../../../src/telemetry/mqtt/protocol-choice.js';

test('auto takes version 5, then 3.1.1 at once where 5 is refused', () => {
  const choice = new ProtocolChoice('auto');
  assert.is(choice.current, '5');
  assert.is(choice.after('other'), false);
  assert.is(choice.current, '5');
  assert.is(choice.after('version-refused'), true);
  assert.is(choice.current, '3.1.1');
  assert.is(choice.after('version-refused'), false, 'not in circles without a pause');
  assert.is(choice.current, '5');
});

test('connections closed without an answer take turns until a version was accepted', () => {
  const choice = new ProtocolChoice('auto');
  assert.is(choice.after('closed-without-answer'), false);
  assert.is(choice.current, '3.1.1');
  choice.after('accepted');
  choice.after('closed-without-answer');
  assert.is(choice.current, '3.1.1');
});

test('a fixed version stays', () => {
  const choice = new ProtocolChoice('3.1.1');
  assert.is(choice.after('version-refused'), false);
  assert.is(choice.current, '3.1.1');
});

test.run();
