import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CameraConfig } from '../../src/config/config.js';
import { needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { RtspCamera, type RtspCameraOptions } from './rtsp-camera.js';
import { ffmpeg, openCamera } from './sources.js';

const film = join(temporaryFolder('rtsp-refusals'), 'film.h264');
const withFfmpeg = needs('ffmpeg', test);

function makeFilm(): string {
  const input = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=25', '-frames:v', '50'];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-x264-params', 'aud=1'];
  execFileSync(ffmpeg.path, ['-v', 'error', '-nostdin', '-y', ...input, ...codec, film]);
  return film;
}

/** Why there is no picture of such a camera, once that is known. */
async function whyLost(options: Partial<RtspCameraOptions>, camera: Partial<CameraConfig> = {}, user = '') {
  const server = await RtspCamera.start({ film: makeFilm(), fps: 25, ...options });
  const source = openCamera({ ...camera, url: server.url.replace('://', `://${user}`) }, { stallTimeoutMs: 1500 });
  try {
    await source.start();
    await eventually('a loss', () => source.health().lastError !== null);
    const pid = source.pid;
    await source.stop();
    await eventually('no connection is left', () => server.connections === 0);
    return { why: source.health().lastError!, left: pid !== null && isAlive(pid) };
  } finally {
    await source.stop();
    server.stop();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

withFfmpeg('what an RTSP camera refuses is said in plain words', async () => {
  const refuse = (at: string, status: string) => ({ refuse: (method: string) => (method === at ? status : undefined) });
  const unauthorised = refuse('DESCRIBE', '401 Unauthorized');
  assert.match((await whyLost(unauthorised)).why, 'it wants a user and password (401)');
  const { why } = await whyLost(unauthorised, {}, 'admin:hunter2@');
  assert.match(why, 'it refuses this user and password (401)');
  assert.not.match(why, 'hunter2');
  assert.match((await whyLost(refuse('DESCRIBE', '404 Not Found'))).why, 'it has no stream at this path (404)');
  assert.match((await whyLost(refuse('SETUP', '503 Service Unavailable'))).why, 'it is busy (503)');
});

withFfmpeg('a camera that sends over UDP only is told of with what to write', async () => {
  const refuse = (method: string, transport: string) =>
    method === 'SETUP' && transport.includes('TCP') ? '461 Unsupported Transport' : undefined;
  assert.match((await whyLost({ refuse })).why, 'write rtspTransport: udp for this camera');
});

withFfmpeg('a camera without video says what it has', async () => {
  assert.match(
    (await whyLost({ audio: 'only' })).why,
    /no frame from rtsp:.* for 1500 ms: it offers no video, only audio/,
  );
});

withFfmpeg('a server that takes the connection and says nothing is given up, and no ffmpeg is left', async () => {
  const { why, left } = await whyLost({ silentAfter: 0 });
  assert.match(why, /for 1500 ms: 127\.0\.0\.1 took the connection at port \d+, and has said nothing since/);
  assert.is(left, false);
});

withFfmpeg('a camera that falls silent in mid-stream is given up, and no ffmpeg is left', async () => {
  const { why, left } = await whyLost({ silentAfter: 20 });
  assert.match(why, /no frame from rtsp:\S+ for 1500 ms/);
  assert.is(left, false);
});

test.run();
