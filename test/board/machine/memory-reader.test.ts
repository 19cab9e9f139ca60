import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryReader } from '../../../src/board/machine/memory-reader.js';
import { type Files, tree } from './trees.js';

const MEMINFO =
  'MemTotal:        4000000 kB\nMemFree:          500000 kB\nMemAvailable:    3000000 kB\nBuffers: 1 kB\nSwapCached: 0 kB\nSwapTotal:       1000 kB\nSwapFree:         750 kB\n';

function read(files: Files): MemoryReader {
  const reader = new MemoryReader(tree(files));
  reader.look();
  reader.read();
  return reader;
}

test('what the machine has, where no group limits it', () => {
  const reader = read({ 'proc/meminfo': MEMINFO });
  assert.equal(reader.memory, { total: 4_096_000_000, available: 3_072_000_000 });
  assert.equal(reader.swap, { total: 1_024_000, used: 256_000 });
  assert.is(reader.limit, null);
});

test('a group of version 2 binds by what it has left, page cache counted as free', () => {
  const reader = read({
    'proc/meminfo': MEMINFO,
    'proc/self/cgroup': '0::/\n',
    'sys/fs/cgroup/memory.max': '1000000000\n',
    'sys/fs/cgroup/memory.current': '700000000\n',
    'sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 100000000\n',
  });
  assert.equal(reader.memory, { total: 1_000_000_000, available: 400_000_000 });
  assert.equal(reader.machine, { total: 4_096_000_000, available: 3_072_000_000 });
  assert.is(reader.limit, 1_000_000_000);
});

test('of a group and those around it the least binds, which may be the machine itself', () => {
  const reader = read({
    'proc/meminfo': MEMINFO.replace('3000000', '100000'),
    'proc/self/cgroup': '0::/system.slice/edge.service\n',
    'sys/fs/cgroup/system.slice/memory.max': '2000000000\n',
    'sys/fs/cgroup/system.slice/memory.current': '0\n',
    'sys/fs/cgroup/system.slice/edge.service/memory.max': '3000000000\n',
    'sys/fs/cgroup/system.slice/edge.service/memory.current': '0\n',
  });
  assert.equal(reader.memory, { total: 2_000_000_000, available: 102_400_000 });
  assert.is(reader.limit, 2_000_000_000);
});

test('version 1: no limit is the largest number there is, and a group as large as the machine limits nothing', () => {
  const group = (limit: string) => ({
    'proc/meminfo': MEMINFO,
    'proc/self/cgroup': '4:memory:/docker/abc\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': limit,
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '900000000\n',
    'sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 150000000\n',
  });
  assert.is(read(group('9223372036854771712\n')).limit, null);
  assert.is(read(group('5000000000\n')).limit, null);
  const bound = read(group('1000000000\n'));
  assert.equal(bound.memory, { total: 1_000_000_000, available: 250_000_000 });
});

test('a group that cannot tell what it uses still says what it allows', () => {
  const reader = read({
    'proc/self/cgroup': '0::/\n',
    'proc/meminfo': MEMINFO,
    'sys/fs/cgroup/memory.max': '1000000\n',
  });
  assert.is(reader.limit, 1_000_000);
  assert.equal(reader.memory, reader.machine);
});

test('nothing is made up: no file, garbage, an old kernel, no swap', () => {
  for (const files of [
    {},
    { 'proc/meminfo': 'MemTotal: many kB\n' },
    { 'proc/meminfo': 'MemTotal: 0 kB\nMemFree: 0 kB\n' },
  ]) {
    const reader = read(files);
    assert.is(reader.memory, null);
    assert.is(reader.swap, null);
  }
  const old = read({ 'proc/meminfo': 'MemTotal: 100 kB\nMemFree: 25 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n' });
  assert.equal(old.memory, { total: 102_400, available: 25_600 });
  assert.is(old.swap, null);
  const cache = 'MemTotal: 100 kB\nMemFree: 25 kB\nBuffers: 5 kB\nCached: 40 kB\nSwapCached: 9 kB\nShmem: 15 kB\n';
  assert.is(read({ 'proc/meminfo': cache }).memory?.available, 56_320);
});

test.run();
