import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CameraSource } from '../../src/capture/camera-source.js';
import { FfmpegReader } from '../../src/capture/ffmpeg-reader.js';
import { createLog, type Log, silentLog } from '../../src/foundation/log.js';
import { eventually } from '../temporary.js';
import { sourceContract } from './source-contract.js';
import { ffmpeg, openCamera } from './sources.js';

/** A camera that ffmpeg plays itself: a live reader on its built-in test picture. */
function testCamera({ stallTimeoutMs = 5000, log = silentLog as Log } = {}) {
  const reader = new FfmpegReader({
    choice: { path: ffmpeg.path, env: {} },
    poolBuffers: 8,
    log,
    task: {
      url: 'testsrc=size=64x48:rate=25',
      live: true,
      realtime: true,
      loop: false,
      maxFps: 0,
      maxWidth: 640,
      inputArgs: ['-re', '-f', 'lavfi'],
      rtspTransport: 'tcp',
    },
  });
  const backoff = { initialMs: 20, maxMs: 50 };
  const limits = {
    policy: 'drop-oldest' as const,
    queueFrames: 2,
    stallTimeoutMs,
    keyFrameTimeoutMs: 0,
    backoff,
    expectedFps: 0,
    maxFps: 0,
  };
  return { reader, source: new CameraSource({ camera: 'cam1', reader, ...limits, loop: false, log }) };
}

sourceContract('live camera', () => testCamera().source);

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a reader that is killed is started again, each time', async () => {
  const { reader, source } = testCamera();
  await source.start();
  for (let kills = 1; kills <= 3; kills++) {
    const before = source.health().counters.captured;
    await eventually('frames', () => source.health().counters.captured > before + 2);
    process.kill(reader.pid!, 'SIGKILL');
    await eventually('a reconnect', () => source.health().counters.reconnects === kills);
  }
  await eventually('frames again', () => source.health().state === 'streaming');
  const health = source.health();
  await source.stop();
  assert.is(health.reconnectsLastHour, 3);
  assert.match(health.lastError!, /SIGKILL/);
  assert.is(health.connectionQuality === 'excellent', false);
});

test('a reader is started anew when asked to, with its reason told and its frames in order', async () => {
  const { reader, source } = testCamera();
  await source.start();
  await eventually('frames', () => source.health().counters.captured > 2);
  const before = reader.pid!;
  source.restart('its picture is frozen');
  await eventually('a reconnect', () => source.health().counters.reconnects === 1);
  await eventually('frames again', () => source.health().state === 'streaming');
  const { lastError, counters } = source.health();
  await source.stop();
  assert.is(alive(before), false);
  assert.is(lastError, 'its picture is frozen');
  assert.is(counters.stalls, 0);
});

test('a camera that is paused is not read, which is no loss of it, and is read again once it is resumed', async () => {
  const { reader, source } = testCamera();
  source.pause();
  await source.start();
  assert.is(reader.pid, null, 'it does not even begin');
  source.resume();
  await eventually('frames', () => source.health().counters.captured > 2);
  const before = reader.pid!;
  source.pause();
  await eventually('no reader', () => !alive(before) && reader.pid === null);
  source.resume();
  await eventually('frames again', () => source.health().state === 'streaming' && reader.pid !== null);
  const { lastError, counters } = source.health();
  source.pause();
  await source.stop();
  assert.equal([lastError, counters.reconnects, counters.stalls, source.health().state], [null, 0, 0, 'stopped']);
});

test('a reader that hangs is killed and started again', async () => {
  const { reader, source } = testCamera({ stallTimeoutMs: 500 });
  await source.start();
  await eventually('frames', () => source.health().counters.captured > 2);
  const stuck = reader.pid!;
  process.kill(stuck, 'SIGSTOP');
  await eventually('a reconnect', () => source.health().counters.reconnects >= 1);
  await eventually('frames again', () => source.health().state === 'streaming');
  const health = source.health();
  await source.stop();
  assert.is(alive(stuck), false);
  assert.match(health.lastError!, /no frame from .* for 500 ms/);
  assert.is(health.stallsLastHour >= 1, true);
});

test('time in which this program itself was held up is not taken for a stall', async () => {
  const { source } = testCamera({ stallTimeoutMs: 1000 });
  await source.start();
  await eventually('frames', () => source.health().counters.captured > 2);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  const before = source.health().counters.captured;
  await eventually('frames again', () => source.health().counters.captured > before);
  const { stalls, reconnects } = source.health().counters;
  await source.stop();
  assert.equal([stalls, reconnects], [0, 0]);
});

test('stopping leaves no ffmpeg behind', async () => {
  const { reader, source } = testCamera();
  await source.start();
  await eventually('frames', () => source.health().counters.captured > 0);
  const pid = source.pid!;
  assert.is(pid, reader.pid);
  await source.stop();
  assert.is(alive(pid), false);
  assert.is(source.pid, null);
});

test('ffmpeg does not outlive this program, even one that never writes', async () => {
  const module = new URL('../../src/capture/ffmpeg-child.js', import.meta.url).href;
  const args = ['-v', 'quiet', '-re', '-f', 'lavfi', '-i', 'testsrc', '-f', 'null', '-'];
  const script = `
    import { FfmpegChild } from ${JSON.stringify(module)};
    const child = new FfmpegChild(${JSON.stringify(ffmpeg.path)}, ${JSON.stringify(args)});
    console.log(child.pid);
    setTimeout(() => process.exit(0), 200);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const pid = Number(stdout);
  assert.is(pid > 1, true);
  await eventually('no orphan', () => !alive(pid));
});

test('a camera that cannot be reached does not fail the start, and its password stays inside', async () => {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line: string) => void lines.push(line) });
  const url = 'rtsp://admin:hunter2@127.0.0.1:1/stream?token=geheim99';
  const source = openCamera({ url }, { ffmpeg: { path: ffmpeg.path, inputArgs: [], rtspTransport: 'tcp' } }, { log });
  await source.start();
  await eventually('two reconnects', () => source.health().counters.reconnects >= 2);
  const health = source.health();
  await source.stop();
  assert.is(source.label, 'rtsp://***@127.0.0.1:1/stream?token=***');
  assert.is(health.state, 'reconnecting');
  assert.is(health.connectionQuality, 'unusable');
  assert.match(health.lastError!, /Connection refused/);
  assert.match(lines.join(''), /camera lost/);
  for (const said of [...lines, JSON.stringify(health), source.label]) {
    assert.not.match(said, /hunter2/);
    assert.not.match(said, /geheim99/);
  }
});

test('an outage is one line in the log, not one per try', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  const source = openCamera({ url: 'http://127.0.0.1:1/x.jpg' }, {}, { log });
  await source.start();
  await eventually('reconnects', () => source.health().counters.reconnects >= 4);
  await source.stop();
  assert.is(lines.filter((line) => line.includes('camera lost')).length, 1);
});

test.run();
