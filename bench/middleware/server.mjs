// One contender's server, in a process of its own: `server.mjs CONTENDER DIST`. It tells its port, and times itself when asked.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const [, , contender, dist] = process.argv;
const [framework, cache] = contender.split(': ');
const require = createRequire(import.meta.url);
const ofProject = createRequire(join(dist, '..', 'package.json'));
const ours = (file) => import(pathToFileURL(join(dist, 'src/web/frameworks', file)).href);
const TTL_MS = 3_600_000;

/** What a back end answers with: the newest violations of a place, out of SQLite. */
const database = violations();
const newest = database.prepare(
  'SELECT id, plate, kind, speed, at FROM violations WHERE place = ? ORDER BY at DESC LIMIT 50',
);
const list = () => newest.all(7);
const small = { alive: true };

function violations() {
  const Sqlite = ofProject('better-sqlite3');
  const made = new Sqlite(':memory:');
  made.exec(
    'CREATE TABLE violations (id INTEGER PRIMARY KEY, place INTEGER, plate TEXT, kind TEXT, speed REAL, at INTEGER)',
  );
  const add = made.prepare('INSERT INTO violations (place, plate, kind, speed, at) VALUES (?, ?, ?, ?, ?)');
  made.transaction(() => {
    for (let i = 0; i < 20_000; i++)
      add.run(i % 40, `P${(i * 7919) % 100_000}`, 'speed', 50 + (i % 60), 1_750_000_000 + i);
  })();
  return made;
}

const FASTIFY = {
  bare: async () => ({}),
  async ours(app) {
    const { fastifyOptimizer } = await ours('fastify.js');
    await app.register(fastifyOptimizer, {});
    return { config: { edge: { ttl: TTL_MS } } };
  },
  async '@fastify/caching'(app) {
    const caching = require('@fastify/caching');
    await app.register(caching, { privacy: caching.privacy.PUBLIC, expiresIn: TTL_MS / 1000 });
    return {};
  },
  async 'fastify-lcache'(app) {
    const lcache = require('fastify-lcache');
    await app.register(lcache.default ?? lcache, { ttlInMinutes: 60, excludeRoutes: ['/small'] });
    return {};
  },
};

async function fastifyServer() {
  const app = ofProject('fastify')();
  const route = await FASTIFY[cache](app);
  app.get('/small', async () => small);
  app.get('/list', route, async () => list());
  await app.ready();
  app.server.listen(0, '127.0.0.1');
  return app.server;
}

const EXPRESS = {
  bare: async () => [],
  async ours(app) {
    const edge = (await ours('express.js')).expressOptimizer();
    app.use(edge);
    return [edge.cached({ ttl: TTL_MS })];
  },
  apicache: async () => [require('apicache').options({ defaultDuration: TTL_MS }).middleware('1 hour')],
  'route-cache': async () => [require('route-cache').cacheSeconds(TTL_MS / 1000)],
};

async function expressServer() {
  const app = ofProject('express')();
  const before = await EXPRESS[cache](app);
  app.get('/small', (_request, response) => response.json(small));
  app.get('/list', ...before, (_request, response) => response.json(list()));
  return createServer(app).listen(0, '127.0.0.1');
}

async function honoServer() {
  const { Hono } = await import(pathToFileURL(ofProject.resolve('hono')).href);
  const { createAdaptorServer } = await import(pathToFileURL(ofProject.resolve('@hono/node-server')).href);
  const app = new Hono();
  const before = [];
  if (cache === 'ours') {
    const edge = (await ours('hono.js')).honoOptimizer({ app });
    app.use(edge);
    before.push(edge.cached({ ttl: TTL_MS }));
  }
  app.get('/small', (c) => c.json(small));
  app.get('/list', ...before, (c) => c.json(list()));
  return createAdaptorServer({ fetch: app.fetch }).listen(0, '127.0.0.1');
}

const server = await { Fastify: fastifyServer, Express: expressServer, Hono: honoServer }[framework]();
if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));

/** ms from the request's head to the response's end, seen from outside of whatever answers. */
let times = [];
let cpu = process.cpuUsage();
server.prependListener('request', (_request, response) => {
  const began = performance.now();
  response.once('finish', () => times.push(performance.now() - began));
});
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu);
  process.send({ times, cpuUs: user + system });
  times = [];
  cpu = process.cpuUsage();
});
process.once('disconnect', () => process.exit());
process.send({ port: server.address().port });
