import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { start } from '../../../bench/harness/program.js';

test("a program's last line is kept, and a failure tells its last words", async () => {
  const lines = start([process.execPath, '-e', "console.log('first\\nlast\\n')"], 20_000);
  assert.is((await lines.ended).lastLine, 'last');
  const failing = start([process.execPath, '-e', "console.error('no disk'); process.exit(3)"], 20_000);
  const failure = await failing.ended.catch((error: Error) => error.message);
  assert.is(failure, 'ended with 3: no disk');
});

test('a program that is stopped is gone with all that it started', async () => {
  const sleeping = "require('child_process').spawn('sleep', ['60'], { stdio: 'inherit' }); console.log('there')";
  let there = () => {};
  const begun = new Promise<void>((resolve) => (there = resolve));
  const program = start([process.execPath, '-e', sleeping], 20_000, () => there());
  await begun;
  // settles only when nobody holds its stdout any more
  await program.stop();
  assert.is(await program.ended.catch((error: Error) => error.message), 'ended with SIGKILL: ');
});

test.run();
