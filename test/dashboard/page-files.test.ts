import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import { OPERATOR } from '../../src/foundation/viewer.js';
import { PLAIN_REQUEST } from '../http/request.js';
import { temporaryFolder } from '../temporary.js';

const answered = async (route: HttpRoute | undefined): Promise<[number, string]> => {
  const { status = 200, body } = await route!.handle(new URLSearchParams(), OPERATOR, PLAIN_REQUEST);
  return [status, typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array)];
};

test('a file is read when it is first asked for, and once', async () => {
  const folder = temporaryFolder('page-files');
  const index = join(folder, 'index.html');
  for (const name of ['index.html', 'index.html.br', 'pages-abcd1234.js']) writeFileSync(join(folder, name), 'old');
  const routes = pageRoutes(folder);
  assert.equal(routes.map(({ path }) => path).sort(), ['/', '/pages-abcd1234.js']);
  writeFileSync(index, 'new');
  const home = routes.find(({ path }) => path === '/');
  assert.equal(await answered(home), [200, 'new']);
  writeFileSync(index, 'newer');
  assert.equal(await answered(home), [200, 'new']);
});

test('what is not built, or is gone before it was asked for, is said', async () => {
  const folder = temporaryFolder('page-files-gone');
  const [home, ...others] = pageRoutes(folder);
  assert.is(others.length, 0);
  const [status, text] = await answered(home);
  assert.equal([status, text.includes('npm run build')], [503, true]);
  for (const name of ['index.html', 'a.js']) writeFileSync(join(folder, name), 'x');
  const script = pageRoutes(folder).find(({ path }) => path === '/a.js');
  rmSync(join(folder, 'a.js'));
  assert.is((await answered(script))[0], 503);
});

test.run();
