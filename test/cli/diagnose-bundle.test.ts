import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../src/foundation/log.js';
import { AlertHistory } from '../../src/store/alert-history.js';
import { CommandLog } from '../../src/store/command-log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { readTar } from '../../src/store/read-tar.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrialStore } from '../../src/store/trials.js';
import { TrialLedger } from '../../src/tune/trials/ledger.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { NOON } from '../tune/trials/samples.js';
import { edgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('diagnose-bundle');
const store = join(folder, 'data');
const NOW = Date.now();

/** Each has a beginning and an end that stand nowhere else, and in between what is coded differently everywhere. */
const SECRETS = {
  camera: 'cameraZq p%a@ss:"wörd qZ',
  second: 'secondZq#/?&qZ',
  broker: 'brokerZq\\"ü qZ',
  token: 'tokenZq.~+qZ12345',
  otlp: 'otlpZq-qZ998877',
  worker: 'workerZq<>|qZ',
  proxy: 'proxyZq!$qZ',
  command: 'commandZq(qZ)',
  former: 'formerZq7qZ',
  environment: 'environmentZq=qZ;',
};
const { camera, second, broker, token, otlp, worker, proxy, command, former, environment } = SECRETS;
const coded = encodeURIComponent;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const red = (text: string): string => `\u001b[31m${text.slice(0, 9)}\u001b[0m\u001b[1;32m${text.slice(9)}\u001b[0m`;

/** Colours of a terminal, as they are and as JSON has them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const COLOURS = /(?:\u001b|\\+u001b)\[[\d;]*m/g;

/** As a text may have been coded before it was written down, taken back as far as it goes. */
function meanings(text: string): string[] {
  const plain = text.replace(COLOURS, '');
  const unquoted = plain.replace(/\\+u([0-9a-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const percent = (one: string): string =>
    one.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString());
  const runs = (plain.match(/[A-Za-z0-9+/_-]{6,}/g) ?? []).flatMap((run) =>
    [0, 1, 2, 3].map((skipped) => Buffer.from(run.slice(skipped), 'base64').toString('utf8')),
  );
  const hex = (plain.match(/(?:[0-9a-f]{2}){6,}/g) ?? []).map((run) => Buffer.from(run, 'hex').toString('utf8'));
  return [plain, unquoted, unquoted.replaceAll('\\', ''), percent(plain), percent(percent(plain)), ...runs, ...hex];
}

function assertTellsNothing(part: string, text: string): void {
  for (const meaning of meanings(text)) {
    for (const piece of [...Object.keys(SECRETS).map((name) => `${name}Zq`), 'qZ']) {
      const at = meaning.indexOf(piece);
      assert.is(at, -1, `${part} tells ${piece}: ${meaning.slice(Math.max(0, at - 120), at + 60)}`);
    }
    assert.not.match(meaning, /marisol/, `${part} tells who has an account`);
  }
}

/** What earlier runs wrote, in every form in which something may have repeated a secret. */
const log = [
  `2026-11-26T08:00:00.000001+0000 edge-optimizer[7]: {"level":"info","time":"2026-11-26T08:00:00.000Z","camera":"north","msg":"started at rtsp://admin:${former}@10.0.0.9/live"}`,
  `2026-11-26T08:00:01.000001+0000 edge-optimizer[7]: {"level":"warn","msg":"refused","authorization":"Basic ${base64(`admin:${camera}`)}","password":"${former}"}`,
  `2026-11-26T08:00:02.000001+0000 edge-optimizer[7]: ${JSON.stringify({ level: 'error', msg: JSON.stringify({ err: JSON.stringify({ said: broker, token: former }) }) })}`,
  `2026-11-26T08:00:03.000001+0000 edge-optimizer[7]: ffmpeg: ${red(camera)} ${red(token)} ${JSON.stringify(red(broker))}`,
  `2026-11-26T08:00:04.000001+0000 edge-optimizer[7]: GET /video?user=admin&pwd=${former}&next=${coded(coded(second))} ${coded(camera)} ${coded(camera).toLowerCase()}`,
  `2026-11-26T08:00:05.000001+0000 edge-optimizer[7]: Authorization: Bearer ${token} / X-Api-Key: ${former} ${base64(`x${token}`)} ${base64(`xy${token}!`)} ${Buffer.from(otlp).toString('hex')}`,
  `2026-11-26T08:00:06.000001+0000 edge-optimizer[7]: worker said ${worker} and ${proxy}, then ${environment}`,
  '2026-11-26T08:00:07.000001+0000 edge-optimizer[7]: -----BEGIN ENCRYPTED PRIVATE KEY-----',
  `2026-11-26T08:00:07.000002+0000 edge-optimizer[7]: ${base64('former key formerZq7qZ')}`,
  '2026-11-26T08:00:07.000003+0000 edge-optimizer[7]: -----END ENCRYPTED PRIVATE KEY-----',
  '2026-11-26T08:00:08.000001+0000 systemd[1]: edge-optimizer.service: read /home/marisol/site.yaml, 192.168.7.20 answered',
];

const PUBLIC_KEY = `ed25519:${base64('0123456789abcdef0123456789abcdef')}`;

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

const site = write(
  'site.yaml',
  `site: kreuz
device: cabinet7
cameras:
  - {id: north, urlFile: ${write('camera-url', `rtsp://admin:${coded(camera)}@192.168.7.20:554/live?subtype=1`)}}
  - {id: south, url: 'rtsp://192.168.7.21/live'}
mqtt: {broker: 'mqtts://broker.example:8883', username: admin, passwordFile: ${write('broker-password', broker)}}
http: {tokenFile: ${write('token', token)}}
otlp: {tokenFile: ${write('otlp', otlp)}}
commands: {publicKeys: ['${PUBLIC_KEY}']}
detector: {env: {MODEL_TOKEN: '${worker}'}}
`,
);
const bin = join(folder, 'bin');
mkdirSync(bin);
mkdirSync(store);
writeFileSync(join(bin, 'journalctl'), `#!/bin/sh\ncat '${write('journal', `${log.join('\n')}\n`)}'\n`);
chmodSync(join(bin, 'journalctl'), 0o755);

const variables = {
  PATH: `${bin}${delimiter}${process.env['PATH']}`,
  EDGE_STORE_DIR: store,
  EDGE_CAMERA_SOUTH_URL: `rtsp://root:${coded(second)}@192.168.7.21/live`,
  HTTPS_PROXY: `http://proxyuser:${coded(proxy)}@10.1.1.1:3128`,
  CLOUD_API_KEY: environment,
};

/** What the program kept: alerts, trials, commands and metrics that repeat secrets. */
function keepHistory(): void {
  const file = new StoreFile({
    what: 'the history',
    file: join(store, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
  });
  const alerts = new AlertHistory(file, 30);
  const trials = new TrialLedger(new TrialStore(file));
  const commands = new CommandLog(file);
  const keeping = { keepMs: [1e9, 1e10, 1e11], maxBytes: [1e8, 1e8, 1e8] };
  const series = new SeriesStore({ file, keeping, log: silentLog });
  file.start();
  const alert = {
    code: 'camera-lost',
    severity: 'warning',
    message: `rtsp://admin:${coded(camera)}@192.168.7.20/live is gone: ${camera}`,
    action: `curl -u admin:${former} http://admin:${former}@192.168.7.20`,
    since: NOW - 1000,
  };
  alerts.add(
    { at: NOW - 1000, code: 'camera-lost', kind: 'raised', alert, by: null, until: null },
    { code: 'camera-lost', alert, snooze: null },
  );
  trials.put({
    id: 'a',
    strategy: 'cache',
    knobs: [],
    from: `lru ${token}`,
    to: 'lfu',
    reason: `password=${former}`,
    isEmergency: false,
    circumstances: NOON,
    startedAt: NOW - 5000,
    before: null,
    after: null,
    endedAt: null,
    verdict: null,
    why: base64(broker),
    undone: null,
  });
  commands.put({
    at: NOW - 900,
    key: '21fe31dfa154a261',
    id: '7',
    nonce: 'a'.repeat(16),
    name: 'set',
    toSite: false,
    body: JSON.stringify({ 'mqtt.password': command, note: `token=${former}` }),
    doneAt: NOW,
    result: JSON.stringify({ ok: false, error: `no ${broker}` }),
  });
  const row = {
    name: `vehicles.${otlp}`,
    metric: 'vehicles',
    labels: { camera: otlp },
    unit: 'vehicles',
    kind: 'gauge' as const,
    point: { t: 0, min: 1, mean: 2, max: 3, p95: 3, count: 60 },
  };
  for (let minutes = 30; minutes > 0; minutes--) {
    const t = Math.floor(NOW / 60_000) * 60_000 - minutes * 60_000;
    series.add(60_000, t, [{ ...row, point: { ...row.point, t } }]);
  }
  file.flush();
  file.stop();
  writeFileSync(join(store, `reports-${otlp}.html?token=${former}`.replaceAll('/', '-')), 'x');
}

const partsOf = (archive: Buffer): Record<string, string> =>
  Object.fromEntries(
    readTar(gunzipSync(archive)).map((entry) => [
      entry.path.replace('edge-optimizer-diagnosis/', ''),
      entry.kind === 'file' ? entry.data.toString('utf8') : '',
    ]),
  );

const args = (file: string, ...more: string[]): string[] => [
  'diagnose',
  '--config',
  site,
  '--only',
  'system/node,service/configuration',
  '--bundle',
  file,
  ...more,
];

onDisk('a bundle has everything that is asked for next, and no secret in any form in any part', async () => {
  keepHistory();
  const file = write('old.tar.gz', 'an older one');
  chmodSync(file, 0o644);
  const { code, stdout, stderr } = await edgeOptimizer(args(file), variables);
  assert.is(code, 0, `${stdout}${stderr}`);
  assert.is(statSync(file).mode & 0o777, 0o600);
  const parts = partsOf(readFileSync(file));
  const names = [
    'manifest.json', 'report.json', 'report.txt', 'config.json', 'log.txt', 'metrics.jsonl', 'trials.jsonl',
    'alerts.json', 'commands.jsonl', 'versions.json', 'machine.json', 'files.jsonl',
  ]; // biome-ignore format: a list of words
  assert.equal(Object.keys(parts), names);
  for (const [name, text] of Object.entries(parts)) assertTellsNothing(name, text);
  assertTellsNothing('what is printed', stdout);
  // what an operator needs is still there
  assert.match(parts['config.json']!, /rtsp:\/\/\*\*\*@192\.168\.7\.20:554\/live\?subtype=1/);
  assert.ok(parts['config.json']!.includes(PUBLIC_KEY));
  assert.match(parts['config.json']!, /"path": "mqtt\.broker",\s+"value": "mqtts:\/\/broker\.example:8883"/);
  assert.match(parts['log.txt']!, /started at rtsp:\/\/\*\*\*@10\.0\.0\.9\/live/);
  assert.match(parts['log.txt']!, /read \/home\/\*\*\*\/site\.yaml, 192\.168\.7\.20 answered/);
  const [metrics] = parts['metrics.jsonl']!.split('\n');
  assert.equal(JSON.parse(metrics!).points[1], [60, 1, 2, 3, 3, 60]);
  assert.is(JSON.parse(parts['commands.jsonl']!).signedBy, '21fe31dfa154a261');
  assert.match(stdout, /look before you send it: tar -xzf .*old\.tar\.gz/);
});

onDisk('the manifest names each part with its bytes and sum, and what could not be had with why', async () => {
  const file = join(folder, 'without.tar.gz');
  const { stdout } = await edgeOptimizerHere(
    ['diagnose', '--only', 'system/node', '--bundle', file, '--json', '--lang', 'es'],
    {
      PATH: folder,
      EDGE_STORE_DIR: join(folder, 'nothing-there'),
    },
  );
  const parts = partsOf(readFileSync(file));
  const manifest = JSON.parse(parts['manifest.json']!);
  const report = JSON.parse(stdout);
  assert.equal(report.bundle.parts, manifest.parts);
  assert.is(report.language, 'es');
  for (const { name, bytes } of manifest.parts) assert.is(Buffer.byteLength(parts[name]!), bytes);
  const missing = Object.fromEntries(
    manifest.missing.map(({ name, why }: { name: string; why: string }) => [name, why]),
  );
  assert.match(missing['log.txt'], /^there is no journalctl here; .*docker logs --tail 5000 NAME/);
  assert.match(missing['metrics.jsonl'], /the program has not run with this store/);
});

onDisk('where it would be too large the oldest lines of the log go, and that is said', async () => {
  const line = (at: number): string => `${at} edge-optimizer[7]: ${base64(`${Math.sin(at)}${Math.cos(at)}`)}\n`;
  write('journal', Array.from({ length: 5000 }, (_, at) => line(at)).join(''));
  const file = join(folder, 'small.tar.gz');
  const { code, stdout } = await edgeOptimizerHere(args(file, '--bundle-max', '0.1'), variables);
  assert.is(code, 0);
  assert.ok(statSync(file).size <= 0.1 * 2 ** 20);
  const parts = partsOf(readFileSync(file));
  const { lines, leftOut } = JSON.parse(parts['manifest.json']!).parts.find(
    (one: { name: string }) => one.name === 'log.txt',
  );
  assert.is(lines + leftOut, 5000);
  assert.match(parts['log.txt']!, /\n4999 edge-optimizer\[7\]: \S+\n$/);
  assert.match(stdout, new RegExp(`the last lines of the log; the first ${leftOut} are left out`));
});

onDisk('a bundle that cannot be written, or would be made again and again, is refused', async () => {
  const nowhere = await edgeOptimizerHere(args(join(folder, 'nowhere', 'b.tar.gz')), variables);
  assert.is(nowhere.code, 1);
  assert.match(nowhere.stderr, /the bundle .*nowhere\/b\.tar\.gz cannot be written: .*ENOENT/);
  const watched = await edgeOptimizerHere(args('x.tar.gz', '--watch'), variables);
  assert.equal([watched.code, /--bundle and --watch: expected one of them/.test(watched.stderr)], [2, true]);
});

test.run();
