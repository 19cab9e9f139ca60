import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnHost } from '../../src/http/host-rule.js';

const test = suite('host rule');

for (const own of [
  'localhost',
  'LOCALHOST:9464',
  'localhost.:9464',
  '127.0.0.1:9464',
  '127.1.2.3',
  '[::1]:9464',
  'a.localhost:1',
]) {
  test(`${own} is this machine`, () => {
    assert.is(isOwnHost(own, '127.0.0.1'), true);
  });
}

for (const strange of [
  'evil.example',
  'evil.example:9464',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'evil-localhost',
  '192.168.1.7:9464',
  '0.0.0.0:9464',
  '[::1].evil.example',
  'user@127.0.0.1',
  '',
]) {
  test(`${JSON.stringify(strange)} is a name of others`, () => {
    assert.is(isOwnHost(strange, '127.0.0.1'), false);
  });
}

test('what the configuration listens on is a name of its own', () => {
  assert.is(isOwnHost('Cabinet-Loop:9464', 'cabinet-loop'), true);
});

test.run();
