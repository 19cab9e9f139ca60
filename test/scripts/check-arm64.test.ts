import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { where } from '../optional.js';
import { answerOf, checkScript } from './check-script.js';

const isMadeHere = where(checkScript.canEmulateArm64(), 'clone with a registry, emulator and libraries of arm64', test);

isMadeHere('the arm64 bundle starts, loads a model, finds what this machine finds, and answers frames', async () => {
  const { skipped, ok, steps } = await answerOf('check-arm64.sh');
  assert.equal([skipped, ok], [undefined, true], JSON.stringify(steps, null, 1));
  assert.is(steps.length, 7);
});

test('what the machine lacks for it is named, and fails only where it is required', async () => {
  const without = { ARM64_LIBRARIES: '/nowhere' };
  if (process.arch !== 'x64') return;
  const { code, skipped } = await answerOf('check-arm64.sh', [], without);
  assert.is(code, 0);
  assert.match(skipped ?? '', /no qemu-aarch64-static here|no libraries of arm64 in \/nowhere/);
  assert.is((await answerOf('check-arm64.sh', ['--required'], without)).code, 1);
});

test('a file that is no bundle fails its first step, and the others are not tried', async () => {
  const { code, ok, skipped, steps } = await answerOf('check-arm64.sh', ['--bundle', 'package.json']);
  if (skipped !== undefined) return;
  assert.equal([code, ok], [1, false]);
  assert.equal(new Set(steps.map(({ result }) => result)), new Set(['failed', 'not tried']));
  assert.match(steps[0]?.detail ?? '', 'the bundle is damaged or cut off');
});

test.run();
