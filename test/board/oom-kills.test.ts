import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOomKills } from '../../src/board/oom-kills.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('oom-kills');

function tree(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, name);
  mkdirSync(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

test('kills of the own group, of those around it and of the machine are counted', () => {
  const root = tree('v2', {
    'proc/self/cgroup': '0::/system.slice/edge.service\n',
    'proc/vmstat': 'nr_free_pages 1\noom_kill 3\n',
    'sys/fs/cgroup/system.slice/memory.events': 'low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n',
    'sys/fs/cgroup/system.slice/edge.service/memory.events': 'max 7\noom 2\noom_kill 2\n',
  });
  assert.is(countOomKills(root), 6);
});

test('groups of version 1 tell theirs in memory.oom_control', () => {
  const root = tree('v1', {
    'proc/self/cgroup': '4:memory:/docker/abc\n',
    'sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n',
  });
  assert.is(countOomKills(root), 5);
});

test('a kernel that does not tell is no kernel that has killed nobody', () => {
  assert.is(countOomKills(tree('old', { 'proc/vmstat': 'nr_free_pages 1\n' })), null);
});

test.run();
