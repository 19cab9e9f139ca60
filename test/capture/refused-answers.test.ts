import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lostCameras } from '../../src/capture/alerts.js';
import { createLog } from '../../src/foundation/log.js';
import { inserted, jpegPicture, scansOf } from '../media/encoded-pictures.js';
import { eventually } from '../temporary.js';
import { endless, once, type RawAnswer, RawServer } from './raw-server.js';
import { openCamera } from './sources.js';

const jpeg = await jpegPicture();
const cut = jpeg.subarray(0, Math.round(jpeg.length * 0.55));
const grey = inserted(jpeg, scansOf(jpeg)[0]! + 200, Buffer.from('ffd50017'.repeat(6), 'hex'));
const server = await RawServer.start();
test.after(() => server.stop());

const OK = 'HTTP/1.1 200 OK\r\n';
const page = `${OK}Content-Type: text/html\r\n\r\n<!DOCTYPE html><title>Log in</title>`;
const open = (answer: RawAnswer, camera = {}, capture = {}, log?: Parameters<typeof openCamera>[2]) => {
  server.answer = answer;
  return openCamera({ url: `http://admin:geheim9@${server.host}/x`, maxFps: 50, ...camera }, capture, log);
};

for (const [what, answer, reason] of [
  ['a login page', once(page), /answers with text\/html, expected image.*, got a web page \("Log in"\): check/],
  [
    'JSON',
    once(`${OK}Content-Type: application/json\r\n\r\n{"error":"no session"}`),
    /answers with application\/json, expected .*, got JSON \("\{\\"error\\":\\"no session\\"\}"\): check/,
  ],
  [
    'an empty answer',
    once(`${OK}Content-Type: image/jpeg\r\nContent-Length: 0\r\n\r\n`),
    /answers with image\/jpeg, expected .*, got nothing \(0 bytes\): check/,
  ],
  [
    'cut pictures',
    once(`${OK}Content-Type: image/jpeg\r\n\r\n`, cut),
    /for 500 ms: a picture of \d+ bytes was refused: the JPEG is damaged/,
  ],
  [
    'grey pictures',
    once(`${OK}Content-Type: image/jpeg\r\n\r\n`, grey),
    /for 500 ms: a picture of \d+ bytes was refused: the JPEG is damaged/,
  ],
  [
    'MJPEG of cut pictures',
    endless(
      `${OK}Content-Type: multipart/x-mixed-replace; boundary=a\r\n\r\n`,
      Buffer.concat([Buffer.from('--a\r\n\r\n'), cut, Buffer.from('\r\n')]),
    ),
    /for 500 ms: a picture of \d+ bytes was refused: the JPEG is damaged/,
  ],
  [
    'MJPEG of words',
    endless(
      `${OK}Content-Type: multipart/x-mixed-replace; boundary=foo\r\n\r\n`,
      '--bar\r\nContent-Type: text/plain\r\n\r\nasleep\r\n',
    ),
    /for 500 ms: \d+ bytes came without a picture among them, the last part is text\/plain; boundary announced: "foo", seen: "--bar"/,
  ],
  [
    'a picture without end',
    endless(
      Buffer.concat([
        Buffer.from(`${OK}Content-Type: multipart/x-mixed-replace; boundary=a\r\n\r\n--a\r\n\r\n`),
        jpeg.subarray(0, 1000),
      ]),
      Buffer.alloc(100),
    ),
    /for 500 ms: a picture does not end: \d+ bytes came of it/,
  ],
  ['nothing', () => {}, /for 500 ms: connected to CAM, nothing received$/],
] as const) {
  test(`a camera that sends ${what} says so in its health and its alert`, async () => {
    const source = open(answer, { maxFps: 20 }, { stallTimeoutMs: 500 });
    await source.start();
    await eventually('a failure', () => source.health().lastError !== null);
    const health = source.health();
    const alert = lostCameras([{ id: 'cam1', ...health }]);
    await source.stop();
    const said = health.lastError!.replaceAll(server.host, 'CAM');
    assert.match(said, reason);
    assert.is(health.counters.captured, 0);
    assert.match(alert!.message, health.lastError!);
  });
}

test('a redirection to a login page is told with where it leads', async () => {
  const source = open((socket, request) => {
    const isLogin = request.startsWith('GET /login.html');
    once(isLogin ? page : 'HTTP/1.1 302 Found\r\nLocation: /login.html?token=geheim9\r\n\r\n')(socket, request);
  });
  await source.start();
  await eventually('a failure', () => source.health().lastError !== null);
  const said = source.health().lastError!.replaceAll(server.host, 'CAM');
  await source.stop();
  assert.match(said, 'got a web page ("Log in") from http://CAM/login.html?token=*** by a redirection: check');
});

for (const [kind, answer, reason] of [
  [
    'mjpeg',
    once(`${OK}Content-Type: image/jpeg\r\n\r\n`, jpeg),
    /answers with one picture, not a stream: leave kind out/,
  ],
  [
    'snapshot',
    endless(`${OK}Content-Type: multipart/x-mixed-replace; boundary=a\r\n\r\n`, jpeg),
    /answers with multipart\/x-mixed-replace; boundary=a, which is no snapshot: leave kind out/,
  ],
] as const) {
  test(`a camera that is not of the kind ${kind} says which it is`, async () => {
    const source = open(answer, { kind });
    await source.start();
    await eventually('a failure', () => source.health().lastError !== null);
    const { lastError } = source.health();
    await source.stop();
    assert.match(lastError!, reason);
  });
}

test('a login page in place of pictures is counted, told once in the log, and the camera is back when it is over', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const source = open(once(`${OK}Content-Type: image/jpeg\r\n\r\n`, jpeg), {}, { stallTimeoutMs: 500 }, { log });
  await source.start();
  await eventually('pictures', () => source.health().counters.captured > 2);
  server.answer = once(page);
  await eventually('three tries', () => source.health().counters.reconnects >= 3);
  const { malformed } = source.health().counters;
  server.answer = once(`${OK}Content-Type: image/jpeg\r\n\r\n`, jpeg);
  await eventually('pictures again', () => source.health().state === 'streaming');
  await source.stop();
  assert.ok(malformed > 2);
  const told = lines.map((line) => JSON.parse(line) as { msg: string; reason?: string });
  assert.equal(
    told.map(({ msg }) => msg),
    ['camera lost', 'camera still away, for another reason', 'camera back'],
  );
  assert.match(
    told[0]!.reason!,
    /no frame .* for 500 ms: a picture of 36 bytes was refused: it is a web page \("Log in"\)$/,
  );
  assert.match(told[1]!.reason!, /answers with text\/html, .*, got a web page \("Log in"\)/);
  assert.not.match(lines.join(''), /geheim9/);
});

test.run();
