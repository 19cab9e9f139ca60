import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('failed');
const END_FAILED = pathToFileURL(join(PROJECT_ROOT, 'scripts/end-failed-tests.mjs')).href;
const UVU = import.meta.resolve('uvu');

/** Runs a test file with the body of one test, in which a server was started. */
function run(name: string, body: string) {
  const file = join(folder, name);
  writeFileSync(
    file,
    `import { createServer } from 'node:net';
    import { test } from '${UVU}';
    process.on('exit', () => console.log('cleaned up'));
    test('it', async () => {
      const server = createServer();
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      ${body}
    });
    test.run();`,
  );
  return spawnSync(process.execPath, ['--import', END_FAILED, file], { encoding: 'utf8', timeout: 60_000 });
}

test('a file whose failed test left a server is ended, with what cleans up after it, and says what was left', () => {
  const { status, stdout, stderr } = run('failed.test.js', `throw new Error('not so');`);
  assert.is(status, 1);
  assert.match(stdout, /not so[\s\S]*cleaned up/);
  assert.match(stderr, /^ended: a test failed and left something open \(.*TCPServerWrap/);
});

test('a file that passes may take its time to end', () => {
  const { status, stdout, stderr } = run('passed.test.js', `setTimeout(() => server.close(), 5000).ref();`);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, 'cleaned up');
});

test.run();
