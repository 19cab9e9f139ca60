import { rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import { FileStreams } from '../../src/http/file-streams.js';
import { HEALTHZ, HttpServer, problemReply } from '../../src/http/server.js';
import { endingsOf, eventually, temporaryFolder } from '../temporary.js';

const dir = temporaryFolder('file-streams');
const endings = endingsOf(test);
/** More than the system takes of a connection that nobody reads. */
const BYTES = 24 * 2 ** 20;

async function served(name: string) {
  const file = join(dir, name);
  writeFileSync(file, Buffer.alloc(BYTES, 'x'));
  const streams = new FileStreams({ most: 3, mostOfOne: 2 });
  const route: HttpRoute = {
    path: '/picture',
    handle: async (query, _viewer, { signal }) => {
      const place = streams.take(query.get('who') ?? '');
      if (place === null) return problemReply(['too many'], 503);
      const body = place.send(await open(file, 'r'), signal);
      return { contentType: 'image/jpeg', body, headers: { 'content-length': String(BYTES) } };
    },
  };
  const http = configSchema.parse({ http: { port: 0 } }).http;
  const server = new HttpServer({ config: http, routes: [route, HEALTHZ] });
  const { port } = await server.start();
  endings.push(() => server.stop());
  const slow = (who: string): Socket => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write(`GET /picture?who=${who} HTTP/1.1\r\nhost: localhost:${port}\r\n\r\n`);
    return socket;
  };
  return { file, streams, slow, url: `http://localhost:${port}` };
}

test('who reads nothing keeps neither the file in memory nor others out, and is refused a third one', async () => {
  const { streams, slow, url } = await served('slow');
  const before = process.memoryUsage().arrayBuffers;
  const readers = [slow('a'), slow('a')];
  await eventually('two are sent', () => streams.size === 2);
  const statusOf = async (path: string): Promise<number> => {
    const reply = await fetch(`${url}${path}`);
    await reply.body?.cancel();
    return reply.status;
  };
  assert.equal([await statusOf('/picture?who=a'), await statusOf('/healthz')], [503, 200]);
  const held = process.memoryUsage().arrayBuffers - before;
  assert.ok(held < 1.5 * BYTES, `${held} bytes of ${2 * BYTES}`);
  const whole = await fetch(`${url}/picture?who=b`);
  assert.is((await whole.arrayBuffer()).byteLength, BYTES);
  assert.is(streams.refused, 1);
  for (const one of readers) one.destroy();
  await eventually('nobody reads any more', () => streams.size === 0);
  assert.is(await statusOf('/picture?who=a'), 200);
  await eventually('who leaves in the middle gives the place back', () => streams.size === 0);
});

test('who is gone gets nothing more, which is no error', async () => {
  const file = join(dir, 'left');
  writeFileSync(file, Buffer.alloc(BYTES, 'x'));
  const streams = new FileStreams({ most: 3, mostOfOne: 2 });
  const asker = new AbortController();
  const reader = streams
    .take('a')!
    .send(await open(file, 'r'), asker.signal)
    .getReader();
  assert.is((await reader.read()).done, false);
  const pending = reader.read();
  asker.abort();
  await pending;
  assert.is((await reader.read()).done, true);
  assert.is(streams.size, 0);
});

test('a file whose name is gone is read to its end', async () => {
  const { file, streams, url } = await served('gone');
  const reply = await fetch(`${url}/picture`);
  rmSync(file);
  assert.is((await reply.arrayBuffer()).byteLength, BYTES);
  await eventually('it is closed', () => streams.size === 0);
});

test('of those that come at once as many are sent as may be, and the others refused', async () => {
  const { streams, url } = await served('at-once');
  const replies = await Promise.all(Array.from({ length: 6 }, () => fetch(`${url}/picture?who=a`)));
  const statuses = replies.map(({ status }) => status).sort();
  for (const { body } of replies) await body?.cancel();
  assert.equal(statuses, [200, 200, 503, 503, 503, 503]);
  await eventually('nobody reads any more', () => streams.size === 0);
});

test('a place is given back once, also where no file was to be sent', () => {
  const streams = new FileStreams({ most: 1, mostOfOne: 1 });
  const place = streams.take('a')!;
  assert.is(streams.take('b'), null);
  place.leave();
  place.leave();
  assert.is(streams.size, 0);
  assert.is.not(streams.take('b'), null);
  assert.is(streams.refused, 1);
});

test.run();
