import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../../src/config/load.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('load');
const FIXTURES = join(PROJECT_ROOT, 'test/fixtures/boards');

function load(yaml: string | null, sources: Partial<ConfigSources> = {}): LoadedConfig {
  const file = join(folder, 'site.yaml');
  if (yaml !== null) writeFileSync(file, yaml);
  return loadConfig({
    ...(yaml !== null && { file }),
    env: {},
    boardRoot: join(FIXTURES, 'raspberry-pi-4'),
    ...sources,
  });
}

test('without any source every value is its default', () => {
  const { config, origins, board } = load(null);
  assert.equal(config, configSchema.parse({}));
  assert.is(config.detector.spinning, false);
  assert.is(board, null);
  assert.equal([...new Set(origins.values())], ['default']);
});

test('flags win over the environment, that over the file, that over the board, that over the defaults', () => {
  const { config, origins, board } = load(
    'detector: {intraOpThreads: 5, deadlineMs: 6000, workers: 6}\ncapture:\n  maxWidth: 700\n  queueFrames: 7\n',
    {
      boardRoot: join(FIXTURES, 'x86-cuda'),
      env: { EDGE_DETECTOR_WORKERS: '3', EDGE_CAPTURE_QUEUE_FRAMES: '8' },
      flags: { 'capture.queueFrames': 9 },
      flagNames: { 'capture.queueFrames': '--queue' },
    },
  );
  assert.is(board, 'x86-cuda');
  assert.equal([config.detector.loadDeadlineMs, origins.get('detector.loadDeadlineMs')], [300_000, 'board x86-cuda']);
  assert.equal([config.detector.intraOpThreads, origins.get('detector.intraOpThreads')], [5, 'file site.yaml:1']);
  assert.equal([config.capture.maxWidth, origins.get('capture.maxWidth')], [700, 'file site.yaml:3']);
  assert.equal([config.detector.workers, origins.get('detector.workers')], [3, 'EDGE_DETECTOR_WORKERS']);
  assert.equal([config.capture.queueFrames, origins.get('capture.queueFrames')], [9, '--queue']);
  assert.equal([config.mqtt.keepaliveS, origins.get('mqtt.keepaliveS')], [30, 'default']);
});

test('the board named by a flag, a variable or the file is taken instead of the recognised one', () => {
  assert.is(load('board: rk3588').board, 'rk3588');
  assert.is(load('board: rk3588', { env: { EDGE_BOARD: 'x86-cpu' } }).board, 'x86-cpu');
  assert.is(load('board: rk3588', { env: { EDGE_BOARD: 'x86-cpu' }, flags: { board: 'none' } }).board, null);
});

test('the result is frozen in depth', () => {
  const { config } = load('cameras: [{id: a, url: x.mp4}]');
  assert.throws(() => ((config.cameras[0] as { id: string }).id = 'b'), /read only/);
  assert.throws(() => (config.detector.providers as unknown[]).push(1), /not extensible/);
});

test('a list of a later source replaces the whole list, a mapping is merged', () => {
  const { config } = load('model: {classThresholds: {car: 0.5, bus: 0.4}}\ndetector: {providers: [cuda, cpu]}', {
    env: { EDGE_MODEL_CLASS_THRESHOLDS: '{"bus": 0.9}', EDGE_DETECTOR_PROVIDERS: 'webgpu' },
  });
  assert.equal(config.model.classThresholds, { car: 0.5, bus: 0.9 });
  assert.equal(config.detector.providers, [{ name: 'webgpu', options: {} }]);
});

test('a section whose keys are all commented out says nothing', () => {
  const { config } = load('mqtt:\n  # broker: off\ncapture:\n  ffmpeg:\n');
  assert.is(config.mqtt.broker, 'off');
  assert.equal(config.capture.ffmpeg.inputArgs, []);
});

test('undefined flags say nothing', () => {
  assert.is(load('site: a', { flags: { site: undefined } }).config.site, 'a');
});

test('variables are read as the kind of value that their key has', () => {
  const { config } = load(null, {
    env: {
      EDGE_HTTP_ENABLED: '0',
      EDGE_DETECTOR_ARENA: 'false',
      EDGE_MODEL_SCORE_THRESHOLD: '0.25',
      EDGE_MQTT_PROTOCOL: '5',
      EDGE_CAPTURE_FFMPEG_INPUT_ARGS: '-hwaccel, drm',
      EDGE_DETECTOR_COMMAND: '["python3", "a, b.py"]',
      EDGE_DETECTOR_ENV: '{"LD_LIBRARY_PATH": "/opt/lib"}',
      EDGE_FFMPEG: '/opt/ffmpeg',
      EDGE_CAMERAS: '[{"id": "a", "url": "x.mp4"}]',
      HOME: '/elsewhere',
    },
  });
  assert.is(config.http.enabled, false);
  assert.is(config.detector.arena, false);
  assert.is(config.model.scoreThreshold, 0.25);
  assert.is(config.mqtt.protocol, '5');
  assert.equal(config.capture.ffmpeg.inputArgs, ['-hwaccel', 'drm']);
  assert.equal(config.detector.command, ['python3', 'a, b.py']);
  assert.equal(config.detector.env, { LD_LIBRARY_PATH: '/opt/lib' });
  assert.is(config.capture.ffmpeg.path, '/opt/ffmpeg');
  assert.is(config.cameras[0]!.id, 'a');
});

test('an empty variable counts as unset', () => {
  assert.is(load('site: a', { env: { EDGE_SITE: '' } }).config.site, 'a');
});

test('variables reach a camera by its id', () => {
  const yaml = 'cameras:\n  - {id: north-gate, url: a.mp4}\n  - {id: south, url: b.mp4}\n';
  const { config, origins } = load(yaml, {
    env: { EDGE_CAMERA_NORTH_GATE_URL: 'rtsp://u:p@192.0.2.1/x', EDGE_CAMERA_SOUTH_MAX_FPS: '5' },
  });
  assert.is(config.cameras[0]!.url, 'rtsp://u:p@192.0.2.1/x');
  assert.is(origins.get('cameras.0.url'), 'EDGE_CAMERA_NORTH_GATE_URL');
  assert.is(config.cameras[1]!.maxFps, 5);
  assert.is(origins.get('cameras.1.url'), 'file site.yaml:3');
});

test('a camera may get its only url from a variable', () => {
  const { config } = load('cameras: [{id: a}]', { env: { EDGE_CAMERA_A_URL: 'x.mp4' } });
  assert.is(config.cameras[0]!.url, 'x.mp4');
});

test('the shape of a picture is a ratio or a number, also from a variable', () => {
  const shape = (yaml: string, env = {}) =>
    load(`cameras: [{id: a, url: x.mp4, aspect: ${yaml}}]`, { env }).config.cameras[0]!.aspect;
  assert.is(shape('16:9'), '16:9');
  assert.is(shape('1.78'), 1.78);
  assert.is(shape('16:9', { EDGE_CAMERA_A_ASPECT: '1.33' }), '1.33');
  for (const wrong of ['"16/9"', '"0:9"', '"16:0"', '0', '-1', '"1:100"', 'wide', '"16:9:1"', '"1e9"', '""']) {
    assert.throws(() => shape(wrong), /cameras\.0\.aspect: expected .*(?:16:9|from 0.2 to 8)/, wrong);
  }
});

test('cameras given by a flag replace those of the file, and variables for those are no problem', () => {
  const { config, origins } = load('cameras: [{id: a, url: x.mp4}]', {
    env: { EDGE_CAMERA_A_URL: 'y.mp4', EDGE_CAMERA_GONE_URL: 'z.mp4' },
    flags: { cameras: [{ id: 'sim', url: 'sim://road' }] },
    flagNames: { cameras: '--source' },
  });
  assert.equal(
    config.cameras.map((camera) => camera.url),
    ['sim://road'],
  );
  assert.is(origins.get('cameras.0.url'), '--source');
});

test('cameras may share settings through an anchor and a merge key', () => {
  const { config } = load('cameras:\n  - &a {id: a, url: a.mp4, maxFps: 3}\n  - {<<: *a, id: b}\n');
  assert.equal(
    config.cameras.map(({ id, maxFps }) => [id, maxFps]),
    [
      ['a', 3],
      ['b', 3],
    ],
  );
});

test("a flag's own value is not frozen with the configuration", () => {
  const cameras = [{ id: 'a', url: 'x.mp4' }];
  load(null, { flags: { cameras } });
  cameras[0]!.id = 'b';
  assert.is(cameras[0]!.id, 'b');
});

test.run();
