import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { answerOf } from './check-script.js';

test('what is packed is installed in an empty project, and its parts run there on Node 20, 22 and 24', async () => {
  const { skipped, ok, steps } = await answerOf('check-package.sh');
  if (skipped !== undefined) {
    console.log(`SKIPPED (${skipped}): the package in an empty project`);
    return;
  }
  assert.is(ok, true, JSON.stringify(steps, null, 1));
  assert.is(steps.length, 6);
});

test('options that it does not know are refused', () => {
  const script = join(PROJECT_ROOT, 'scripts/check-package.sh');
  const { status, stderr } = spawnSync('bash', [script, '--node', '18'], { encoding: 'utf8' });
  assert.is(status, 2);
  assert.match(stderr, '--node: expected one of the options that --help tells');
});

test.run();
