import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeUplink, uplinkEstimate } from '../../../../src/diagnose/checks/network/uplink.js';
import { findingText, LANGUAGES } from '../../../../src/diagnose/languages/languages.js';
import { freePort } from '../../../loopback.js';
import { brokerWith, opened, patientOf } from '../broker/broken-brokers.js';

const test = suite('uplink');

/** A line to a broker that carries so many bytes a ms in the direction of the broker. */
const slowLine = (brokerPort: number, bytesPerMs: number) =>
  opened(
    createServer(async (socket) => {
      const broker = connect(brokerPort, '127.0.0.1').on('error', () => socket.destroy());
      socket.on('error', () => broker.destroy());
      broker.pipe(socket);
      for await (const chunk of socket) {
        await sleep((chunk as Buffer).length / bytesPerMs);
        broker.write(chunk as Buffer);
      }
      broker.end();
    }),
  );

async function findingAt(port: number) {
  const patient = patientOf({ broker: `mqtt://127.0.0.1:${port}` });
  const findings = await uplinkEstimate().run(patient, AbortSignal.timeout(8000));
  assert.is(findings.length, 1);
  return findings[0]!;
}

test('a line is measured by one message that nobody hears, and not again so soon', async () => {
  const sizes: number[] = [];
  const broker = await brokerWith((aedes) =>
    aedes.on('publish', ({ payload }, client) => void (client && sizes.push(payload.length))),
  );
  const line = await slowLine(broker.port, 100);
  const first = await findingAt(line.port);
  assert.equal([first.condition, first.code], ['fine', 'uplink-fine']);
  // 100 bytes/ms are 800 kbit/s; timers and a busy machine make it slower, never faster
  assert.ok((first.values['least'] as number) > 80 && (first.values['least'] as number) <= 850);
  await findingAt(line.port);
  assert.equal(
    sizes.filter((size) => size > 1000).map((size) => Math.round(size / 1024)),
    [32],
  );
  await line.close();
  await broker.close();
});

test('a line that carries less than twice what is told is slow; one that swallows long messages is stuck', () => {
  const slow = judgeUplink('broker.example:8883', { fastest: 200, slowest: 400, long: 3400 }, 60);
  assert.equal([slow.condition, slow.code], ['degraded', 'uplink-slow']);
  assert.equal(slow.values, { place: 'broker.example:8883', least: 82, most: 87, needed: 60 });
  assert.match(findingText(slow, LANGUAGES.en).remedy ?? '', 'publish.');
  assert.is(judgeUplink('b:1', { fastest: 200, slowest: 400, long: 3400 }, 40).code, 'uplink-fine');
  assert.is(judgeUplink('b:1', { fastest: 200, slowest: 400, long: 3400 }, null).code, 'uplink-fine');
  // as fast as a short one: how fast is not told, and it is not slow
  const fast = judgeUplink('b:1', { fastest: 1, slowest: 9, long: 8 }, 60_000);
  assert.equal([fast.code, fast.values['most']], ['uplink-fine', '∞']);
  const stuck = judgeUplink('b:1', { fastest: 20, slowest: 30, long: null }, null);
  assert.equal([stuck.condition, stuck.code], ['degraded', 'uplink-stuck']);
  assert.match(findingText(stuck, LANGUAGES.en).remedy ?? '', 'ping -M do -s 1472');
});

test('without a connection nothing is known of the line', async () => {
  assert.is((await findingAt(await freePort())).code, 'uplink-unknown');
});

test.run();
