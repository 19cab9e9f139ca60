import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { where } from '../../optional.js';
import { rapl, under, zones } from './board-trees/parts.js';
import { tree } from './trees.js';

const SCRIPT = fileURLToPath(new URL('as-nobody.js', import.meta.url));

where(
  process.getuid?.() === 0,
  'root, who can become somebody else',
  test,
)('what only root may read says so, and what is measured besides is the sum', () => {
  const root = tree({
    ...zones({ 'cpu-thermal': '48000' }),
    ...rapl({ '0': ['package-0', 1_000_000] }),
    ...under('sys/class/hwmon/hwmon0', { name: 'amdgpu', power1_average: 30_000_000 }),
    'sys/class/devfreq/fdab0000.npu/cur_freq': '1000000000\n',
    'sys/kernel/debug/rknpu/load': 'NPU load:  Core0: 60%,\n',
  });
  // the folders that lead there are a test's own
  for (const path of [join(root, '..'), root]) chmodSync(path, 0o755);
  chmodSync(join(root, 'sys/class/powercap/intel-rapl:0/energy_uj'), 0o400);
  chmodSync(join(root, 'sys/kernel/debug'), 0o700);
  const { stdout, stderr } = spawnSync(process.execPath, [SCRIPT, root], { encoding: 'utf8' });
  assert.is(stderr, '');
  assert.equal(JSON.parse(stdout), {
    'temperature cpu-thermal': 48,
    'load rknpu': 'permission',
    'accelerator-clock fdab0000.npu': 1000,
    'rail-power amdgpu': 30,
    'rail-power package-0': 'permission',
    watts: 30,
  });
});

test.run();
