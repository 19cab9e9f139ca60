import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ConfigError,
  DetectorError,
  EdgeError,
  explain,
  ModelError,
  SourceError,
} from '../../src/foundation/errors.js';

test('an error is explained with all its causes', () => {
  const cause = new Error('b', { cause: 'c' });
  assert.is(explain(new EdgeError('E_PUBLISH', 'a', { cause })), 'a: b: c');
  assert.is(explain(new SourceError('a', { camera: 'north' })), 'a');
  assert.is(explain(new Error('a', { cause: null })), 'a');
});

test('of a package that is not there the first line is told, not the files that asked for it', () => {
  let missing: unknown;
  try {
    createRequire(import.meta.url)('no-such-package');
  } catch (error) {
    missing = error;
  }
  assert.is(explain(new Error('a', { cause: missing })), "a: Cannot find module 'no-such-package'");
});

test('what is no error is explained as text', () => {
  assert.is(explain('lost'), 'lost');
  assert.is(explain(null), 'null');
  assert.is(explain(undefined), 'undefined');
});

test('errors that are their own cause come to an end', () => {
  const [one, other] = [new Error('a'), new Error('b')];
  one.cause = other;
  other.cause = one;
  assert.is(explain(one), 'a: b');
});

test('an error without a message is explained by its parts or its name', () => {
  const refused = new AggregateError([
    new Error('connect ECONNREFUSED ::1:1'),
    new Error('connect ECONNREFUSED 127.0.0.1:1'),
  ]);
  assert.is(explain(refused), 'connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1');
  assert.is(explain(new TypeError('')), 'TypeError');
});

test('what stays broken until somebody changes something is permanent, what may mend itself is not', () => {
  assert.is(new ConfigError('site.yaml', ['a: unknown key']).permanent, true);
  assert.is(new ModelError('there is no model a').permanent, true);
  assert.is(new ModelError('cuda is busy', {}, undefined, false).permanent, false);
  assert.is(SourceError.permanent('no such file').permanent, true);
  assert.is(SourceError.permanent('no such file').code, 'E_SOURCE');
  assert.is(new SourceError('the camera does not answer').permanent, false);
  assert.is(new DetectorError('the worker died').permanent, false);
  assert.is(new EdgeError('E_OUTPUT', 'the disk is full').permanent, false);
});

test('codes are stable and a configuration names all its problems', () => {
  const error = new ConfigError('site.yaml', ['a: expected b, got c', 'd: unknown key']);
  assert.is(error.code, 'E_CONFIG');
  assert.is(error.message, 'site.yaml:\n  a: expected b, got c\n  d: unknown key');
  assert.is('cause' in error && error.cause !== undefined, false);
  assert.is(new SourceError('x').code, 'E_SOURCE');
});

test.run();
