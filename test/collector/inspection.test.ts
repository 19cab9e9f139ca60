import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fleetTopic } from '../../src/collector/inbound/fleet-topic.js';
import { inspected, MAX_PAYLOAD_BYTES } from '../../src/collector/inbound/inspection.js';
import { MESSAGES } from '../../src/telemetry/mqtt/messages.js';
import { schemaOf } from '../telemetry/mqtt/message-schemas.js';

const DEVICE = 'edge/v1/demo/cabinet7';
const EVENT = {
  seq: 18,
  stream: '5f0c1a9be271',
  n: 118,
  ts: 1700000012345,
  boot: '1f6b2c3d',
  camera: 'north',
  kind: 'crossed',
  line: 'gate',
  direction: 'inbound',
  total: 12,
  capturedAt: 1700000012331,
  vehicle: { trackId: 41, class: 'bus' },
};

/** An event with so many lists in one another; brackets within text are none. */
const nested = (deep: number): string =>
  JSON.stringify({ ...EVENT, later: 0, words: '["['.repeat(99) }).replace(
    '"later":0',
    `"later":${'['.repeat(deep)}${']'.repeat(deep)}`,
  );

function look(topic: string, payload: string | Uint8Array): string {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const read = inspected({ topic, payload: bytes, retained: false, receivedAt: 1 });
  return read.is === 'quarantined' ? read.reason : read.is;
}

test('every message of a device has a topic that is read as its kind', () => {
  for (const [name, { topic, direction }] of Object.entries(MESSAGES)) {
    const path = `${DEVICE}/${topic.replace(/<\w+>/, 'north')}`;
    const read = fleetTopic(path);
    if (direction !== 'from device') assert.is(read.is, 'not-for-us', path);
    else assert.is(read.is === 'message' && read.name, schemaOf(path), name);
  }
});

test('what keeps to its schema is taken, and what may be put aside says why', () => {
  const event = JSON.stringify(EVENT);
  assert.is(look(`${DEVICE}/event/north`, event), 'message');
  assert.is(look(`${DEVICE}/event/north`, JSON.stringify({ ...EVENT, later: 'versions add keys' })), 'message');
  assert.is(look(`${DEVICE}/event/north`, nested(50)), 'message');
  // a key that another kind of message has for its subject
  const crossed = JSON.stringify({ ...EVENT, code: 'x', command: 'y' });
  assert.is(look(`${DEVICE}/event/north`, crossed), 'message');
  const values = { seq: 3, ts: EVENT.ts, boot: EVENT.boot, values: {}, camera: 'south' };
  assert.is(look(`${DEVICE}/metrics`, JSON.stringify(values)), 'message');
  const wrong: readonly [string, string | Uint8Array, string][] = [
    [`${DEVICE}/event/north`, JSON.stringify({ ...EVENT, n: 0 }), 'not-by-schema'],
    [`${DEVICE}/event/north`, JSON.stringify({ ...EVENT, kind: 'flew' }), 'not-by-schema'],
    [`${DEVICE}/event/south`, event, 'another-subject'],
    [`${DEVICE}/event/north`, nested(65), 'not-by-schema'],
    [`${DEVICE}/event/north`, '[', 'no-json'],
    [`${DEVICE}/event/north`, Uint8Array.of(0x22, 0xff, 0x22), 'no-json'],
    [`${DEVICE}/event/north`, '', 'no-json'],
    [`${DEVICE}/event/north`, new Uint8Array(MAX_PAYLOAD_BYTES + 1), 'oversize'],
    [`${DEVICE}/events/north`, event, 'unknown-kind'],
    [`${DEVICE}/event/north/more`, event, 'unknown-kind'],
    [`${DEVICE}/event/../x`, event, 'unknown-kind'],
    ['edge/v1/demo/-x/event/north', event, 'unknown-kind'],
    ['elsewhere', event, 'unknown-kind'],
    ['edge/v2/demo/cabinet7/event/north', event, 'unknown-version'],
  ];
  for (const [topic, payload, reason] of wrong) assert.is(look(topic, payload), reason, `${topic} ${payload}`);
});

test('what is for devices, what is tried out and what is taken back is nobody else’s', () => {
  assert.is(look(`${DEVICE}/cmd/ping`, '{}'), 'ignored');
  assert.is(look(`${DEVICE}/cmd/diagnose-ping/result`, 'x'), 'ignored');
  assert.is(look(`${DEVICE}/signal/red`, '{}'), 'ignored');
  assert.is(look('edge/v1/demo/_site/cmd/invalidate', '{}'), 'ignored');
  assert.is(look(`${DEVICE}/status`, ''), 'ignored');
  assert.is(look(`${DEVICE}/alert/camera-lost`, ''), 'cleared');
});

test.run();
