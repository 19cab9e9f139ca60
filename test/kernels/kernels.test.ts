import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../../src/kernels/kernels.js';

test('this process has compiled kernels, once, and nothing says why it would not', () => {
  const first = kernels();
  assert.is(first.reason, null);
  assert.ok(first.compiled);
  assert.is(kernels(), first);
});

test('the compiled file is small enough to be read', () => {
  const file = readFileSync(new URL('../../src/kernels/kernels.wasm', import.meta.url));
  assert.ok(file.length < 20_480, `${file.length} bytes`);
});

test.run();
