import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCpuQuota, threadsWithin } from '../../src/board/cpu-quota.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('cpu-quota');
let trees = 0;

function quotaOf(files: Record<string, string>): number | null {
  const root = join(folder, String(trees++));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return readCpuQuota(root);
}

test('version 2: a container sees its own group as the root', () => {
  assert.is(quotaOf({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': '150000 100000\n' }), 1.5);
  assert.is(quotaOf({ 'proc/self/cgroup': '0::/../other\n', 'sys/fs/cgroup/cpu.max': '50000 100000\n' }), 0.5);
  assert.is(quotaOf({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/cpu.max': 'max 100000\n' }), null);
});

test('version 2: of a service and the slices around it the least counts', () => {
  assert.is(
    quotaOf({
      'proc/self/cgroup': '0::/system.slice/edge-optimizer.service\n',
      'sys/fs/cgroup/system.slice/cpu.max': '200000 100000\n',
      'sys/fs/cgroup/system.slice/edge-optimizer.service/cpu.max': '300000 100000\n',
    }),
    2,
  );
});

test('version 1: the quota of the controller, in a folder of whatever name, by the path outside or within', () => {
  const quota = { 'cpu.cfs_quota_us': '250000\n', 'cpu.cfs_period_us': '100000\n' };
  const at = (place: string) =>
    Object.fromEntries(Object.entries(quota).map(([name, text]) => [`sys/fs/cgroup/${place}/${name}`, text]));
  const groups = '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n3:cpuset:/docker/abc\n';
  assert.is(quotaOf({ 'proc/self/cgroup': groups, ...at('cpu,cpuacct/docker/abc') }), 2.5);
  assert.is(quotaOf({ 'proc/self/cgroup': groups, ...at('cpu') }), 2.5);
  assert.is(
    quotaOf({
      'proc/self/cgroup': groups,
      'sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    }),
    null,
  );
});

test('both versions side by side: the least counts', () => {
  assert.is(
    quotaOf({
      'proc/self/cgroup': '1:cpu:/a\n0::/a\n',
      'sys/fs/cgroup/unified/a/cpu.max': '400000 100000\n',
      'sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '300000\n',
      'sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n',
    }),
    3,
  );
});

test('a machine without groups has no quota', () => {
  assert.is(quotaOf({ 'proc/cpuinfo': '' }), null);
});

test('a quota keeps whole threads busy, one at least', () => {
  assert.equal([0.5, 1, 1.5, 2, 3.999].map(threadsWithin), [1, 1, 1, 2, 4]);
});

test.run();
