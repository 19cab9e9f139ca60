import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { where } from '../optional.js';
import { answerOf, checkScript } from './check-script.js';

const isMadeHere = where(
  checkScript.canMakeRoots(),
  'clone with a registry and root that may debootstrap and unshare',
  test,
);

isMadeHere('a bare Debian 12 without a network installs, serves, updates, takes back, and goes back', async () => {
  const { skipped, ok, steps } = await answerOf('check-roots.sh', ['--system', 'bookworm']);
  if (skipped !== undefined) {
    console.log(`SKIPPED (${skipped}): a bare Debian 12 without a network`);
    return;
  }
  assert.is(ok, true, JSON.stringify(steps, null, 1));
  assert.ok(steps.length > 10);
});

test('systems that it does not know are named', () => {
  const script = join(PROJECT_ROOT, 'scripts/check-roots.sh');
  const { status, stderr } = spawnSync('bash', [script, '--system', 'alpine'], { encoding: 'utf8' });
  assert.is(status, 2);
  assert.match(stderr, '--system: expected bookworm or jammy, got alpine');
});

test.run();
