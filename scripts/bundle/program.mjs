// The program itself in a bundle: tracked files, and the sources compiled afresh.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { compiler } from '../compiler.mjs';
import { buildDashboard } from '../dashboard.mjs';
import { buildKernels } from '../kernels.mjs';
import { vendorCharts } from '../vendor-charts.mjs';

/** What a device has of the repository, besides what is compiled; nothing that git does not know gets in. */
const TRACKED = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  'CHANGELOG.md',
  'README.md',
  'models',
  'device-config',
  'docs/*.md',
  'docs/example-site.yaml',
  'docs/configuration.schema.json',
];
const TRACKED_SCRIPTS = [
  'edge-optimizer.mjs',
  'setup-lock.mjs',
  'setup.mjs',
  'child.mjs',
  'compiler.mjs',
  'dashboard.mjs',
  'kernels.mjs',
  'npm.mjs',
  'platforms.mjs',
  'sqlite.mjs',
  'vendor-charts.mjs',
  'diagnose',
  'install',
  'install.sh',
  'systemd',
  'update',
  'mosquitto',
  'workers',
];

/** Runs the Node beside it, wherever the folder lies and through whichever links it is called. */
const COMMAND = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
# a device makes little garbage, a collector some with every message
case "$1" in collect) young=16 ;; *) young=2 ;; esac
exec "$here/node" --max-semi-space-size=$young "$here/../dist/src/main.js" "$@"
`;

/** Copies what is tracked. */
export function putTracked(root, staging) {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['ls-files', '-z', '--', ...TRACKED, ...TRACKED_SCRIPTS.map((name) => `scripts/${name}`)],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`a bundle is made from a clone with git: ${stderr.trim()}`);
  for (const path of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    cpSync(join(root, path), join(staging, path));
  }
  putExecutable(join(staging, 'bin/edge-optimizer'), COMMAND);
  putExecutable(join(staging, 'install'), readFileSync(join(root, 'scripts/bundle/install.sh'), 'utf8'));
}

/**
 * Compiles every source into the bundle, so that nothing of an earlier build gets in; without looking at types, which the build
 * before has done.
 *
 * @param {{ isAsBuilt?: boolean, isQuick?: boolean }} how what that build has made is taken instead: of every source, or with
 *   `isQuick` only the pages and kernels
 */
export async function putCompiled(root, staging, { isAsBuilt = false, isQuick = false } = {}) {
  const compiled = join(staging, 'dist/src');
  if (isAsBuilt) copyModules(root, compiled);
  else compile(root, compiled);
  vendorCharts(root, compiled);
  if (isAsBuilt || isQuick) return copyBuilt(root, compiled);
  await buildKernels(root, compiled);
  await buildDashboard(root, compiled);
}

function compile(root, to) {
  const args = ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', to];
  const { status } = spawnSync(process.execPath, compiler(root, ...args), { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the sources do not compile: the messages above name file and line');
}

/** Of the sources that there are: what is left of those that are gone stays behind. */
function copyModules(root, to) {
  for (const name of readdirSync(join(root, 'src'), { recursive: true })) {
    const module = name.replace(/\.ts$/, '.js');
    // pages and kernels are compiled by others than this compiler
    if (!name.endsWith('.ts') || !existsSync(join(root, 'dist/src', module))) continue;
    mkdirSync(dirname(join(to, module)), { recursive: true });
    copyFileSync(join(root, 'dist/src', module), join(to, module));
  }
}

/** What the build has made of other sources than those of modules. */
function copyBuilt(root, compiled) {
  for (const path of ['kernels/kernels.wasm', 'dashboard/page'])
    cpSync(join(root, 'dist/src', path), join(compiled, path), { recursive: true });
}

function putExecutable(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** @returns {string | null} the commit of the clone, with `-dirty` where a tracked file differs from it */
export function commitOf(root) {
  const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return null;
  return `${head.stdout.trim()}${git('status', '--porcelain', '--untracked-files=no').stdout.trim() === '' ? '' : '-dirty'}`;
}
