import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Message, MessageReader } from '../../src/detect/host/message-reader.js';
import { readDetections, readError, readHello, readLoaded } from '../../src/detect/host/replies.js';
import { encodeMessage, MessageType, parseJson, readHeader } from '../../src/detect/protocol.js';
import { ProtocolError } from '../../src/foundation/errors.js';

const LIMIT = 1000;

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

/** What a reader makes of chunks. */
function read(...chunks: Buffer[]): Message[] {
  const messages: Message[] = [];
  const reader = new MessageReader(LIMIT, (message) => messages.push(message));
  for (const chunk of chunks) reader.push(chunk);
  return messages;
}

function reply(type: number, head: object, payload: Uint8Array = new Uint8Array(0)): Message {
  return { type, id: 1, json: Buffer.from(JSON.stringify(head)), payload };
}

function boxes(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

const TIMINGS = { fillMs: 0.25, inferMs: 12, decodeMs: 0.5 };

test('a ping with id 7 is these 20 bytes', () => {
  assert.is(encodeMessage(MessageType.ping, 7).toString('hex'), '4544475701030000070000000000000000000000');
});

test('the worked example of docs/worker-protocol.md is what is sent', () => {
  const message = encodeMessage(MessageType.detect, 258, { count: 1, width: 2, height: 1 }, 6);
  const expected = `
    45 44 47 57  01  02  00 00  02 01 00 00  20 00 00 00  06 00 00 00
    7b 22 63 6f 75 6e 74 22 3a 31 2c 22 77 69 64 74 68 22 3a 32 2c 22 68 65 69 67 68 74 22 3a 31 7d`;
  assert.is(message.toString('hex'), hex(expected).toString('hex'));
});

test('messages are put together from single bytes', () => {
  const stream = Buffer.concat([
    encodeMessage(MessageType.pong, 1),
    encodeMessage(MessageType.detections, 2, { counts: [0] }, 4),
    hex('01 02 03 04'),
    encodeMessage(MessageType.pong, 3, null, 1),
    hex('ff'),
  ]);
  const messages = read(...Array.from(stream, (byte) => Buffer.from([byte])));
  assert.equal(
    messages.map((m) => [m.type, m.id, m.json.toString(), [...m.payload]]),
    [
      [0x84, 1, '', []],
      [0x83, 2, '{"counts":[0]}', [1, 2, 3, 4]],
      [0x84, 3, '', [255]],
    ],
  );
});

test('several messages in one chunk are all delivered', () => {
  const ping = encodeMessage(MessageType.ping, 9);
  assert.equal(read(Buffer.concat([ping, ping, ping])).length, 3);
});

test('a reader is idle only between messages', () => {
  const reader = new MessageReader(LIMIT, () => undefined);
  const ping = encodeMessage(MessageType.ping, 9);
  assert.is(reader.idle, true);
  reader.push(ping.subarray(0, 5));
  assert.is(reader.idle, false);
  reader.push(ping.subarray(5));
  assert.is(reader.idle, true);
});

test('other bytes than a header are refused with a hint at the usual cause', () => {
  assert.throws(
    () => read(Buffer.from('Loading model, please wait')),
    (error: Error) => {
      return (
        error instanceof ProtocolError && /got 4c 6f 61 64 .* printing on the protocol's stream/.test(error.message)
      );
    },
  );
});

test('another protocol version is refused with both versions named', () => {
  const bytes = hex('45 44 47 57 02 03 0000 07000000 00000000 00000000');
  assert.throws(() => readHeader(bytes, LIMIT), /speaks version 2 of the worker protocol, this side version 1/);
});

test('lengths over their limits and unknown flags are refused before anything is allocated', () => {
  assert.throws(
    () => readHeader(hex('45444757 01 83 0000 00000000 00000000 e9030000'), LIMIT),
    /payload of 1001 bytes; at most 1000/,
  );
  assert.throws(
    () => readHeader(hex('45444757 01 83 0000 00000000 01001000 00000000'), LIMIT),
    /JSON part of 1048577 bytes; at most 1048576/,
  );
  assert.throws(() => readHeader(hex('45444757 01 83 0100 00000000 00000000 00000000'), LIMIT), /flags are 1/);
});

test('a JSON part must be an object', () => {
  assert.equal(parseJson(Buffer.alloc(0)), {});
  assert.throws(() => parseJson(Buffer.from('[1]')), /not an object/);
  assert.throws(() => parseJson(Buffer.from('{"a":')), /not JSON/);
});

test('detections are split by picture, as views into the payload', () => {
  const payload = boxes(1, 2, 3, 4, 0.5, 0, 5, 6, 7, 8, 0.25, 1);
  const { detections, timings, rssBytes } = readDetections(
    reply(MessageType.detections, { counts: [0, 2], timings: TIMINGS, rssBytes: 1e8 }, payload),
    2,
    2,
  );
  assert.is(detections[0]?.count, 0);
  assert.is(detections[1]?.count, 2);
  assert.equal([...detections[1]!.data], [1, 2, 3, 4, 0.5, 0, 5, 6, 7, 8, 0.25, 1]);
  assert.is(detections[1]!.data.buffer, payload.buffer);
  assert.equal(timings, TIMINGS);
  assert.is(rssBytes, 1e8);
});

test('impossible detections are refused, with what is wrong with them', () => {
  const one =
    (...row: number[]) =>
    () =>
      readDetections(reply(MessageType.detections, { counts: [1], timings: TIMINGS }, boxes(...row)), 1, 6);
  assert.throws(one(0, 0, 1, 1, 88, 0), /impossible box \[0, 0, 1, 1, 88, 0\]/);
  assert.throws(one(0, 0, 1, 1, 0.5, 6), /a class of 0\.\.5/);
  assert.throws(one(0, 0, Number.NaN, 1, 0.5, 0), /impossible box/);
  assert.throws(one(0, 0, 1, 1, 0.5), /1 boxes with 20 payload bytes; expected 24/);
  const counts = (value: unknown) => () =>
    readDetections(reply(MessageType.detections, { counts: value, timings: TIMINGS }), 1, 6);
  assert.throws(counts([0, 0]), /must be 1 whole number\(s\) of 0 to 1000, got \[0,0\]/);
  assert.throws(counts([-1]), /got \[-1\]/);
  assert.throws(counts(undefined), /got undefined/);
  assert.throws(
    () => readDetections(reply(MessageType.detections, { counts: [0] }), 1, 6),
    /timings must be \{fillMs, inferMs, decodeMs\}/,
  );
});

test('hello, loaded and error are checked key by key', () => {
  assert.throws(() => readHello(reply(MessageType.hello, { protocol: 2, name: 'x', pid: 1 })), /x speaks version 2/);
  assert.throws(() => readHello(reply(MessageType.hello, { protocol: 1, pid: 1 })), /hello message is wrong: name/);
  assert.throws(() => readLoaded(reply(MessageType.loaded, { model: 'm' })), /loaded message is wrong: variant/);
  assert.equal(readError(reply(MessageType.error, { code: 'E_MODEL', message: 'no' })), {
    code: 'E_MODEL',
    message: 'no',
    fatal: false,
    permanent: true,
  });
});

test.run();
