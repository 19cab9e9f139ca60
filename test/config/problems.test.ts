import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConfigSources, loadConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('problems');

function problemsOf(yaml: string, sources: Partial<ConfigSources> = {}): readonly string[] {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, yaml);
  try {
    loadConfig({ file, env: {}, flags: { board: 'none' }, ...sources });
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

test('a value of the wrong kind or out of range is named with its path, what is expected, what came, and its line', () => {
  const yaml = 'mqtt:\n  keepaliveS: 3\n  connectTimeoutMs: soon\nhttp:\n  enabled: maybe\nmodel: {classes: car}\n';
  assert.equal(problemsOf(yaml), [
    'model.classes: expected a list, got "car" (file site.yaml:6)',
    'mqtt.keepaliveS: expected a whole number from 5 to 3600 s, got 3 (file site.yaml:2)',
    'mqtt.connectTimeoutMs: expected a whole number from 500 to 120000 ms, got "soon" (file site.yaml:3)',
    'http.enabled: expected true or false, got "maybe" (file site.yaml:5)',
  ]);
});

test('an unknown key is an error that guesses which was meant', () => {
  assert.equal(problemsOf('cameras:\n  - id: a\n    url: x.mp4\n    max_fps: 3\n'), [
    'cameras.0.max_fps: unknown key, did you mean maxFps? (file site.yaml:4)',
  ]);
});

test('a key in the wrong section is told its right one', () => {
  assert.equal(problemsOf('broker: embedded'), ['broker: unknown key, did you mean mqtt.broker? (file site.yaml:1)']);
});

test('an unknown section is an error, empty or not', () => {
  assert.equal(problemsOf('zzz: {}\nyyyyyyyy: {a: 1}\n__proto__: {b: 1}'), [
    'zzz: unknown key (file site.yaml:1)',
    'yyyyyyyy: unknown key (file site.yaml:2)',
    '__proto__: unknown key (file site.yaml:3)',
  ]);
  assert.is(({} as { b?: number }).b, undefined);
});

test('a number where text is expected is told to wear quotes', () => {
  assert.equal(problemsOf('site: 7'), ['site: expected text, got 7; write "7" with quotes (file site.yaml:1)']);
});

test('a provider may be a name or a section, and a mistake in either is named', () => {
  assert.equal(problemsOf('detector: {providers: [cuda, {name: cuda, option: {}}, {name: cpuu}]}'), [
    'detector.providers.1.option: unknown key, did you mean options? (file site.yaml:1)',
    'detector.providers.2.name: expected one of tensorrt, cuda, webgpu, coreml, qnn, dml, cpu, got "cpuu" (file site.yaml:1)',
  ]);
});

test('a camera without an address is told the ways to give one', () => {
  assert.equal(problemsOf('cameras: [{id: a}]'), [
    'cameras.0.url: expected text, got nothing; set url, urlFile or EDGE_CAMERA_<ID>_URL (file site.yaml:1)',
  ]);
});

test('an unknown EDGE_ variable is an error that guesses which was meant', () => {
  const env = { EDGE_MQTT_BROKR: 'off', EDGE_CAMERA_NORHT_URL: 'x' };
  assert.equal(problemsOf('cameras: [{id: north, url: x.mp4}]', { env }), [
    'EDGE_MQTT_BROKR: unknown variable, did you mean EDGE_MQTT_BROKER?',
    'EDGE_CAMERA_NORHT_URL: unknown variable, did you mean EDGE_CAMERA_NORTH_URL?',
  ]);
});

test("a camera's variable without any camera says so", () => {
  assert.equal(problemsOf('site: a', { env: { EDGE_CAMERA_A_URL: 'x' } }), [
    'EDGE_CAMERA_A_URL: unknown variable, no camera is configured that it could belong to',
  ]);
});

test('a file that cannot be read is one problem, not one more for each variable of its cameras', () => {
  const problems = problemsOf('cameras: [', { env: { EDGE_CAMERA_A_URL: 'x' } });
  assert.is(problems.length, 1);
});

test("a camera's variable that fits two cameras is refused", () => {
  const yaml = 'cameras: [{id: a-b, url: x.mp4}, {id: a_b, url: y.mp4}]';
  assert.equal(problemsOf(yaml, { env: { EDGE_CAMERA_A_B_URL: 'z' } }), [
    'EDGE_CAMERA_A_B_URL: expected one camera, got both a-b and a_b; rename one',
  ]);
});

test('a faulty value from a variable or a flag is named by where it was said', () => {
  const sources = { env: { EDGE_HTTP_PORT: 'abc' }, flags: { 'detector.workers': 99, board: 'none', 'mqtt.x': 1 } };
  assert.equal(problemsOf('site: a', { ...sources, flagNames: { 'detector.workers': '--workers' } }), [
    'detector.workers: expected a whole number from 1 to 16 processes, got 99 (--workers)',
    'mqtt.x: unknown key (flag mqtt.x)',
    'http.port: expected a whole number from 0 to 65535, got "abc" (EDGE_HTTP_PORT)',
  ]);
});

test('two variables for one key that contradict each other are refused', () => {
  const env = { EDGE_FFMPEG: '/a', EDGE_CAPTURE_FFMPEG_PATH: '/b' };
  assert.equal(problemsOf('site: a', { env }), [
    'EDGE_FFMPEG and EDGE_CAPTURE_FFMPEG_PATH: both set capture.ffmpeg.path, to different values',
  ]);
});

test('problems of every source come at once, under one heading', () => {
  const file = join(folder, 'many.yaml');
  writeFileSync(file, 'sit: a\nboard: rk3589\n');
  try {
    loadConfig({ file, env: { EDGE_X: '1' }, flags: { 'http.port': -1 } });
    assert.unreachable();
  } catch (error) {
    const { message, problems, code } = error as ConfigError;
    assert.is(code, 'E_CONFIG');
    assert.is(problems.length, 4);
    assert.match(message, `The configuration ${file} cannot be used, 4 problems:\n`);
    assert.match(message, 'did you mean rk3588?');
  }
});

test.run();
