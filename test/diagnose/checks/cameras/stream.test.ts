import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CameraConfig } from '../../../../src/config/config.js';
import { camerasCheck } from '../../../../src/diagnose/checks/cameras/cameras.js';
import { judgeHeld } from '../../../../src/diagnose/checks/cameras/running-look.js';
import { judgeMeasured } from '../../../../src/diagnose/checks/cameras/watched-stream.js';
import { RawServer } from '../../../capture/raw-server.js';
import { RtspCamera, type RtspCameraOptions } from '../../../capture/rtsp-camera.js';
import { testFilm } from '../../../capture/test-film.js';
import { aimedRoad } from '../../../cli/aim/aimed-road.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { codesOf, patientWith, wordsOf } from './patient.js';

const test = suite('stream of a camera');
const withFfmpeg = needs('ffmpeg', test);
const folder = temporaryFolder('diagnose-stream');
const FPS = 25;

/** What is found of a camera over RTSP that is watched for `ms`. */
async function whatIsFound(rtsp: Omit<RtspCameraOptions, 'fps'>, ms: number, budgetMs = 8000) {
  const server = await RtspCamera.start({ ...rtsp, fps: FPS });
  const patient = patientWith([{ url: server.url }]);
  const findings = await camerasCheck(ms).run(patient, AbortSignal.timeout(budgetMs));
  server.stop();
  return findings;
}

withFfmpeg(
  'key frames each second are fine; a stream that sends one in many seconds loses a picture for so long',
  async () => {
    const film = testFilm(folder, 'seldom.h264', 250, 250);
    // of the last two one is joined before a key frame, and one just after it
    const [often, seldom, never] = await Promise.all([
      whatIsFound({ film: testFilm(folder, 'often.h264', 25, 100) }, 1500),
      whatIsFound({ film, from: 245 }, 4000),
      whatIsFound({ film, from: 20 }, 4000, 5500),
    ]);
    assert.equal(codesOf(often), ['fine camera-fine']);
    assert.match(String(often[0]?.values.announced), /^H264, .*25 fps$/);
    assert.equal(codesOf(never), ['degraded camera-key-frames']);
    assert.equal(codesOf(seldom), ['degraded camera-key-frames']);
    assert.ok((seldom[0]?.values.seconds as number) > 4);
    assert.match(wordsOf(seldom[0]), 'Set a key frame interval of 1 to 2 s');
  },
);

test('what the running program counts of key frames is told of a camera that it holds', () => {
  const held = { quality: 'excellent', plausibility: 'plausible', fps: 25, state: 'streaming', lastError: null };
  const [finding] = judgeHeld({ id: 'north' }, { ...held, keyFrameMs: 12_040 });
  assert.equal([finding?.code, finding?.values], ['camera-key-frames', { camera: 'north', seconds: 12 }]);
  assert.equal(codesOf(judgeHeld({ id: 'north' }, { ...held, keyFrameMs: 4000 })), ['fine camera-runs']);
});

withFfmpeg('pictures that lose packets on the way arrive damaged', async () => {
  const film = testFilm(folder, 'often.h264', 25, 100);
  const found = await whatIsFound({ film, lose: (packet) => packet > 300 && packet % 61 === 0 }, 2500);
  const damage = found.find(({ code }) => code === 'camera-damage');
  assert.is(damage?.condition, 'degraded');
  assert.ok((damage?.values.percent as number) > 5);
  assert.match(wordsOf(damage), 'Set rtspTransport: tcp for cam1');
});

withFfmpeg('an ffmpeg without the decoder of a stream is named, with what to install', async () => {
  const small = join(folder, 'small-ffmpeg');
  writeFileSync(small, '#!/bin/sh\necho " V....D mjpeg  MJPEG"\necho " V..... h264_cuvid  Nvidia (codec h264)"\n', {
    mode: 0o755,
  });
  const server = await RtspCamera.start({ film: testFilm(folder, 'often.h264', 25, 100), fps: FPS });
  const patient = patientWith([{ url: server.url }], { env: { ...process.env, EDGE_FFMPEG: small } });
  const [finding] = await camerasCheck(500).run(patient, AbortSignal.timeout(8000));
  server.stop();
  assert.equal([finding?.code, finding?.condition], ['camera-decoder-missing', 'broken']);
  assert.equal(finding?.values, { camera: 'cam1', codec: 'H264', ffmpeg: small });
});

const road = await aimedRoad();
const { default: sharp } = await import('sharp');
const jpegs = await Promise.all(
  [0, 2].map((left) =>
    sharp(road.data, { raw: { width: road.width, height: road.height, channels: 3 } })
      .extract({ left, top: 0, width: road.width - 8, height: road.height })
      .jpeg()
      .toBuffer(),
  ),
);

/** What is found of a camera that sends MJPEG with these pauses before its pictures, ms. */
async function withPauses(
  pauseBefore: (picture: number, connection: number) => number,
  ms: number,
  camera: Partial<CameraConfig> = {},
) {
  const server = await RawServer.start();
  let connections = 0;
  server.answer = async (socket) => {
    const connection = ++connections;
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n');
    for (let sent = 0; !socket.destroyed; sent++) {
      await sleep(pauseBefore(sent, connection));
      const picture = jpegs[sent % 2]!;
      socket.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
      socket.write(Buffer.concat([picture, Buffer.from('\r\n')]));
    }
  };
  const patient = patientWith([{ url: `http://${server.host}/mjpeg`, ...camera }]);
  const findings = await camerasCheck(ms).run(patient, AbortSignal.timeout(8000));
  server.stop();
  return findings;
}

test('a camera that is slower than it should be, one that stops now and then and one that begins late are told apart', async () => {
  const [slow, gaps, late] = await Promise.all([
    withPauses(() => 160, 1200, { expectedFps: 20 }),
    withPauses((picture) => (picture === 12 ? 1700 : 50), 2600),
    withPauses((picture, connection) => (picture === 0 && connection > 1 ? 3100 : 40), 600),
  ]);
  assert.equal(codesOf(slow), ['degraded camera-slow']);
  assert.is(slow[0]?.values.announced, 20);
  assert.match(wordsOf(slow[0]), 'Check cable and Wi-Fi');
  assert.equal(codesOf(gaps), ['degraded camera-gaps']);
  assert.match(wordsOf(gaps[0]), 'TCP (rtspTransport: tcp)');
  assert.equal(codesOf(late), ['degraded camera-late']);
});

test('pictures that come in bunches are uneven; those of a slow camera and a few late ones are not', () => {
  const [camera] = patientWith([{ url: 'rtsp://192.0.2.1/cam' }]).config.cameras;
  const measured = {
    damaged: 0,
    isSame: false,
    facts: [],
    pictures: [],
    view: null,
    size: '640×360',
    announcedFps: null,
  };
  const rest = { keyFrameMs: null, waitsForKeyFrame: false, isLive: true, lastError: null, ms: 4000 };
  const judged = (gapAt: (picture: number) => number) => {
    let at = 500;
    const times = Array.from({ length: 40 }, (_, picture) => {
      at += gapAt(picture);
      return at;
    });
    return judgeMeasured(camera!, { ...measured, ...rest, times }, null);
  };
  const [uneven] = judged((picture) => (picture % 8 === 7 ? 900 : 10));
  assert.is(uneven?.code, 'camera-jitter');
  assert.ok((uneven?.values.ms as number) > 700 && (uneven?.values.ms as number) < 900);
  assert.match(wordsOf(uneven), 'a cable in place of Wi-Fi');
  assert.equal(codesOf(judged(() => 1000)), ['fine camera-fine']);
  assert.equal(codesOf(judged((picture) => (picture === 20 ? 900 : 40))), ['fine camera-fine']);
});

test.run();
