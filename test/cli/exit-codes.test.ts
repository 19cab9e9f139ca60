import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exitCodeOf } from '../../src/cli/exit-codes.js';
import { ConfigError, DetectorError, EdgeError, ModelError, SourceError } from '../../src/foundation/errors.js';

test('what trying again cannot mend ends with 2, everything else with 1', () => {
  const permanent = [
    new ConfigError('site.yaml', ['a: unknown key']),
    new ModelError('there is no model a'),
    SourceError.permanent('no such file'),
    new EdgeError('E_OUTPUT', 'no such folder', { permanent: true }),
  ];
  const passing = [
    new ModelError('cuda: out of memory', {}, undefined, false),
    new SourceError('the camera does not answer'),
    new DetectorError('the worker died'),
    new EdgeError('E_OUTPUT', 'the disk is full'),
    new TypeError('a defect of the program'),
    'thrown text',
  ];
  assert.equal(permanent.map(exitCodeOf), [2, 2, 2, 2]);
  assert.equal(passing.map(exitCodeOf), [1, 1, 1, 1, 1, 1]);
});

test.run();
