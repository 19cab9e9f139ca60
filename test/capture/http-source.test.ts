import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeJpeg } from '../../src/media/image.js';
import { eventually } from '../temporary.js';
import { takeFrames } from './frames.js';
import { sourceContract } from './source-contract.js';
import { openCamera } from './sources.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const jpeg = await encodeJpeg(new Uint8Array(64 * 48 * 3).fill(90), 64, 48, 80);
const broken = jpeg.subarray(0, 200);
let answer: Answer = () => {};
const server = createServer((request, response) => answer(request, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
test.after(() => {
  server.close();
  server.closeAllConnections();
});

const snapshot: Answer = (_, response) => response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpeg);
const part = (body: Buffer) =>
  Buffer.concat([
    Buffer.from(`--cut\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n`),
    body,
    Buffer.from('\r\n'),
  ]);

/** An endless answer of parts, 50 a second. */
function mjpeg(...bodies: Buffer[]): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=cut' });
    let n = 0;
    const timer = setInterval(() => response.write(bodies[n++ % bodies.length]!), 20);
    response.on('close', () => clearInterval(timer));
  };
}

const url = `http://${host}/shot`;
const open = (given: Answer, camera = {}, capture = {}) => {
  answer = given;
  return openCamera({ url, maxFps: 50, ...camera }, capture);
};

sourceContract('HTTP snapshot', () => open(snapshot));
sourceContract('MJPEG', () => open(mjpeg(part(jpeg))));

test('a picture keeps its size, and tells its own when it is scaled down', async () => {
  const source = open(snapshot, { maxWidth: 32 });
  await source.start();
  const [frame] = await takeFrames(source.frames(), 1);
  await source.stop();
  assert.equal([frame!.width, frame!.height, frame!.sourceWidth, frame!.sourceHeight], [32, 24, 64, 48]);
});

for (const [name, given] of [
  ['snapshot', snapshot],
  ['mjpeg', mjpeg(part(jpeg))],
] as const) {
  test(`credentials in the URL of a ${name} camera are sent as basic authentication and shown nowhere`, async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.authorization);
      given(request, response);
    };
    const source = openCamera({ url: `http://admin:p%40ss@${host}/x` });
    await source.start();
    await takeFrames(source.frames(), 1);
    const said = JSON.stringify(source.health()) + source.label;
    await source.stop();
    assert.is(seen[0], `Basic ${Buffer.from('admin:p@ss').toString('base64')}`);
    assert.not.match(said, 'p%40ss');
    assert.not.match(said, 'p@ss');
  });
}

test('broken pictures in an MJPEG stream are counted and passed over', async () => {
  const source = open(mjpeg(part(broken), part(Buffer.from('no picture')), part(jpeg)), { maxFps: 0 });
  await source.start();
  await takeFrames(source.frames(), 3);
  const { counters } = source.health();
  await source.stop();
  assert.is(counters.malformed >= 4, true);
  assert.is(counters.reconnects, 0);
});

test('a snapshot that is broken or too large is counted, and the next is fetched', async () => {
  let n = 0;
  const bodies = [broken, Buffer.alloc(20_000, 1), jpeg];
  const changing: Answer = (_, response) =>
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bodies[n++ % 3]);
  const source = open(changing, {}, { maxImageBytes: 10_000 });
  await source.start();
  await takeFrames(source.frames(), 2);
  const { counters } = source.health();
  await source.stop();
  assert.is(counters.malformed, 4);
});

test('a camera that is busy for one snapshot is not lost, and that is counted', async () => {
  let n = 0;
  const source = open((_, response) => {
    if (n++ % 3 === 1) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpeg);
  });
  await source.start();
  await takeFrames(source.frames(), 5);
  const { counters, state } = source.health();
  await source.stop();
  assert.equal([state, counters.reconnects, counters.malformed >= 2], ['streaming', 0, true]);
});

test('a camera that refuses a snapshot twice in a row is lost', async () => {
  let n = 0;
  const source = open((_, response) => {
    if (n++ > 0) response.writeHead(503).end();
    else response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpeg);
  });
  await source.start();
  await eventually('the loss', () => source.health().state === 'reconnecting');
  const { counters, lastError } = source.health();
  await source.stop();
  assert.is(counters.malformed, 1);
  assert.match(lastError!, 'HTTP 503');
});

test('a snapshot of another size is a change of resolution', async () => {
  const other = await encodeJpeg(new Uint8Array(32 * 32 * 3), 32, 32, 80);
  let n = 0;
  const source = open((_, response) => {
    response.writeHead(200, { 'content-type': 'image/jpeg' }).end(n++ === 0 ? jpeg : other);
  });
  await source.start();
  await takeFrames(source.frames(), 3);
  const { resolutionChanges } = source.health().counters;
  await source.stop();
  assert.is(resolutionChanges, 1);
});

test('a stream that ends is opened again', async () => {
  const short: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary="cut"' }).end(part(jpeg));
  };
  const source = open(short, { maxFps: 0 });
  await source.start();
  await takeFrames(source.frames(), 3);
  await eventually('reconnects', () => source.health().counters.reconnects >= 2);
  await source.stop();
});

test('a camera that ends each stream after a few seconds is not left alone for longer than half of that', async () => {
  const lasting: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=cut' });
    const timer = setInterval(() => response.write(part(jpeg)), 50);
    setTimeout(() => response.end(), 2100);
    response.on('close', () => clearInterval(timer));
  };
  const source = open(lasting, { maxFps: 0 }, { backoffInitialMs: 50_000, backoffMaxMs: 50_000 });
  await source.start();
  await eventually('the reconnect', () => source.health().counters.reconnects === 1);
  await source.stop();
});

test('a stream that falls silent is a stall', async () => {
  const silent: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=cut' });
    response.write(part(jpeg));
  };
  const source = open(silent, { maxFps: 0, kind: 'mjpeg' }, { stallTimeoutMs: 500 });
  await source.start();
  await eventually('a stall', () => source.health().counters.stalls >= 1, 15_000);
  await source.stop();
});

test('a camera that stalls before its first picture is given longer each time', async () => {
  const silent: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=cut' }).flushHeaders();
  };
  const source = open(silent, {}, { stallTimeoutMs: 500 });
  await source.start();
  for (const ms of [500, 1000, 2000]) {
    await eventually(`a stall after ${ms} ms`, () => source.health().lastError?.includes(`for ${ms} ms`) ?? false);
  }
  const { lastError } = source.health();
  await source.stop();
  assert.match(lastError!, 'answers with multipart/x-mixed-replace; boundary=cut, and nothing behind it');
});

test('a stream that is expected to be slow is no stall between two of its pictures', async () => {
  const slow: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=cut' });
    const timer = setInterval(() => response.write(part(jpeg)), 700);
    response.on('close', () => clearInterval(timer));
  };
  const source = open(slow, { maxFps: 0, expectedFps: 1.4 }, { stallTimeoutMs: 500 });
  await source.start();
  await takeFrames(source.frames(), 2);
  const { stalls } = source.health().counters;
  await source.stop();
  assert.is(stalls, 0);
});

test('a camera that does not answer in time is tried again', async () => {
  const source = open(() => {}, {}, { requestTimeoutMs: 100 });
  await source.start();
  await eventually('a reconnect', () => source.health().counters.reconnects >= 1);
  const { lastError } = source.health();
  await source.stop();
  assert.match(lastError!, /no answer within 100 ms/);
});

test('a refusal says what the camera wants', async () => {
  const source = open((_, response) => response.writeHead(401, { 'www-authenticate': 'Digest realm="x"' }).end());
  await source.start();
  await eventually('a failure', () => source.health().lastError !== null);
  const { lastError } = source.health();
  await source.stop();
  assert.match(
    lastError!,
    /HTTP 401 Unauthorized: the camera wants digest authentication, and its address has no user and password/,
  );
});

test('an answer that is no picture says what was expected', async () => {
  const source = open((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>login'));
  await source.start();
  await eventually('a failure', () => source.health().lastError !== null);
  const { lastError } = source.health();
  await source.stop();
  assert.match(lastError!, /answers with text\/html, expected image.*, got a web page/);
});

test.run();
