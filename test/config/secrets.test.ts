import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/foundation/errors.js';
import { where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('secrets');
const file = join(folder, 'site.yaml');

function load(yaml: string, sources: Partial<ConfigSources> = {}): LoadedConfig {
  writeFileSync(file, yaml);
  return loadConfig({ file, env: {}, flags: { board: 'none' }, ...sources });
}

function problemsOf(yaml: string, sources: Partial<ConfigSources> = {}): readonly string[] {
  try {
    load(yaml, sources);
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.not.match((error as ConfigError).message, 'hunter2');
    return (error as ConfigError).problems;
  }
  return [];
}

function secretFile(name: string, content: string, mode = 0o600): string {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), mode);
  return name;
}

test('a password in a configuration file is refused and not repeated', () => {
  assert.equal(problemsOf('mqtt:\n  username: u\n  password: hunter2\n'), [
    'mqtt.password: expected no secret here, got one (file site.yaml:3); use EDGE_MQTT_PASSWORD or passwordFile',
  ]);
});

test('a password that looks like a number is not repeated either', () => {
  const problems = problemsOf('mqtt: {username: u, password: 271828}');
  assert.match(problems.join(), 'mqtt.password: expected no secret here, got one (file site.yaml:1)');
  assert.not.match(problems.join(), '271828');
});

test('a password in the place of its section is not repeated', () => {
  const problems = problemsOf('mqtt: hunter2');
  assert.match(problems.join(), /^mqtt: expected a section with .*, got 7 characters \(file site\.yaml:1\)$/);
});

test('what YAML takes for an alias or a tag may be a password, and is not repeated', () => {
  for (const value of ['*hunter2', '!hunter2 x', '|hunter2', '"\\hunter2']) {
    const problems = problemsOf(`mqtt:\n  password: ${value}\n`);
    assert.not.equal(problems, []);
    assert.not.match(problems.join(), 'hunter2');
  }
});

test('a token on the command line is refused', () => {
  assert.equal(problemsOf('site: a', { flags: { board: 'none', 'http.token': 'hunter2-hunter2-hunter2' } }), [
    'http.token: expected no secret here, got one (flag http.token); use EDGE_HTTP_TOKEN or tokenFile',
  ]);
});

test('an address with a password in a configuration file is refused', () => {
  assert.equal(problemsOf('cameras: [{id: a, url: "rtsp://u:hunter2@192.0.2.1/x"}]'), [
    'cameras.0.url: expected an address without a password, got one (file site.yaml:1); use EDGE_CAMERA_<ID>_URL or urlFile',
  ]);
  assert.equal(problemsOf('mqtt: {broker: "mqtts://u:hunter2@x"}'), [
    'mqtt.broker: expected an address without a password, got one (file site.yaml:1); use EDGE_MQTT_BROKER',
  ]);
  assert.equal(
    problemsOf('http: {enabled: false}\ntenants: [{id: b, mqtt: {broker: "mqtts://u:hunter2@x"}}]').map((problem) =>
      problem.replace(/site\.yaml:\d+/, 'site.yaml'),
    ),
    [
      'tenants.0.mqtt.broker: expected an address without a password, got one (file site.yaml); use username and passwordFile',
    ],
  );
});

test('an address with a password on the command line is warned of', () => {
  const { warnings } = load('site: a', {
    flags: { board: 'none', cameras: [{ id: 'a', url: 'rtsp://u:hunter2@192.0.2.1/x' }] },
  });
  assert.equal(warnings, [
    'cameras.0.url: credentials in an address can be read by others (flag cameras); use EDGE_CAMERA_<ID>_URL or urlFile',
  ]);
});

test('a secret among the arguments of a program is warned of', () => {
  const { warnings } = load('cameras: [{id: a, url: x.mp4, inputArgs: [-headers, "X-Api-Key: hunter2"]}]');
  assert.equal(warnings, ['cameras.0.inputArgs: a secret among arguments can be read by others (file site.yaml:1)']);
  assert.equal(load('cameras: [{id: a, url: x.mp4, inputArgs: [-hwaccel, drm]}]').warnings, []);
});

test('secrets come from the environment', () => {
  const { config, warnings } = load('mqtt: {username: u}', {
    env: { EDGE_MQTT_PASSWORD: 'hunter2', EDGE_HTTP_TOKEN: '0123456789abcdef' },
  });
  assert.is(config.mqtt.password, 'hunter2');
  assert.is(config.http.token, '0123456789abcdef');
  assert.equal(warnings, []);
});

test('a secret is read from the file that a key names, relative to the configuration file, without its line end', () => {
  const name = secretFile('mqtt.password', 'hunter2\n');
  const { config, origins, warnings } = load(`mqtt:\n  username: u\n  passwordFile: ${name}\n`);
  assert.is(config.mqtt.password, 'hunter2');
  assert.is(config.mqtt.passwordFile, join(folder, name));
  assert.is(origins.get('mqtt.password'), 'mqtt.passwordFile, file site.yaml:3');
  assert.equal(warnings, []);
});

test("a camera's address is read from its file, which wins over url beside it", () => {
  const name = secretFile('north.url', 'rtsp://u:hunter2@192.0.2.1/x\n');
  const { config } = load(`cameras:\n  - {id: a, urlFile: ${name}}\n  - {id: b, url: x.mp4, urlFile: ${name}}\n`);
  assert.equal(
    config.cameras.map((camera) => camera.url),
    Array(2).fill('rtsp://u:hunter2@192.0.2.1/x'),
  );
});

test('a variable wins over a file that the configuration file names', () => {
  const name = secretFile('old.password', 'old');
  const { config } = load(`mqtt: {username: u, passwordFile: ${name}}`, { env: { EDGE_MQTT_PASSWORD: 'new' } });
  assert.is(config.mqtt.password, 'new');
  assert.is(config.mqtt.passwordFile, undefined, 'nobody may read the file instead');
});

test('a secret that others on the machine can read is warned of', () => {
  const name = secretFile('open.token', '0123456789abcdef', 0o644);
  const { warnings } = load(`http: {tokenFile: ${name}}`);
  assert.equal(warnings, [
    `http.tokenFile: others on this machine can read ${join(folder, name)}; chmod 600 keeps it private`,
  ]);
});

where(
  process.getuid?.() === 0,
  'root',
  test,
)('a secret that root gave to the group of the service is private, one that a user left open to a group is not', () => {
  const name = secretFile('group.token', '0123456789abcdef', 0o640);
  assert.equal(load(`http: {tokenFile: ${name}}`).warnings, []);
  chownSync(join(folder, name), 1000, 1000);
  assert.match(load(`http: {tokenFile: ${name}}`).warnings.join(), 'others on this machine can read');
});

test('a file of a secret that is missing, empty, a folder or has several lines is one problem each', () => {
  mkdirSync(join(folder, 'dir'));
  const [empty, many] = [secretFile('empty', '\n'), secretFile('many', 'a\nb\n')];
  const cameras = ['gone', empty, 'dir', many].map((name, i) => `  - {id: c${i}, urlFile: ${name}}\n`).join('');
  assert.equal(problemsOf(`cameras:\n${cameras}`), [
    `cameras.0.urlFile: no such file: ${join(folder, 'gone')} (file site.yaml:2)`,
    `cameras.1.urlFile: the file is empty: ${join(folder, 'empty')} (file site.yaml:3)`,
    `cameras.2.urlFile: expected a file, got a folder: ${join(folder, 'dir')} (file site.yaml:4)`,
    `cameras.3.urlFile: expected a single line, got several: ${join(folder, 'many')} (file site.yaml:5)`,
  ]);
});

test('a certificate that cannot be read is a problem', () => {
  assert.equal(problemsOf('mqtt: {caFile: gone.pem}'), [
    `mqtt.caFile: no such file: ${join(folder, 'gone.pem')} (file site.yaml:1)`,
  ]);
});

test('a secret that is too short is not repeated in the problem', () => {
  assert.equal(problemsOf('site: a', { env: { EDGE_HTTP_TOKEN: 'hunter2' } }), [
    'http.token: expected at least 16 characters, got 7 characters (EDGE_HTTP_TOKEN)',
  ]);
});

test('a password that would cross the network in the clear is warned of', () => {
  const env = { EDGE_MQTT_PASSWORD: 'hunter2' };
  assert.equal(load('mqtt: {username: u, broker: "mqtt://192.0.2.9"}', { env }).warnings, [
    'mqtt.broker and mqtt.password: the password crosses the network unencrypted; use mqtts:// or wss://',
  ]);
  assert.equal(load('mqtt: {username: u, broker: "mqtt://localhost:1883"}', { env }).warnings, []);
});

test.run();
