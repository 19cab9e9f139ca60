import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  maskKnownSecrets,
  rememberSecret,
  rememberSecretsOf,
  rememberSecretsOfArguments,
} from '../../src/foundation/known-secrets.js';

test('a remembered secret is masked in every form in which programs write it', () => {
  rememberSecret('p@ß "w/1', 'admin');
  for (const form of [
    'p@ß "w/1',
    'p%40%C3%9F%20%22w%2F1',
    'p%40%c3%9f%20%22w%2f1',
    'p%40%C3%9F+%22w%2F1',
    'p@ß \\"w/1',
    Buffer.from('admin:p@ß "w/1').toString('base64').replace(/=+$/, ''),
  ]) {
    assert.is(maskKnownSecrets(`a ${form} b`), 'a *** b', form);
  }
});

test('the secrets of an address are remembered: of its user part, path, query and of an address within it', () => {
  rememberSecretsOf(
    'rtsp://admin:pa%2Fss-one@h/user=a_password=query-two_channel=1?src=http%3A%2F%2Fu%3Ainner-three%40h',
  );
  assert.is(maskKnownSecrets('pa%2Fss-one pa/ss-one query-two inner-three'), '*** *** *** ***');
});

test('a short secret is masked as a word, not within others', () => {
  rememberSecret('north');
  assert.is(maskKnownSecrets('north, northern, user%3Anorth%40h'), '***, northern, user%3A***%40h');
});

test('secret options and headers of a command line are remembered', () => {
  rememberSecretsOfArguments([
    '-headers',
    'X-Api-Key: header-four',
    '--token',
    'option-five',
    '-rw_timeout',
    'number-six',
  ]);
  assert.is(maskKnownSecrets('header-four option-five number-six'), '*** *** number-six');
});

test('a program that makes engine after engine does not grow', () => {
  for (let i = 0; i < 5000; i++) rememberSecret(`secret-number-${i}`);
  assert.is(maskKnownSecrets('secret-number-0 secret-number-4999'), 'secret-number-0 ***');
});

test.run();
