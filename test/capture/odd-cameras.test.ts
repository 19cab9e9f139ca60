import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lostCameras } from '../../src/capture/alerts.js';
import { createLog } from '../../src/foundation/log.js';
import { inserted, jpegPicture, pngPicture, scansOf, webpPicture } from '../media/encoded-pictures.js';
import { eventually } from '../temporary.js';
import { takeFrames } from './frames.js';
import { type RawAnswer, RawServer } from './raw-server.js';
import { openCamera } from './sources.js';

const jpeg = await jpegPicture();
const cut = jpeg.subarray(0, Math.round(jpeg.length * 0.55));
const grey = inserted(jpeg, scansOf(jpeg)[0]! + 200, Buffer.from('ffd50017'.repeat(6), 'hex'));
const server = await RawServer.start();
test.after(() => server.stop());

const OK = 'HTTP/1.1 200 OK\r\n';
const page = `${OK}Content-Type: text/html\r\n\r\n<!DOCTYPE html><title>Log in</title>`;
const once =
  (...pieces: (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
    socket.end();
  };

/** An answer that goes on, 50 parts a second. */
const endless =
  (start: string | Uint8Array, part: string | Uint8Array): RawAnswer =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), 20);
    socket.on('close', () => clearInterval(timer));
  };

const open = (answer: RawAnswer, camera = {}, capture = {}, log?: Parameters<typeof openCamera>[2]) => {
  server.answer = answer;
  return openCamera({ url: `http://admin:geheim9@${server.host}/x`, maxFps: 50, ...camera }, capture, log);
};

const parted = Buffer.concat([Buffer.from('--a\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n')]);

for (const [what, answer] of [
  ['a snapshot named octet-stream', once(`${OK}Content-Type: application/octet-stream\r\n\r\n`, jpeg)],
  ['a snapshot without a type', once(`${OK}\r\n`, jpeg)],
  ['a snapshot named image/jpg', once(`${OK}Content-Type: image/jpg\r\n\r\n`, jpeg)],
  ['a snapshot named text/plain', once(`${OK}Content-Type: text/plain\r\n\r\n`, jpeg)],
  ['a snapshot named text/html', once(`${OK}Content-Type: text/html; charset=utf-8\r\n\r\n`, jpeg)],
  ['a snapshot with a charset', once(`${OK}Content-Type: image/jpeg; charset="UTF-8"\r\n\r\n`, jpeg)],
  ['a snapshot without HTTP', once(jpeg)],
  ['a snapshot of SHOUTcast', once('ICY 200 OK\r\n\r\n', jpeg)],
  ['a snapshot behind a line break', once(`${OK}Content-Type: image/jpeg\r\n\r\n\r\n`, jpeg)],
  ['a PNG named octet-stream', once(`${OK}Content-Type: application/octet-stream\r\n\r\n`, await pngPicture())],
  ['a WebP without a type', once(`${OK}\r\n`, await webpPicture())],
  ['a snapshot without an end marker', once(`${OK}Content-Type: image/jpeg\r\n\r\n`, jpeg.subarray(0, -2))],
  ['MJPEG named octet-stream', endless(`${OK}Content-Type: application/octet-stream\r\n\r\n`, parted)],
  ['MJPEG without a type', endless(`${OK}\r\n`, parted)],
  ['MJPEG named image/jpeg', endless(`${OK}Content-Type: image/jpeg\r\n\r\n`, parted)],
  ['MJPEG named text/plain', endless(`${OK}Content-Type: text/plain\r\n\r\n`, parted)],
  ['MJPEG named multipart/mixed', endless(`${OK}Content-Type: multipart/mixed\r\n\r\n`, parted)],
  [
    'MJPEG of length 0',
    endless(`${OK}Content-Type: multipart/x-mixed-replace;boundary=a\r\nContent-Length: 0\r\n\r\n`, parted),
  ],
  ['MJPEG without HTTP', endless('', parted)],
  ['MJPEG without parts', endless(`${OK}Content-Type: video/x-motion-jpeg\r\n\r\n`, jpeg)],
] as const) {
  test(`${what} is read`, async () => {
    const source = open(answer);
    await source.start();
    const frames = await takeFrames(source.frames(), 3);
    const { counters } = source.health();
    await source.stop();
    assert.equal([frames.length, frames[0]!.width, frames[0]!.height], [3, 160, 96]);
    assert.equal([counters.malformed, counters.reconnects], [0, 0]);
  });
}

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

test('of pictures every second of which is cut the whole ones are taken, the others counted and told once', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  let shots = 0;
  const answer: RawAnswer = (socket) =>
    once(`${OK}Content-Type: image/jpeg\r\n\r\n`, shots++ % 2 === 0 ? jpeg : cut)(socket, '');
  const source = open(answer, {}, {}, { log });
  await source.start();
  await takeFrames(source.frames(), 12);
  const { counters, connectionQuality, lastError } = source.health();
  await source.stop();
  assert.equal([counters.captured, counters.malformed, counters.reconnects], [12, 11, 0]);
  assert.is(connectionQuality, 'poor');
  assert.match(
    lastError!,
    /^45 % of the newest pictures are malformed: a picture of \d+ bytes was refused: the JPEG is damaged/,
  );
  const told = lines.map((line) => JSON.parse(line) as { msg: string; reason?: string });
  assert.equal(
    told.map(({ msg, reason }) => [msg, reason === lastError]),
    [['many pictures are malformed', true]],
  );
});

test.run();
