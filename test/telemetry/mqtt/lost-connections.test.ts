import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { freePort } from '../../loopback.js';
import { needs } from '../../optional.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { EVENT, listener, publisherAt, STATUS } from './capture-broker.js';
import { assertPublished } from './message-schemas.js';
import { kill, mosquitto } from './mosquitto-process.js';

const folder = temporaryFolder('lost-connections');
const mosquittoTest = needs('mosquitto', test);

/** Passes bytes on between a device and a broker until it is told to swallow them, with all connections left standing. */
async function tunnelTo(port: number) {
  const sockets = new Set<Socket>();
  let swallows = false;
  const server = createServer((device) => {
    const broker = tcpConnect(port, '127.0.0.1');
    for (const [from, to] of [
      [device, broker],
      [broker, device],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (data: Buffer) => swallows || to.write(data));
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const swallow = (whether: boolean): void => {
    swallows = whether;
  };
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`, swallow, close };
}

/** A server of MQTT 3.1.1 that answers each kind of packet as told; what is not told gets no answer. */
async function answering(answers: { readonly [kind: number]: (packet: Buffer) => number[] }) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    let rest = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let length = lengthOf(rest); length !== null && length <= rest.length; length = lengthOf(rest)) {
        const packet = rest.subarray(0, length);
        rest = rest.subarray(length);
        const answer = answers[packet[0]! >> 4];
        if (answer) socket.write(Buffer.from(answer(packet)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`, close: () => server.close() };
}

/** Of the first packet, of less than 16 kB; null where it is not all there. */
function lengthOf(bytes: Buffer): number | null {
  const [, low, high] = bytes;
  if (low === undefined) return null;
  if (low < 128) return 2 + low;
  return high === undefined ? null : 3 + (low & 127) + high * 128;
}

const CONNECT = 1;
const PUBLISH = 3;
const PINGREQ = 12;
const accept = (): number[] => [0x20, 2, 0, 0];
const pong = (): number[] => [0xd0, 0];
/** The packet id stands behind the topic. */
const puback = (packet: Buffer): number[] => {
  if ((packet[0]! & 6) === 0) return [];
  const head = packet[1]! < 128 ? 2 : 3;
  const at = head + 2 + packet.readUInt16BE(head);
  return [0x40, 2, packet[at]!, packet[at + 1]!];
};

for (const busy of [true, false]) {
  const while_ = busy ? 'while messages are sent' : 'while nothing is sent';
  mosquittoTest(
    `a connection whose packets are swallowed is found ${while_}, and what was lost is told again`,
    async () => {
      const port = await freePort();
      const broker = await mosquitto(folder, port, ['allow_anonymous true']);
      const tunnel = await tunnelTo(port);
      const heard = await listener(`mqtt://127.0.0.1:${port}`);
      const publisher = publisherAt(tunnel.url, { keepaliveS: 1 });
      publisher.start();
      await eventually('birth', () => heard.of(STATUS).some(({ json }) => json.online));
      tunnel.swallow(true);
      if (busy) publisher.event('north', EVENT);
      await eventually('found', () => publisher.state().problem !== null, 3000);
      const problem = publisher.state().problem!;
      assert.is(problem.kind, 'half-open');
      assert.match(problem.message, /nothing came for \d s though the connection stood: .*\(half-open\)/);
      tunnel.swallow(false);
      await eventually('again', () => publisher.state().connections === 2);
      await eventually('told', () => heard.of(STATUS).some(({ json }) => json.lastProblem !== undefined));
      const again = heard.of(STATUS).find(({ json }) => json.lastProblem !== undefined)!;
      assertPublished(again);
      assert.is(again.json.lastProblem.kind, 'half-open');
      if (busy) await eventually('event', () => heard.messages.some(({ topic }) => topic.endsWith('/event/north')));
      await publisher.stop();
      await heard.end();
      tunnel.close();
      await kill(broker);
    },
  );
}

test('a broker that answers pings and acknowledges nothing is told from a dead connection, and tried more and more rarely', async () => {
  const broker = await answering({ [CONNECT]: accept, [PINGREQ]: pong });
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', keepaliveS: 1 });
  publisher.start();
  await eventually('twice', () => publisher.state().connections === 2);
  await eventually('found', () => publisher.state().problem !== null);
  assert.is(publisher.state().problem?.kind, 'unacknowledged');
  assert.match(publisher.state().problem!.message, 'it answers, and has acknowledged no message for 1 s');
  await publisher.stop('stopped', 100);
  broker.close();
});

test('a broker that never answers a subscription is told so, and messages go on', async () => {
  const broker = await answering({ [CONNECT]: accept, [PUBLISH]: puback, [PINGREQ]: pong });
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', keepaliveS: 1 });
  publisher.start();
  publisher.event('north', EVENT);
  await eventually('said', () => publisher.state().refusals.length > 0);
  assert.equal(publisher.state().refusals, [
    'the broker does not answer the subscription to edge/v1/site1/dev1/cmd/+: nothing is heard there',
  ]);
  assert.ok(publisher.state().sent >= 2);
  assert.is(publisher.state().connections, 1);
  await publisher.stop('stopped', 300);
  broker.close();
});

test('a subscription that is refused is told with what to do, and messages go on', async () => {
  const suback = (packet: Buffer): number[] => [0x90, 3, packet[2]!, packet[3]!, 0x80];
  const broker = await answering({ [CONNECT]: accept, [PUBLISH]: puback, 8: suback, [PINGREQ]: pong });
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', keepaliveS: 1 });
  publisher.start();
  await eventually('said', () => publisher.state().refusals.length > 0);
  assert.equal(publisher.state().refusals, [
    'the broker refuses the subscription: it gives no reason (code 128); may this user read there? (edge/v1/site1/dev1/cmd/+): nothing is heard there',
  ]);
  assert.is(publisher.state().phase, 'connected');
  await publisher.stop('stopped', 300);
  broker.close();
});

test('a line that loses every acknowledgement costs no message, however often it is sent', async () => {
  let connections = 0;
  let events = 0;
  const broker = await answering({
    [CONNECT]: () => {
      connections++;
      return accept();
    },
    [PINGREQ]: pong,
    [PUBLISH]: (packet) => {
      if (packet.includes('/event/north')) events++;
      return connections > 7 ? puback(packet) : [];
    },
  });
  let clock = 0;
  const publisher = publisherAt(broker.url, { protocol: '3.1.1', keepaliveS: 1 }, { clock: () => clock });
  publisher.event('north', EVENT);
  publisher.start();
  for (let n = 1; n <= 7; n++) {
    await eventually('sent', () => publisher.state().connections === n && events === n, 3000);
    clock += 2000;
  }
  await eventually('acknowledged', () => publisher.state().sent >= 2 && publisher.state().queued === 0, 3000);
  assert.is(events, 8);
  assert.is(publisher.state().dropped.undeliverable, 0);
  await publisher.stop('stopped', 100);
  broker.close();
});

test('a message that alone is never acknowledged, where later ones are, is given up after five connections', async () => {
  const broker = await answering({
    [CONNECT]: accept,
    [PINGREQ]: pong,
    [PUBLISH]: (packet) => (packet.includes('/event/north') ? [] : puback(packet)),
  });
  let leapt = 0;
  const publisher = publisherAt(
    broker.url,
    { protocol: '3.1.1', keepaliveS: 1 },
    { clock: () => performance.now() + leapt },
  );
  publisher.event('north', EVENT);
  publisher.start();
  for (let n = 1; n <= 5; n++) {
    await eventually('on its way', () => publisher.state().connections === n && publisher.state().inFlight === 1);
    const { sent, dropped } = publisher.state();
    assert.is(dropped.undeliverable, 0);
    publisher.event('south', EVENT);
    await eventually('the other is told', () => publisher.state().sent === sent + 1);
    leapt += 2000;
  }
  await eventually('given up', () => publisher.state().dropped.undeliverable === 1, 3000);
  await publisher.stop('stopped', 100);
  broker.close();
});

test.run();
