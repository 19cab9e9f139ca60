import { createServer } from 'node:http';
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

test.run();
