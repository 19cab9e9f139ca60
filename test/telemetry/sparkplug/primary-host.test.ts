import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PrimaryHost } from '../../../src/telemetry/sparkplug/primary-host.js';

const test = suite('telemetry/sparkplug/primary-host');

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

test('tck-id-message-flow-edge-node-birth-publish-phid-wait-online: it is online once its STATE says so', () => {
  const host = new PrimaryHost();
  assert.not.ok(host.isOnline);
  assert.is(host.heard(bytes({ online: false, timestamp: 1 })), 'nothing');
  assert.is(host.heard(bytes({ online: true, timestamp: 2 })), 'came-online');
  assert.ok(host.isOnline);
  assert.is(host.heard(bytes({ online: true, timestamp: 3 })), 'nothing');
});

test('tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp: an older STATE does not count', () => {
  const host = new PrimaryHost();
  host.heard(bytes({ online: false, timestamp: 10 }));
  assert.is(host.heard(bytes({ online: true, timestamp: 9 })), 'nothing');
  assert.is(host.heard(bytes({ online: true, timestamp: 10 })), 'came-online');
});

test('tck-id-operational-behavior-edge-node-termination-host-offline-timestamp: the last will of an older session ends nothing', () => {
  const host = new PrimaryHost();
  host.heard(bytes({ online: true, timestamp: 10 }));
  assert.is(host.heard(bytes({ online: false, timestamp: 9 })), 'nothing');
  assert.is(host.heard(bytes({ online: false, timestamp: 10 })), 'went-offline');
});

test('what is no STATE is ignored', () => {
  const host = new PrimaryHost();
  const wrong = [
    '',
    'ONLINE',
    '[]',
    'null',
    { online: 'true', timestamp: 1 },
    { online: true },
    { online: true, timestamp: '1' },
  ];
  for (const payload of wrong) assert.is(host.heard(bytes(payload)), 'nothing');
  assert.is(host.heard(new Uint8Array([0xff, 0xfe])), 'nothing');
  assert.not.ok(host.isOnline);
});

test('after a connection nothing is known of it', () => {
  const host = new PrimaryHost();
  host.heard(bytes({ online: true, timestamp: 10 }));
  host.forget();
  assert.not.ok(host.isOnline);
  assert.is(host.heard(bytes({ online: true, timestamp: 5 })), 'came-online');
});

test.run();
