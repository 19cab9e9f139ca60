// The program itself in a bundle: tracked files, and the sources compiled afresh.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runChild } from '../child.mjs';
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
  'setup.mjs',
  'child.mjs',
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
exec "$here/node" --max-semi-space-size=2 "$here/../dist/src/main.js" "$@"
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

/** Compiles into the bundle, so that nothing of an earlier build gets in. */
export async function putCompiled(root, staging) {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', join(staging, 'dist/src')];
  const { status } = await runChild(
    process.execPath,
    [join(root, args[0]), ...args.slice(1), '--declaration', 'false'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (status !== 0) throw new Error('the build failed: the messages above name file and line');
  vendorCharts(root, join(staging, 'dist/src'));
  await buildKernels(root, join(staging, 'dist/src'));
  await buildDashboard(root, join(staging, 'dist/src'));
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
