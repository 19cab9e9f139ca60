import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from '../../../src/cli/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { type Preflight, preflight } from '../../../src/runtime/preflight/preflight.js';
import { generateSigningKey } from '../../../src/telemetry/commands/keys.js';
import { edgeOptimizer } from '../../cli/command-line.js';
import { edgeOptimizerHere } from '../../cli/in-process.js';
import { needs } from '../../optional.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('preflight');
const at = (name: string) => join(folder, name);
let files = 0;

function site(yaml: string): string {
  const file = at(`site-${files++}.yaml`);
  writeFileSync(file, `board: none\nhttp: {port: 0}\nstore: {dir: ${at('store')}}\n${yaml}`);
  return file;
}

function look(yaml: string, here = true): Promise<Preflight> {
  const inputFiles = here ? 'here' : 'elsewhere';
  return preflight({ file: site(yaml), env: { PATH: process.env['PATH'] }, inputFiles });
}

const SIM = 'cameras: [{id: a, url: "sim://road"}]\n';
for (const name of Object.keys(process.env)) if (name.startsWith('EDGE_')) delete process.env[name];
writeFileSync(at('a-file'), 'no folder, no certificate, no picture');
mkdirSync(at('empty'));
cpSync(join(PROJECT_ROOT, 'models/roadside-n'), at('models/roadside-n'), { recursive: true });
const manifest = JSON.parse(readFileSync(at('models/roadside-n/model.json'), 'utf8')) as {
  variants: { id: string; file: string }[];
};
for (const { file } of manifest.variants.slice(0, 1)) {
  const bytes = readFileSync(at(`models/roadside-n/${file}`));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(at(`models/roadside-n/${file}`), bytes);
}
const changed = manifest.variants[0]!.id;

/** Configurations with which a start is refused, and what is said of each. */
const REFUSED: Readonly<Record<string, readonly [yaml: string, ...problems: RegExp[]]>> = {
  'an unknown model': [
    `${SIM}model: {name: roadside-m}`,
    /^model\.name: expected a model in .* \(.*roadside-n, roadside-s\), got "roadside-m"; did you mean roadside-n\? \(file /,
  ],
  'an unknown folder of models': [`${SIM}model: {dir: ${at('nope')}}`, /^model\.dir: .*nope: no such folder \(file /],
  'an unknown variant': [
    `${SIM}model: {variant: fp32-416x265}`,
    /^model\.variant: expected a variant of roadside-n \(auto, default, .*\), got "fp32-416x265"; did you mean fp32-416x256\?/,
  ],
  'a model file that was changed': [
    `${SIM}model: {dir: ${at('models')}, variant: ${changed}}`,
    /^model\.variant: expected the file of its manifest: .* has sha256 [0-9a-f]{64}, expected/,
  ],
  'classes that the model does not have': [
    `${SIM}model: {classes: [car, trcuk], classThresholds: {buss: 0.5}}`,
    /^model\.classes\.1: expected a class of roadside-n .*did you mean "truck"\? \(file site-\d+\.yaml:5\)$/,
    /^model\.classThresholds\.buss: .*did you mean "bus"\?/,
  ],
  'a missing file': [
    `cameras: [{id: a, url: ${at('nope.mp4')}}]`,
    /^cameras\.0\.url: expected a file that can be read, got .*nope\.mp4, which does not exist/,
  ],
  'a misspelt file': [
    `cameras: [{id: a, url: ${at('a-flie')}}]`,
    /^cameras\.0\.url: expected a file that can be read, .*; did you mean .*\/a-file\? \(file /,
  ],
  'a missing file:// address': [
    `cameras: [{id: a, url: "file://${at('nope.mp4')}"}]`,
    /^cameras\.0\.url: expected a file that can be read/,
  ],
  'a folder where a film is expected': [
    `cameras: [{id: a, url: ${at('empty')}}]`,
    /^cameras\.0\.url: expected a file, got the folder .*: for its pictures write images:/,
  ],
  'a missing folder of pictures': [
    `cameras: [{id: a, url: "images:${at('nope')}"}]`,
    /^cameras\.0\.url: expected a folder that can be read, got .*nope, which does not exist/,
  ],
  'a folder without pictures': [
    `cameras: [{id: a, url: "images:${at('empty')}"}]`,
    /^cameras\.0\.url: expected \.jpg, \.png or \.webp pictures in .*empty, got none/,
  ],
  'a misspelt option of the simulator': [
    'cameras: [{id: a, url: "sim://road?trafic=rush"}]',
    /^cameras\.0\.url: .*unknown option trafic \(did you mean traffic\?\)/,
  ],
  'an unknown scheme': ['cameras: [{id: a, url: "rtps://cam/1"}]', /^cameras\.0\.url: .*did you mean rtsps:\/\/\?/],
  'an address without a host': [
    'cameras: [{id: a, url: "rtsp:///stream"}]',
    /^cameras\.0\.url: expected the camera's host after :\/\/, got rtsp:\/\/\/stream/,
  ],
  'an ffmpeg that is not there': [
    `${SIM.replace('sim://road', 'rtsp://127.0.0.1/x')}capture: {ffmpeg: {path: /no/ffmpeg}}`,
    /^cameras\.0\.url: there is no ffmpeg to run at \/no\/ffmpeg/,
  ],
  'a results folder that is not there': [
    `${SIM}output: {resultsFile: ${at('nope/results.jsonl')}}`,
    /^output\.resultsFile: expected a file in a folder that exists and may be written to, got .*nope: no such folder/,
  ],
  'a detector that is not there': [
    `${SIM}detector: {command: [no-such-worker, --fast]}`,
    /^detector\.command: expected a program to run, got no-such-worker, which is in no folder of PATH/,
  ],
  'a binding that is not there': [
    `${SIM}detector: {binding: ${at('nope')}}`,
    /^detector\.binding: expected the folder of an onnxruntime-node, got .*nope: no such folder/,
  ],
  'secrets and certificates in files that are not there': [
    `${SIM}mqtt: {broker: "mqtts://127.0.0.1", username: u, passwordFile: /no/a, caFile: /no/b}`,
    /^mqtt\.passwordFile: no such file: \/no\/a/,
    /^mqtt\.caFile: no such file: \/no\/b/,
  ],
  'a value out of its range': [
    SIM.replace('cameras', 'capture: {maxWidth: 10}\ncameras'),
    /^capture\.maxWidth: expected/,
  ],
  'faults of the file and of what it names at once': [
    `cameras: [{id: a, url: ${at('nope.mp4')}, loop: 7}, {id: b, url: "images:${at('nope')}"}, {id: c c, url: x.mp4}]\nmodle: {}\nmodel: {name: roadside-m, scoreThreshold: 2}`,
    /^modle: unknown key, did you mean model\?/,
    /^cameras\.0\.loop: expected true or false/,
    /^cameras\.2\.id: expected/,
    /^model\.scoreThreshold: expected a number from 0 to 1/,
    /^model\.name: .*did you mean roadside-n\?/,
    /^cameras\.0\.url: expected a file/,
    /^cameras\.1\.url: expected a folder/,
  ],
};

/** Configurations with which a start goes on without a part, and what is said of each. */
const DEGRADED: Readonly<Record<string, readonly [yaml: string, ...problems: RegExp[]]>> = {
  'one of two cameras without its file': [
    `cameras: [{id: a, url: "sim://road"}, {id: b, url: ${at('nope.mp4')}}]`,
    /^cameras\.1\.url: expected a file that can be read/,
  ],
  'a preview folder that is not there': [
    `${SIM}preview: {file: "${at('nope')}/{camera}.jpg"}`,
    /^preview\.file: expected a file in a folder that exists and may be written to, got .*nope: no such folder/,
  ],
  'a diary beneath a file': [
    `${SIM}diary: {enabled: true, path: ${at('a-file/diary')}}`,
    /^diary\.path: expected a folder that can be made and written to, got .* beneath .*a-file: it is a file/,
  ],
  'a certificate that is none': [
    `${SIM}mqtt: {broker: "mqtts://127.0.0.1:9", caFile: ${at('a-file')}}`,
    /^mqtt\.caFile: expected a certificate in PEM, got .*a-file/,
  ],
};

/** What the part says itself that a run goes on without. */
const TOLD_BY_RUN: Readonly<Record<string, RegExp>> = {
  'one of two cameras without its file': /"camera":"b".*the camera cannot be read: expected a file that can be read/,
  'a preview folder that is not there': /no preview: cannot write the preview/,
  'a diary beneath a file': /the diary cannot be used: no frames are kept/,
  'a certificate that is none': /mqtt/i,
};

/** What the configuration check tells a script. */
async function checked(file: string): Promise<{ code: number; problems: string[] }> {
  const write = process.stdout.write;
  let out = '';
  process.stdout.write = (text: string | Uint8Array) => {
    out += text;
    return true;
  };
  try {
    const code = await checkConfig({ file, json: true });
    return { code, problems: (JSON.parse(out) as { problems: string[] }).problems };
  } finally {
    process.stdout.write = write;
  }
}

test('keys of commands are read: what is none is refused by name, and a key in the wrong place too', async () => {
  const own = generateSigningKey();
  writeFileSync(at('site.pem'), own.privatePem, { mode: 0o600 });
  writeFileSync(at('fleet.pub'), `${own.publicText}\n`);
  const fine = await look(
    `${SIM}commands: {publicKeys: ["${generateSigningKey().publicText}"], siteKeyFile: ${at('site.pem')}}\n`,
  );
  assert.equal(fine.refusals, []);
  const { refusals } = await look(`${SIM}commands: {publicKeyFile: ${at('site.pem')}, siteKeyFile: ${at('a-file')}}\n`);
  assert.match(refusals[0]!, /^commands.publicKeyFile: got a private key: only its public half belongs on a device/);
  assert.match(refusals[1]!, /^commands.siteKeyFile: expected the PEM of an Ed25519 private key/);
  const same = await look(`${SIM}commands: {publicKeyFile: ${at('fleet.pub')}, siteKeyFile: ${at('site.pem')}}\n`);
  assert.match(same.refusals[0]!, /^commands.siteKeyFile: expected a key of its own, got one of commands.publicKeys/);
  const shared = await look(`${SIM}cache: {shareInvalidations: true}\nmqtt: {broker: "mqtt://127.0.0.1"}\n`);
  assert.match(shared.degradations.join(), /cache.shareInvalidations: nothing is shared without commands.siteKeyFile/);
});

for (const [what, [yaml, ...problems]] of Object.entries(REFUSED)) {
  test(`config check and run refuse ${what} with the same words`, async () => {
    const file = site(yaml);
    const env = { EDGE_STORE_DIR: '' };
    const run = await edgeOptimizerHere(['run', '--config', file], env);
    const check = await checked(file);
    assert.is(check.code, 2);
    assert.is(run.code, 2, run.stderr);
    assert.is(check.problems.length, problems.length, check.problems.join('\n'));
    for (const problem of problems) {
      assert.ok(
        check.problems.some((text) => problem.test(text)),
        `${problem} in ${check.problems.join('\n')}`,
      );
    }
    for (const text of check.problems) assert.ok(run.stderr.includes(text), `${text} in ${run.stderr}`);
  });
}

for (const [what, [yaml, ...problems]] of Object.entries(DEGRADED)) {
  test(`config check reports ${what}, and run starts all the same`, async () => {
    const file = site(yaml);
    const check = await checked(file);
    const run = await edgeOptimizer(['run', '--config', file, '--frames', '5'], { EDGE_STORE_DIR: '' });
    assert.is(check.code, 2);
    assert.is(run.code, 0, run.stderr);
    assert.is(check.problems.length, problems.length, check.problems.join('\n'));
    for (const [index, problem] of problems.entries()) {
      assert.match(check.problems[index]!, problem);
      assert.match(check.problems[index]!, /; run starts all the same, without it/);
      assert.match(run.stderr, TOLD_BY_RUN[what]!);
    }
  });
}

test('config check --json of a file for another machine lists what was not tried', async () => {
  const file = site('cameras: [{id: a, url: "rtsp://192.0.2.1/s"}]\noutput: {resultsFile: /nope/results.jsonl}');
  const { code, stdout } = await edgeOptimizer(['config', 'check', file, '--no-files', '--json']);
  assert.is(code, 0, stdout);
  assert.equal(JSON.parse(stdout), {
    file,
    ok: true,
    board: null,
    problems: [],
    warnings: [],
    untried: [`cameras.0.url: whether rtsp://192.0.2.1/s answers, and with pictures (file ${basename(file)}:4)`],
  });
});

test('a store that cannot be made is a problem that does not keep a start back', async () => {
  const { refusals, degradations } = await preflight({
    file: site(SIM),
    env: {},
    flags: { 'store.dir': at('a-file/store') },
  });
  assert.equal(refusals, []);
  assert.is(degradations.length, 1);
  assert.match(degradations[0]!, /^store\.dir: expected a folder that can be made and written to, .*it is a file/);
});

test('a store among the files that the kernel makes up is a problem, and nothing hangs', async () => {
  const { degradations } = await preflight({ file: site(SIM), env: {}, flags: { 'store.dir': '/proc/edge/store' } });
  assert.match(
    degradations.join(),
    /^store\.dir: expected a folder on a disk, got \/proc\/edge\/store, which lies in proc/,
  );
});

test('what only the start can tell is listed and not tried', async () => {
  const { refusals, degradations, untried } = await look(
    'cameras: [{id: a, url: "http://192.0.2.1/x.jpg?token=hunter2"}]\nmqtt: {broker: "mqtt://192.0.2.2"}\ndetector: {socket: /run/x, providers: [cuda, cpu]}',
  );
  assert.equal([...refusals, ...degradations], []);
  assert.equal(
    untried.map((text) => text.replace(/ \(file .*\)$/, '')),
    [
      'cameras.0.url: whether http://192.0.2.1/x.jpg?token=*** answers, and with pictures',
      'detector.socket: whether a detector listens at /run/x',
      'detector.providers: whether cuda can run the model',
      'mqtt.broker: whether mqtt://192.0.2.2 answers',
    ],
  );
});

test('a port that is taken is a warning: the runtime itself may have it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const { refusals, degradations, warnings } = await look(`${SIM}mqtt: {broker: embedded, embeddedPort: ${port}}`);
  server.close();
  assert.equal([...refusals, ...degradations], []);
  assert.match(warnings.join('\n'), `mqtt.embeddedPort: expected a free port, got ${port}, which is taken`);
});

test('for another machine its files are left out, and what is misspelt is still found', async () => {
  const elsewhere = `cameras:
  - {id: a, url: /srv/clip.mp4}
  - {id: b, url: "sim://road?trafic=rush"}
  - {id: c, urlFile: /etc/camera}
mqtt: {broker: "mqtts://broker", caFile: /etc/ca.pem}
output: {resultsFile: /srv/results.jsonl}
detector: {command: [trt-worker]}
model: {classes: [trcuk]}
`;
  const { loaded, refusals, degradations } = await look(elsewhere, false);
  assert.is.not(loaded, null);
  assert.is(refusals.length, 1);
  assert.match(refusals[0]!, /^model\.classes\.0: .*did you mean "truck"/);
  assert.is(degradations.length, 1);
  assert.match(degradations[0]!, /^cameras\.1\.url: .*did you mean traffic/);
});

needs('openssl', test)('a key that is not the one of the certificate is found', async () => {
  for (const name of ['one', 'other']) {
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
    assert.is(spawnSync('openssl', [...args, ...names]).status, 0);
  }
  const tls = (key: string) =>
    look(`${SIM}mqtt: {broker: "mqtts://127.0.0.1", certFile: ${at('one.pem')}, keyFile: ${at(`${key}.key`)}}`);
  assert.equal((await tls('one')).degradations, []);
  const { degradations } = await tls('other');
  assert.match(degradations[0]!, /^mqtt\.certFile and mqtt\.keyFile: expected the key of the certificate/);
});

test.run();
