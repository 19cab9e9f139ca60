import { join } from 'node:path';
import { fastify } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../../src/cache/cache.js';
import { CACHE_MIGRATIONS } from '../../../src/cache/migrations.js';
import { silentLog } from '../../../src/foundation/log.js';
import { openDatabase } from '../../../src/store/database.js';
import { fastifyOptimizer } from '../../../src/web/frameworks/fastify.js';
import { temporaryFolder } from '../../temporary.js';

const file = join(temporaryFolder('kept-responses'), 'cache.db');

test('what is kept on disk is served after a restart, each variant with its bytes and its headers', async () => {
  let runs = 0;
  for (const expected of ['fwd=miss; stored', 'hit; ttl=']) {
    const open = () => openDatabase({ file, migrations: CACHE_MIGRATIONS, log: silentLog });
    const cache = new Cache({ disk: { open }, cleanupInterval: 0 });
    cache.start();
    const app = fastify();
    await app.register(fastifyOptimizer, { cache, shed: false });
    app.get('/picture', { config: { edge: { ttl: 3_600_000 } } }, async (request, reply) => {
      runs++;
      const body = Buffer.from([0, 255, request.headers.accept === 'a' ? 1 : 2]);
      return reply.header('vary', 'accept').header('link', ['<a>', '<b>']).type('image/x-test').send(body);
    });
    for (const accept of ['a', 'b']) {
      const { rawPayload, headers } = await app.inject({ url: '/picture', headers: { accept } });
      assert.equal([...rawPayload], [0, 255, accept === 'a' ? 1 : 2]);
      assert.equal([headers['content-type'], headers.link], ['image/x-test', ['<a>', '<b>']]);
      assert.match(String(headers['cache-status']), expected);
    }
    await app.close();
    cache.stop();
  }
  assert.is(runs, 2);
});

test.run();
