// What `npm pack` puts into the package: the sources alone, built afresh, so that nothing of tests or of an earlier build is in it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compiler } from './compiler.mjs';
import { buildDashboard } from './dashboard.mjs';
import { buildKernels } from './kernels.mjs';
import { root } from './setup.mjs';
import { vendorCharts } from './vendor-charts.mjs';

rmSync(join(root, 'dist/src'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, compiler(root, '-p', 'tsconfig.build.json'), {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
// what has been built apart is older than no source, but the whole is not up to date with it any more
rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
if (status !== 0) process.exit(1);
vendorCharts(root);
await buildKernels(root);
await buildDashboard(root);
