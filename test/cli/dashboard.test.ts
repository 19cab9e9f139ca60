import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import { HttpServer } from '../../src/http/server.js';
import { changeToken } from '../../src/runtime/change-token.js';
import { freePort } from '../loopback.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('cli-dashboard');
const page = join(folder, 'page');
mkdirSync(page);
writeFileSync(join(page, 'index.html'), '<!doctype html>');

/** A program that serves pages beside a store of its own. */
async function running(name: string, use: (env: Record<string, string>, url: string) => Promise<void>, token?: string) {
  const config = { enabled: true, host: '127.0.0.1', port: 0, ...(token !== undefined && { token }) };
  const server = new HttpServer({ config, routes: pageRoutes(page) });
  const { port } = await server.start();
  const env = { EDGE_HTTP_PORT: `${port}`, EDGE_STORE_DIR: join(folder, name) };
  try {
    await use(token === undefined ? env : { ...env, EDGE_HTTP_TOKEN: token }, `http://127.0.0.1:${port}/`);
  } finally {
    await server.stop();
  }
}

test('the address is printed with the token that changes need, or with the one that everything needs', async () => {
  await running('own', async (env, url) => {
    const made = changeToken(env['EDGE_STORE_DIR']!) as { token: string };
    const { code, stdout } = await edgeOptimizerHere(['dashboard'], env);
    assert.equal([code, stdout], [0, `${url}#token=${made.token}\n`]);
  });
  const token = 'a-token-of-24-characters';
  await running(
    'set',
    async (env, url) => {
      const { stdout } = await edgeOptimizerHere(['dashboard', '--json'], env);
      assert.equal(JSON.parse(stdout), { url: `${url}#token=${token}`, address: url, mayChange: true });
    },
    token,
  );
});

test('without a token that can be read the address alone is told', async () => {
  await running('none', async (env, url) => {
    const { code, stdout } = await edgeOptimizerHere(['dashboard', '--json'], env);
    assert.equal([code, JSON.parse(stdout)], [0, { url, address: url, mayChange: false }]);
  });
});

test('where no program runs, or none serves pages, that and what to do is said', async () => {
  const env = { EDGE_HTTP_PORT: `${await freePort()}`, EDGE_STORE_DIR: join(folder, 'nowhere') };
  const { code, stderr } = await edgeOptimizerHere(['dashboard'], env);
  assert.is(code, 1);
  assert.match(
    stderr,
    /^no program answers at http:\/\/127\.0\.0\.1:\d+\/; edge-optimizer run is not running with the store /,
  );
  const off = await edgeOptimizerHere(['dashboard'], { EDGE_HTTP_ENABLED: 'false' });
  assert.is(off.code, 2);
  assert.match(off.stderr, /got http\.enabled: false; set http\.enabled: true and http\.port: 9464/);
});

test('the browser is opened by a file that only this user may read', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const seen = join(folder, 'seen');
  writeFileSync(join(bin, opener), `#!/bin/sh\necho "$1" > ${seen}.part && mv ${seen}.part ${seen}\n`);
  chmodSync(join(bin, opener), 0o755);
  const { PATH } = process.env;
  process.env['PATH'] = `${bin}${delimiter}${PATH}`;
  try {
    await running('open', async (env, url) => {
      const { token } = changeToken(env['EDGE_STORE_DIR']!) as { token: string };
      assert.is((await edgeOptimizerHere(['dashboard', '--open'], env)).code, 0);
      let file = '';
      await eventually('it is opened', () => {
        try {
          file = readFileSync(seen, 'utf8').trim();
        } catch {
          return false;
        }
        return true;
      });
      assert.is(statSync(file).mode & 0o777, 0o600);
      assert.match(readFileSync(file, 'utf8'), `url=${url}#token=${token}"`);
    });
  } finally {
    process.env['PATH'] = PATH;
  }
});

test.run();
