import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeToken, changeTokenFile, readChangeToken } from '../../src/runtime/change-token.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('change-token');

test('the token is made once, private, and read again', () => {
  const store = join(folder, 'data');
  assert.is(readChangeToken(store), null);
  const made = changeToken(store);
  assert.ok('token' in made);
  assert.is(statSync(changeTokenFile(store)).mode & 0o777, 0o600);
  assert.equal(changeToken(store), made);
  assert.is(readChangeToken(store), made.token);
  assert.is(readFileSync(changeTokenFile(store), 'utf8'), `${made.token}\n`);
});

test('a file that holds no token is told, not replaced', () => {
  const store = join(folder, 'torn');
  mkdirSync(store);
  writeFileSync(changeTokenFile(store), '');
  const made = changeToken(store);
  assert.ok('problem' in made && made.problem.includes(changeTokenFile(store)));
  assert.is(readFileSync(changeTokenFile(store), 'utf8'), '');
  rmSync(changeTokenFile(store));
  assert.ok('token' in changeToken(store));
});

test('where nothing can be written there is none, and it is said why', () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const made = changeToken(join(file, 'data'));
  assert.ok('problem' in made && /cannot be (written|read)/.test(made.problem));
});

test.run();
