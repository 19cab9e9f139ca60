import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('commands');
const commands = new URL('../../src/cli/config.js', import.meta.url).href;

/** Runs one exported command in a process of its own, as main does. */
function call(command: string, options: object, env: NodeJS.ProcessEnv = {}) {
  const script = `
    const commands = await import(${JSON.stringify(commands)});
    try { process.exitCode = await commands.${command}(${JSON.stringify(options)}); }
    catch (error) { console.error(error.message); process.exitCode = error.code === 'E_CONFIG' ? 2 : 1; }`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function site(name: string, yaml: string): string {
  const file = join(folder, name);
  writeFileSync(file, yaml);
  return file;
}

test('config check of a good file says ok and with which board', () => {
  const file = site('good.yaml', 'board: rk3588\nsite: a\nhttp: {port: 0}\n');
  assert.equal(call('checkConfig', { file }), { status: 0, stdout: `${file}: ok (board: rk3588)\n`, stderr: '' });
});

test('config check of a bad file ends with exit code 2 and every problem', () => {
  const file = site('bad.yaml', 'board: none\nsit: a\nhttp: {port: x}\n');
  const { status, stdout, stderr } = call('checkConfig', { file });
  assert.is(status, 2);
  assert.is(stdout, '');
  assert.match(stderr, 'sit: unknown key, did you mean site? (file bad.yaml:2)');
  assert.match(stderr, 'http.port: expected a whole number from 0 to 65535, got "x" (file bad.yaml:3)');
});

test('config check --json says the same to a script', () => {
  const file = site('bad.yaml', 'board: none\nsit: a\nhttp: {port: 0}\n');
  const { status, stdout } = call('checkConfig', { file, json: true });
  assert.is(status, 2);
  assert.equal(JSON.parse(stdout), {
    file,
    ok: false,
    board: null,
    problems: ['sit: unknown key, did you mean site? (file bad.yaml:2)'],
    warnings: [],
    untried: [],
  });
});

const YAML = `board: none
cameras: [{id: a, url: x.mp4}]
mqtt: {username: u, broker: mqtts://broker.example.org}
detector: {env: {API_TOKEN: hunter2, LANG: C}}
`;
const SECRETS = { EDGE_MQTT_PASSWORD: 'hunter2', EDGE_CAMERA_A_URL: 'rtsp://u:hunter2@192.0.2.1/x' };

test('config show --changed prints each value that was said, and where, secrets masked', () => {
  const file = site('show.yaml', YAML);
  const { status, stdout } = call('showConfig', { config: file, changed: true }, SECRETS);
  assert.is(status, 0);
  assert.equal(
    stdout.split('\n').map((line) => line.split(/ {2,}/)),
    [
      ['board: none'],
      [''],
      ['board', 'none', 'file show.yaml:1'],
      ['cameras.0.id', 'a', 'file show.yaml:2'],
      ['cameras.0.url', 'rtsp://***@192.0.2.1/x', 'EDGE_CAMERA_A_URL'],
      ['detector.env.API_TOKEN', '***', 'file show.yaml:4'],
      ['detector.env.LANG', 'C', 'file show.yaml:4'],
      ['mqtt.broker', 'mqtts://broker.example.org', 'file show.yaml:3'],
      ['mqtt.username', 'u', 'file show.yaml:3'],
      ['mqtt.password', '***', 'EDGE_MQTT_PASSWORD'],
      [''],
    ],
  );
});

test('config show --json carries every value with its origin and no secret', () => {
  const file = site('show.yaml', YAML);
  const { stdout } = call('showConfig', { config: file, json: true }, SECRETS);
  const shown = JSON.parse(stdout) as {
    board: string | null;
    values: { key: string; value: unknown; origin: string }[];
  };
  assert.equal(
    shown.values.find(({ key }) => key === 'mqtt.keepaliveS'),
    {
      key: 'mqtt.keepaliveS',
      value: 30,
      origin: 'default',
    },
  );
  assert.not.match(stdout, 'hunter2');
});

test('config show works without a file', () => {
  const { status, stdout } = call('showConfig', { board: 'x86-cpu' });
  assert.is(status, 0);
  assert.match(stdout, /^board: x86-cpu\n/);
  assert.match(stdout, /detector\.intraOpThreads +2 +board x86-cpu\n/);
});

test.run();
