import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStrictly } from './strict-json.js';

test('takes equal keys in different objects, and texts that look like keys', () => {
  const line = '{"a":1,"b":{"a":2,"c":[{"a":3},{"a":"\\"a\\":"}]},"d":"a"}';
  assert.equal(parseStrictly(line), JSON.parse(line));
});

test('refuses a key that stands twice in one object, however deep', () => {
  assert.throws(() => parseStrictly('{"a":1,"b":2,"a":3}'), 'the key a stands twice');
  assert.throws(() => parseStrictly('{"x":[{"b":{"c":1},"b":2}]}'), 'the key b stands twice');
});

test('refuses what is no object', () => {
  assert.throws(() => parseStrictly('[1]'), 'no object');
  assert.throws(() => parseStrictly('stopped: SIGTERM'), SyntaxError);
});

test.run();
