import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnosisLines } from '../../src/cli/diagnosis-lines.js';
import { configSchema } from '../../src/config/config.js';
import { found } from '../../src/diagnose/finding.js';
import { LANGUAGES } from '../../src/diagnose/languages/languages.js';
import { localProgram } from '../../src/diagnose/local-program.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { lockStore } from '../../src/store/store-lock.js';
import { tree } from '../board/machine/trees.js';
import { where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { edgeOptimizerHere } from './in-process.js';

const test = suite('diagnose');
const folder = temporaryFolder('diagnose');

test('a machine whose time server does not answer is degraded, and the report says how that is mended', async () => {
  const root = tree({ 'run/systemd/timesync/note': '' });
  const { code, stdout } = await edgeOptimizerHere(['diagnose', '--root', root, '--only', 'system/clock', '--json']);
  const report = JSON.parse(stdout);
  assert.is(code, 1);
  assert.equal([report.schema, report.condition, report.findings.length], [1, 'degraded', 1]);
  const [finding] = report.findings;
  assert.equal([finding.ground, finding.check, finding.code], ['system', 'clock', 'clock-not-synchronised']);
  assert.match(finding.remedy, /UDP port 123/);
});

test('a configuration that cannot be used does not end it', async () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'cameras: 7\nmodel: {nam: roadside-n}\n');
  const root = tree({ 'run/systemd/timesync/synchronized': '' });
  const { code, stdout, stderr } = await edgeOptimizerHere([
    'diagnose',
    '--config',
    file,
    '--root',
    root,
    '--only',
    'system/clock,service/configuration',
    '--json',
  ]);
  const report = JSON.parse(stdout);
  assert.equal([code, stderr], [2, '']);
  const said = report.findings.map((one: { code: string }) => one.code);
  assert.equal(said.sort(), ['clock-fine', 'configuration-unusable']);
  const problems = report.findings.find((one: { check: string }) => one.check === 'configuration').values.problems;
  assert.match(problems, /cameras: expected .*got 7/);
  assert.match(problems, /nam/);
});

test('the report is as its schema says', async () => {
  const schema = JSON.parse(readFileSync(join(PROJECT_ROOT, 'docs/diagnose.schema.json'), 'utf8'));
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  const { stdout } = await edgeOptimizerHere(['diagnose', '--only', 'system,service/configuration', '--json']);
  assert.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors));
  assert.not(validate({ ...JSON.parse(stdout), condition: 'ill' }));
});

test('of a file of which nothing can be read, the defaults are not judged in its place', async () => {
  const file = join(folder, 'torn.yaml');
  writeFileSync(file, 'site: [\n');
  const only = 'broker,storage/databases,storage/folder-mode,service/ports,service/running';
  const { code, stdout } = await edgeOptimizerHere(['diagnose', '--config', file, '--only', only, '--json']);
  const codes = JSON.parse(stdout).findings.map((one: { code: string }) => one.code);
  assert.equal([code, codes], [2, ['configuration-unusable']]);
});

/** Somebody else has to get at the program for that, which a clone beneath a private folder does not let. */
const nobodyRuns =
  process.getuid?.() === 0 &&
  spawnSync('/bin/sh', ['-c', 'test -r "$0"', join(PROJECT_ROOT, 'dist/src/main.js')], { uid: 65534, gid: 65534 })
    .status === 0;
const mayNotRead = where(nobodyRuns, 'root with a clone that others may read', test);
mayNotRead('somebody else than root and the service is told to diagnose as root, and nothing is called broken', () => {
  const file = join(folder, 'site.yaml');
  writeFileSync(file, 'site: ruta-5\n', { mode: 0o600 });
  const program = join(PROJECT_ROOT, 'dist/src/main.js');
  const args = [program, 'diagnose', '--config', file, '--only', 'service/configuration', '--json'];
  const env = { PATH: process.env['PATH'] };
  const { status, stdout } = spawnSync(process.execPath, args, {
    uid: 65534,
    gid: 65534,
    env,
    encoding: 'utf8',
    cwd: '/',
  });
  const [finding] = JSON.parse(stdout).findings;
  assert.equal([status, finding.code, finding.condition], [0, 'configuration-forbidden', 'unknown']);
  assert.equal(finding.values, { file, user: 'nobody' });
  assert.match(finding.remedy, /^Diagnose as root: sudo edge-optimizer diagnose/);
});

test('a ground may be named in the singular, and a check by its name alone', async () => {
  const { stdout } = await edgeOptimizerHere(['diagnose', '--only', 'Model,clock', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: readonly { ground: string; check: string }[] };
  assert.equal(
    [...new Set(findings.map(({ ground, check }) => `${ground}/${check}`))],
    ['system/clock', 'models/files', 'models/variant'],
  );
});

test('a ground that there is not is refused with the ones that there are', async () => {
  const { code, stderr } = await edgeOptimizerHere(['diagnose', '--only', 'brocker']);
  assert.is(code, 2);
  assert.match(stderr, /--only: expected some of system, .*, got brocker; did you mean broker\?/);
});

test('a person reads it in their language, with a symbol, how it was seen and what to do', () => {
  const outcomes = [
    {
      ground: 'system' as const,
      check: 'node',
      ms: 3,
      findings: [found('broken', 'node-too-old', { version: 'v18.0.0', wanted: '20.19' })],
    },
  ];
  assert.equal(diagnosisLines(outcomes, LANGUAGES.es, { isColoured: false, ms: 1234, tenantOf: () => null }), [
    'Sistema',
    '  ✖ Node v18.0.0 es anterior a 20.19',
    '      visto: process.version',
    '      significa: El programa puede fallar en cualquier momento: solo se prueba con versiones más nuevas.',
    '      hacer: Instale Node 20.19 o posterior (docs/deployment.md, paso 1) y después: systemctl restart edge-optimizer',
    '',
    '0 bien, 0 no se sabe, 0 degradado, 1 averiado (1.2 s)',
  ]);
});

test('the program that holds the store is known, and one that ended is not taken for it', async () => {
  const config = configSchema.parse({ store: { dir: folder }, http: { enabled: false } });
  assert.is(localProgram(config), null);
  const lock = await lockStore(folder, { patienceMs: 0, signal: new AbortController().signal });
  if (lock.kind !== 'held') throw new Error('the store is taken');
  // the lock is this process's own: SQLite tells it apart by the connection
  const running = localProgram(config);
  assert.is(running?.pid, process.pid);
  assert.is(await running?.ask('/api/status', new AbortController().signal), null);
  lock.release();
  assert.is(localProgram(config), null);
});

test('a finding about a camera of a tenant names the tenant', async () => {
  const site = join(folder, 'tenants.yaml');
  writeFileSync(
    site,
    `board: none\nhttp: { enabled: false }\ntenants: [{ id: harbour }]\ncameras:\n  - { id: quay, url: ${folder}/quay.mp4, tenant: harbour }\n  - { id: gate, url: ${folder}/gate.mp4 }\n`,
  );
  const flags = ['diagnose', '--only', 'cameras', '--config', site];
  const { findings } = JSON.parse((await edgeOptimizerHere([...flags, '--json'])).stdout) as {
    findings: readonly { subject: string; tenant?: string }[];
  };
  const of = (camera: string) => findings.filter(({ subject }) => subject === camera).map(({ tenant }) => tenant);
  assert.equal([...new Set(of('quay'))], ['harbour']);
  assert.equal([...new Set(of('gate'))], [undefined]);
  const { stdout } = await edgeOptimizerHere(flags);
  assert.match(stdout, 'quay (harbour): ');
  assert.match(stdout, 'gate: ');
});

test.run();
