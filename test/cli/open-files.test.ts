import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireOpenFiles } from '../../src/cli/open-files.js';
import { temporaryFolder } from '../temporary.js';
import { bareEnvironment } from './command-line.js';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));

const store = temporaryFolder('open-files');

/** The real command line in a process that may open so many files. */
function withLimit(limit: number, args: readonly string[]) {
  const script = `ulimit -n ${limit}; exec "$@"`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', process.execPath, MAIN, ...args], {
    encoding: 'utf8',
    env: { ...bareEnvironment(), EDGE_STORE_DIR: store },
  });
  return { status, stdout, stderr };
}

for (const limit of [60, 128, 255]) {
  test(`with ${limit} files it says what is needed, per camera too, and how to get it`, () => {
    const { status, stdout, stderr } = withLimit(limit, ['run', '--source', 'sim://road']);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(
      stderr,
      /^E_CONFIG: this process may open too few files:\n {2}open files: expected a limit of at least 512/,
    );
    assert.match(stderr, `2 per camera), got ${limit}: raise it with 'ulimit -n 1024'`);
    assert.match(stderr, 'LimitNOFILE=1024');
    assert.is(stderr.trimEnd().split('\n').length, 2);
  });
}

test('with the limit that it asks for it loads and runs', () => {
  const args = ['run', '--source', 'sim://road', '--pace', 'fast', '--frames', '2', '--no-http', '--json'];
  const { status, stdout, stderr } = withLimit(512, args);
  assert.is(status, 0, stderr);
  assert.is((JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as { type: string }).type, 'summary');
});

test('no limit, or none that can be read, is none', () => {
  requireOpenFiles('Max open files            unlimited            unlimited            files');
  requireOpenFiles('Max open files            512                  4096                 files');
  requireOpenFiles(null);
});

test.run();
