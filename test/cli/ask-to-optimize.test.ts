import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HttpServer, json, problemReply } from '../../src/http/server.js';
import { changeToken } from '../../src/runtime/change-token.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('cli-optimize');
const TOKEN = 'a-token-of-24-characters';

/** What a running program would answer, and what it was asked. @param own the token that it has: of its configuration, or for changes alone */
async function running<T>(
  use: (env: Record<string, string>, asked: string[]) => Promise<T>,
  answer: unknown,
  own: { readonly token: string } | { readonly changeToken: string } = { token: TOKEN },
): Promise<T> {
  const asked: string[] = [];
  const server = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, ...('token' in own && own) },
    ...('changeToken' in own && own),
    routes: [
      {
        path: '/api/optimize',
        method: 'POST',
        handle: (query) => {
          asked.push(query.toString());
          return answer === null ? problemReply(['it is just stopping'], 503) : json(answer);
        },
      },
    ],
  });
  const { port } = await server.start();
  try {
    const env = { EDGE_HTTP_PORT: `${port}`, EDGE_STORE_DIR: folder };
    return await use('token' in own ? { ...env, EDGE_HTTP_TOKEN: own.token } : env, asked);
  } finally {
    await server.stop();
  }
}

const REPORT = {
  at: 1,
  dryRun: false,
  strategies: [
    {
      strategy: 'cache',
      outcome: 'tried',
      why: 'simulated, 12 % more would be found',
      change: { knobs: [], from: 'lru', to: 'lfu', reason: '' },
      trial: null,
    },
    { strategy: 'model', outcome: 'nothing', why: 'nothing that it knows would help now', change: null, trial: null },
  ],
  ended: [{ strategy: 'cache', from: 'fifo', to: 'lru', verdict: 'kept', why: 'it pays' }],
};

test('the running program is asked, and what it tries and tried is printed', async () => {
  await running(async (env, asked) => {
    const { code, stdout } = await edgeOptimizerHere(['optimize', '--strategy', 'cache', '--strategy', 'model'], env);
    assert.equal([code, asked], [0, ['dryRun=false&strategy=cache&strategy=model']]);
    assert.is(
      stdout,
      `strategy  outcome        change     why
cache     tries          lru → lfu  simulated, 12 % more would be found
model     nothing to do             nothing that it knows would help now

since it was asked last:
strategy  change      verdict  why
cache     fifo → lru  kept     it pays

edge-optimizer trials shows in some minutes what becomes of it
`,
    );
    const printed = await edgeOptimizerHere(['optimize', '--dry-run', '--json'], env);
    assert.equal([JSON.parse(printed.stdout), asked[1]], [REPORT, 'dryRun=true']);
  }, REPORT);
});

test('what failed is exit code 1, and so is a program that refuses or is not there', async () => {
  const [strategy] = REPORT.strategies;
  await running(async (env) => assert.is((await edgeOptimizerHere(['optimize'], env)).code, 1), {
    ...REPORT,
    strategies: [{ ...strategy, outcome: 'failed' }],
  });
  await running(async (env) => {
    const refused = await edgeOptimizerHere(['optimize'], env);
    assert.equal([refused.code, refused.stderr.includes('does not do it: it is just stopping')], [1, true]);
    const token = await edgeOptimizerHere(['optimize'], { ...env, EDGE_HTTP_TOKEN: 'another-token-of-24-chars' });
    assert.equal([token.code, token.stderr.includes('it wants another token')], [1, true]);
  }, null);
  const store = join(folder, 'nowhere');
  const absent = await edgeOptimizerHere(['optimize'], { EDGE_HTTP_PORT: '1', EDGE_STORE_DIR: store });
  assert.equal([absent.code, absent.stderr.includes('edge-optimizer run is not running with the store')], [1, true]);
});

test('without a token of the configuration it asks with that for changes, which only the user of the program may read', async () => {
  const made = changeToken(join(folder, 'own'));
  assert.ok('token' in made);
  await running(
    async (env, asked) => {
      const own = await edgeOptimizerHere(['optimize', '--json'], { ...env, EDGE_STORE_DIR: join(folder, 'own') });
      assert.equal([own.code, asked], [0, ['dryRun=false']]);
      const other = await edgeOptimizerHere(['optimize'], { ...env, EDGE_STORE_DIR: join(folder, 'other') });
      assert.equal([other.code, asked.length], [1, 1]);
      assert.match(other.stderr, `the token for changes in ${join(folder, 'other', 'change-token')} cannot be read`);
    },
    REPORT,
    { changeToken: made.token },
  );
});

test('where nothing listens, or a strategy is none, that is said with what to do', async () => {
  const off = await edgeOptimizerHere(['optimize'], { EDGE_HTTP_ENABLED: 'false' });
  assert.equal(
    [off.code, off.stderr.includes('got http.enabled: false; over MQTT it is edge-optimizer command send optimize')],
    [2, true],
  );
  const wrong = await edgeOptimizerHere(['optimize', '--strategy', 'modle']);
  assert.equal([wrong.code, wrong.stderr.includes('got modle; did you mean model?')], [2, true]);
});

test.run();
