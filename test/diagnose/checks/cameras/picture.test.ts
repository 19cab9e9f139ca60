import { setTimeout as sleep } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { camerasCheck } from '../../../../src/diagnose/checks/cameras/cameras.js';
import { RawServer } from '../../../capture/raw-server.js';
import { aimedRoad } from '../../../cli/aim/aimed-road.js';
import { codesOf, patientWith, wordsOf } from './patient.js';

const test = suite('picture of a camera');
const road = await aimedRoad();

async function jpegs(change: (picture: Sharp) => Sharp, count = 2): Promise<Buffer[]> {
  const { width, height, data } = road;
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const changed = await change(sharp(data, { raw: { width, height, channels: 3 } })).toBuffer();
      const again = sharp(changed, { raw: { width, height, channels: 3 } });
      return again
        .extract({ left: at * 2, top: 0, width: width - 8, height })
        .jpeg({ quality: 92 })
        .toBuffer();
    }),
  );
}

/** What is found of a camera that sends these pictures in turn as MJPEG, 20 a second, `count` of them and then nothing. */
async function whatIsFound(pictures: readonly Buffer[], count = Number.POSITIVE_INFINITY) {
  const server = await RawServer.start();
  server.answer = async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n');
    for (let sent = 0; !socket.destroyed && sent < count; sent++) {
      const picture = pictures[sent % pictures.length]!;
      socket.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      socket.write(Buffer.concat([picture, Buffer.from('\r\n')]));
      await sleep(50);
    }
  };
  const patient = patientWith([{ url: `http://admin:hunter2@${server.host}/mjpeg` }]);
  const findings = await camerasCheck(1100).run(patient, AbortSignal.timeout(2500));
  server.stop();
  assert.not.match(findings.map(wordsOf).join(), 'hunter2');
  return { codes: codesOf(findings), findings };
}

test('a camera that delivers a sharp picture that lives is fine, with its rate and size', async () => {
  const { codes, findings } = await whatIsFound(await jpegs((picture) => picture.raw()));
  assert.equal(codes, ['fine camera-fine']);
  assert.match(wordsOf(findings[0]), /Camera cam1: \d+(\.\d)? pictures\/s, \d+×\d+, the first after/);
});

test('the same picture again and again is frozen', async () => {
  const { codes } = await whatIsFound(await jpegs((picture) => picture.raw(), 1));
  assert.equal(codes, ['broken camera-frozen']);
});

test('a dark, a white, a foggy and a blurred picture are told apart, and a covered lens from all of them', async () => {
  const spoilt = await Promise.all(
    [
      (picture: Sharp) => picture.linear(0.08, 0).raw(),
      (picture: Sharp) => picture.linear(6, 120).raw(),
      (picture: Sharp) => picture.linear(0.12, 160).raw(),
      (picture: Sharp) => picture.blur(12).raw(),
      (picture: Sharp) => picture.linear(0, 120).raw(),
    ].map(async (change) => (await whatIsFound(await jpegs(change))).codes.filter((code) => !code.endsWith('frozen'))),
  );
  assert.equal(spoilt, [
    ['degraded camera-dark'],
    ['degraded camera-overexposed'],
    ['degraded camera-fog'],
    ['degraded camera-blurred'],
    ['broken camera-covered'],
  ]);
});

test('a camera that promises pictures and sends none is told with the reason', async () => {
  const { codes, findings } = await whatIsFound(await jpegs((picture) => picture.raw(), 1), 0);
  assert.is(codes.length, 1);
  assert.match(codes[0] ?? '', /^broken camera-(?:hangs-up|mute|no-frames|content)$/);
  assert.match(wordsOf(findings[0]), 'cam1');
});

test.run();
