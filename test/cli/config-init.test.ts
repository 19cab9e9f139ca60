import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const test = suite('config init');
const folder = temporaryFolder('config-init');
let places = 0;

/** A folder with a file of answers in it, and the command line that uses it. */
function place(answers: string) {
  const at = join(folder, `${places++}`);
  mkdirSync(at);
  const file = join(at, 'answers.yaml');
  writeFileSync(file, answers);
  const out = join(at, 'site', 'site.yaml');
  mkdirSync(join(at, 'site'));
  return { at: join(at, 'site'), out, args: ['config', 'init', '--answers', file, '--out', out] };
}

const ANSWERS = `
site: station-road
device: cabinet-1
cameras:
  - { id: north, url: "rtsp://user:pa55word@192.0.2.10/stream2", maxFps: 10 }
  - { id: south, url: "http://192.0.2.11/snapshot.jpg", kind: snapshot }
broker: mqtts://broker.example.org
username: cabinet-1
password: "#: geheim"
storeDir: /var/lib/edge-optimizer
`;

test('makes a configuration that can be used, with each secret in a private file of its own', async () => {
  const { at, out, args } = place(ANSWERS);
  const { code, stdout, stderr } = await edgeOptimizerHere([...args, '--json']);
  assert.is(code, 0, stderr);
  const files = ['site.yaml', 'mqtt.password', 'north.url'];
  assert.equal(JSON.parse(stdout), {
    file: out,
    written: files.map((name) => join(at, name)),
    site: 'station-road',
    device: 'cabinet-1',
    warnings: [],
  });
  for (const name of files) assert.is(statSync(join(at, name)).mode & 0o777, 0o600);
  const text = readFileSync(out, 'utf8');
  assert.not.match(text, /pa55word|geheim/);
  const { config } = loadConfig({ file: out, env: {}, flags: { board: 'none' } });
  assert.is(config.cameras[0]!.url, 'rtsp://user:pa55word@192.0.2.10/stream2');
  assert.is(config.cameras[0]!.maxFps, 10);
  assert.is(config.mqtt.password, '#: geheim');
  assert.is(config.store.dir, '/var/lib/edge-optimizer');
  assert.is((await edgeOptimizerHere(['config', 'check', out])).code, 0);
});

test('overwrites nothing, and says what is in the way', async () => {
  const { at, out, args } = place(ANSWERS);
  writeFileSync(join(at, 'mqtt.password'), 'an older one\n');
  const { code, stderr } = await edgeOptimizerHere(args);
  assert.is(code, 2);
  assert.match(stderr, /--out: expected no file of this name yet, got .*mqtt\.password: move it away/);
  assert.is(readFileSync(join(at, 'mqtt.password'), 'utf8'), 'an older one\n');
  assert.is(existsSync(out), false);
});

for (const [what, answers, problem] of [
  ['a camera without an address', 'site: a\ncameras: [{ id: north }]', /cameras\.0\.url: expected/],
  ['a key that cameras do not have', 'site: a\ncameras: [{ id: n, url: "sim://road", fps: 3 }]', /cameras\.0\.fps/],
  [
    'two cameras of one name',
    'site: a\ncameras: [{ id: n, url: "rtsp://u:p@h/1" }, { id: n, url: "rtsp://u:p@h/2" }]',
    /cameras\.1\.id/,
  ],
  [
    'a camera named after a file elsewhere',
    'site: a\ncameras: [{ id: ../../north, url: "rtsp://u:p@h/1" }]',
    /cameras\.0\.id: expected/,
  ],
  [
    'a broker that is none',
    'site: a\ncameras: [{ id: n, url: "sim://road" }]\nbroker: http://b',
    /mqtt\.broker: expected off/,
  ],
  [
    'an unknown answer',
    'site: a\ncameras: [{ id: n, url: "sim://road" }]\nbrokers: off',
    /brokers: expected one of .*did you mean broker\?/,
  ],
  ['no YAML', 'site: [', /answers\.yaml: line/],
] as const) {
  test(`${what} is told, and nothing is written`, async () => {
    const { at, args } = place(answers);
    const { code, stderr } = await edgeOptimizerHere(args);
    assert.is(code, 2);
    assert.match(stderr, problem);
    assert.equal(readdirSync(at), []);
    assert.equal(
      readdirSync(folder).filter((name) => name.startsWith('north')),
      [],
    );
  });
}

test('without answers and without a terminal it writes nothing and says what is wanted', async () => {
  const out = join(folder, 'nobody.yaml');
  const { code, stderr } = await edgeOptimizer(['config', 'init', '--out', out]);
  assert.is(code, 2);
  assert.match(stderr, /--answers: expected a file with site and cameras \(device, broker,/);
  assert.is(existsSync(out), false);
});

test.run();
