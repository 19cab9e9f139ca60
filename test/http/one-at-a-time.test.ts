import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneAtATime } from '../../src/http/one-at-a-time.js';

test('a connection that does not read its reply in time is ended, one that does may ask again', async () => {
  const answer = Buffer.alloc(30_000_000, 'x');
  const server = createServer(
    oneAtATime((request, reply) => void reply.end(request.url === '/big' ? answer : 'ok'), 200),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    for (const _ of [1, 2]) assert.is(await (await fetch(`http://127.0.0.1:${port}/small`)).text(), 'ok');
    const open = new Promise<void>((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const slow = connect(port, '127.0.0.1').pause();
    slow.on('error', () => undefined);
    slow.write('GET /big HTTP/1.1\r\nhost: a\r\n\r\n');
    await open;
    slow.destroy();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Asks a server that is made of a listener, and reads nothing. @returns ms until the connection is ended */
async function endedAfter(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const began = performance.now();
    const ended = new Promise<void>((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const slow = connect(port, '127.0.0.1').pause();
    slow.on('error', () => undefined);
    slow.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await ended;
    slow.destroy();
    return performance.now() - began;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a reply that says how long it is may take so long as the least rate takes', async () => {
  const answer = Buffer.alloc(12_000_000, 'x');
  const ms = await endedAfter(
    // at 12 MB/s it takes a second: ten times as long as others may
    oneAtATime(
      (_request, reply) => void reply.writeHead(200, { 'content-length': answer.length }).end(answer),
      100,
      12_000_000,
    ),
  );
  assert.ok(ms >= 900, `${ms} ms`);
});

test('events go on for as long as somebody reads them, and who reads none is ended', async () => {
  const headers = { 'content-type': 'text/event-stream' };
  const events = createServer(
    oneAtATime((_request, reply) => {
      reply.writeHead(200, headers);
      const timer = setInterval(() => reply.write('data: 1\n\n'), 10);
      reply.once('close', () => clearInterval(timer));
    }, 50),
  );
  await new Promise<void>((resolve) => events.listen(0, '127.0.0.1', resolve));
  const { port } = events.address() as AddressInfo;
  let read = 0;
  for await (const piece of (await fetch(`http://127.0.0.1:${port}`)).body!) {
    read += piece.length;
    if (read > 300) break;
  }
  events.closeAllConnections();
  events.close();
  const flood = Buffer.alloc(4_000_000, 'x');
  await endedAfter(
    oneAtATime((_request, reply) => {
      reply.writeHead(200, headers);
      for (let n = 0; n < 8; n++) reply.write(flood);
    }, 50),
  );
});

test.run();
