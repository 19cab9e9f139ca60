import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from '../../src/foundation/log.js';
import { jpegPicture, pngPicture, webpPicture } from '../media/encoded-pictures.js';
import { takeFrames } from './frames.js';
import { endless, once, type RawAnswer, RawServer } from './raw-server.js';
import { openCamera } from './sources.js';

const jpeg = await jpegPicture();
const cut = jpeg.subarray(0, Math.round(jpeg.length * 0.55));
const server = await RawServer.start();
test.after(() => server.stop());

const OK = 'HTTP/1.1 200 OK\r\n';
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

test('an MJPEG camera every second of whose pictures is cut shows the others, at half its rate too', async () => {
  const parts = [cut, jpeg].map((picture) => Buffer.concat([Buffer.from('--a\r\n\r\n'), picture, Buffer.from('\r\n')]));
  const both = Buffer.concat(parts);
  const source = open(endless(`${OK}Content-Type: multipart/x-mixed-replace; boundary=a\r\n\r\n`, both), {
    maxFps: 20,
  });
  await source.start();
  const frames = await takeFrames(source.frames(), 3);
  await source.stop();
  assert.is(frames.length, 3);
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
