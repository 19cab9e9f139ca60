import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { encodeJpeg } from '../../src/media/image.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { besidesTheMachine } from '../cli/command-line.js';
import { temporaryFolder } from '../temporary.js';

const NAME = 'edge-inference-optimizer';
const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };

const folder = temporaryFolder('package');
const project = join(folder, 'project');
const installed = join(project, 'node_modules', NAME);

/** npm's list of what it packs; the build that is there is taken as it is, for the tests beside this one run from it. */
function pack(): string[] {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const told = execFileSync('npm', args, { cwd: PROJECT_ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [{ files }] = JSON.parse(told) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

/** As npm would lay it there, with this project's packages beside it in place of those from the registry. */
function install(): void {
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, `${NAME}-${version}.tgz`), '-C', installed, '--strip-components=1']);
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(installed, 'node_modules'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
}

const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' });

const files = pack();
install();

test('packed are the built sources, the models, what is known of boards, and what starts it: nothing of tests', () => {
  const others = files.filter((file) => !/^(dist\/src|models|device-config)\//.test(file));
  assert.equal(others.sort(), [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'package.json',
    'scripts/child.mjs',
    'scripts/compiler.mjs',
    'scripts/dashboard.mjs',
    'scripts/diagnose',
    'scripts/edge-optimizer.mjs',
    'scripts/install.sh',
    'scripts/install/accounts.sh',
    'scripts/install/configuration.sh',
    'scripts/install/preconditions.sh',
    'scripts/install/program.sh',
    'scripts/install/steps.sh',
    'scripts/install/uninstall.sh',
    'scripts/install/units.sh',
    'scripts/kernels.mjs',
    'scripts/npm.mjs',
    'scripts/platforms.mjs',
    'scripts/setup-lock.mjs',
    'scripts/setup.mjs',
    'scripts/sqlite.mjs',
    'scripts/systemd/edge-optimizer-rollback.path',
    'scripts/systemd/edge-optimizer-rollback.service',
    'scripts/systemd/edge-optimizer-trial.service',
    'scripts/systemd/edge-optimizer-update.path',
    'scripts/systemd/edge-optimizer-update.service',
    'scripts/systemd/edge-optimizer.service',
    'scripts/update/guard.sh',
    'scripts/vendor-charts.mjs',
  ]);
  assert.equal(
    files.filter((file) => /\.(map|tsbuildinfo)$|\.test\./.test(file)),
    [],
  );
  for (const needed of [
    'dist/src/main.js',
    'dist/src/index.js',
    'dist/src/index.d.ts',
    'models/roadside-n/model.json',
    'dist/src/dashboard/page/index.html',
    'dist/src/dashboard/page/fleet.html',
    'dist/src/kernels/kernels.wasm',
  ]) {
    assert.ok(files.includes(needed), needed);
  }
});

test('a project that has it as a package imports it', () => {
  const { stdout, stderr } = node(
    '--input-type=module',
    '-e',
    `import * as it from '${NAME}';
    const { EdgeError, configSchema } = it;
    console.log(JSON.stringify([new EdgeError('E_MODEL', 'no').code, configSchema.parse({}).model.name]));`,
  );
  assert.is(stderr, '');
  assert.equal(JSON.parse(stdout), ['E_MODEL', 'auto']);
});

test('its databases are a part of their own, which opens nothing', () => {
  const { stdout, stderr } = node(
    '--input-type=module',
    '-e',
    `import { monitorQuery, queryMonitor } from '${NAME}/database';
    monitorQuery(function getInfractions() { return [1, 2]; })();
    console.log(JSON.stringify(queryMonitor.statistics().map(({ text, rows }) => [text, rows])));`,
  );
  assert.is(stderr, '');
  assert.equal(JSON.parse(stdout), [['getInfractions', 2]]);
});

test('importing one of its files by path is refused: what is not exported may change', () => {
  const { status, stderr } = node('--input-type=module', '-e', `await import('${NAME}/dist/src/runtime/runtime.js');`);
  assert.is(status, 1);
  assert.match(stderr, 'ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('its command runs where there is nothing to install and nothing to build', () => {
  const { status, stdout, stderr } = node(join(installed, 'scripts/edge-optimizer.mjs'), '--version');
  assert.equal([status, stdout, stderr], [0, `${version}\n`, '']);
});

test('its command finds the models that came with it', () => {
  const { status, stdout } = node(join(installed, 'scripts/edge-optimizer.mjs'), 'models', 'verify');
  assert.is(status, 0);
  assert.match(stdout, /roadside-n/);
  assert.match(stdout, /roadside-s/);
});

test('a project that has it as a package detects vehicles in a picture, with its data in its own folder', async () => {
  const road = new Road(parseSimulatorUrl('sim://road?seed=3&traffic=rush'));
  const rgb = new Uint8Array(road.width * road.height * 3);
  road.render(40, rgb);
  writeFileSync(join(project, 'street.jpg'), await encodeJpeg(rgb, road.width, road.height, 95));
  const { stdout, stderr } = node(
    '--input-type=module',
    '-e',
    `import { readFile } from 'node:fs/promises';
    import { createEngine } from '${NAME}';
    const engine = createEngine();
    await engine.start();
    const { width, boxes } = await engine.detect(await readFile('street.jpg'));
    await engine.stop();
    console.log(JSON.stringify({ width, vehicles: boxes.length, first: boxes[0] }));`,
  );
  assert.is(besidesTheMachine(stderr), '');
  const { width, vehicles, first } = JSON.parse(stdout);
  assert.is(width, road.width);
  assert.ok(vehicles >= 5, `${vehicles} vehicles`);
  assert.ok(['car', 'truck', 'bus'].includes(first.class) && first.score > 0.35, JSON.stringify(first));
  assert.ok(existsSync(join(project, 'data')) && !existsSync(join(installed, 'data')));
});

test.run();
