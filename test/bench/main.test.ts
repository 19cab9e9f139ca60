import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BENCHMARKS } from '../../bench/benchmarks.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(PROJECT_ROOT, 'dist/bench/main.js'), ...args], { encoding: 'utf8' });

test('the list names every benchmark, where figures are kept and how they are published', () => {
  const { status, stderr } = bench('--help');
  assert.is(status, 0);
  for (const name of [...Object.keys(BENCHMARKS), 'compare [NAME]']) {
    assert.match(stderr, name);
  }
  assert.match(stderr, '.cache/bench/NAME.json');
  assert.match(stderr, '--publish');
});

test('a partial run is not published: it is refused before anything is measured, naming the option', () => {
  const { status, stderr, stdout } = bench('kpi', '--publish', '--only', 'sim-rush');
  assert.is(status, 2);
  assert.is(stderr, '--publish: a run with --only is not the one that is published; leave it out\n');
  assert.is(stdout, '');
});

test('an unknown name is told with the known ones, without a stack', () => {
  const unknown = bench('speed');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /^no benchmark is called speed\n/);
  const compared = bench('compare', 'speed');
  assert.is(compared.status, 2);
  assert.is(compared.stderr, `compare: expected some of ${Object.keys(BENCHMARKS).join(', ')}, got speed\n`);
  const part = bench('cache', '--only', 'memory-gets');
  assert.is(part.status, 2);
  assert.match(part.stderr, /^--only: expected some of memory-get, .*, got memory-gets\n$/);
  const clip = bench('kpi', '--clips', join(PROJECT_ROOT, 'docs/pictures-of-nowhere'), '--only', 'sim-rain');
  assert.is(clip.status, 2);
  assert.is(clip.stderr, '--only: expected some of sim-light, sim-mixed, sim-rush, sim-night, got sim-rain\n');
});

test('a folder or name that is not there is told with its option, without a stack', () => {
  const nowhere = join(PROJECT_ROOT, 'docs/nowhere');
  const traffic = 'expected some of empty, light, mixed, rush, night, got rain';
  const wrong: readonly [args: readonly string[], told: string][] = [
    [['kpi', '--sims', 'rain'], `--sims: ${traffic}`],
    [['live', '--traffic', 'rain'], `--traffic: ${traffic}`],
    [['truth', '--sequences', nowhere], `there is no ${nowhere}: name a folder of sequences with --sequences DIR`],
    [['sway', '--clips', nowhere, '--sequences', nowhere], 'there is nothing to watch: no filmed clips: '],
    [['models', '--calibration', nowhere], `there is no ${nowhere}: name a folder of pictures with --calibration DIR`],
    [['drift', '--traffic', nowhere, '--nab', PROJECT_ROOT], `--traffic: there is no folder ${nowhere}`],
    [['cameras', '--counts', '8,4'], '--counts: expected cameras in ascending order, got 8,4'],
  ];
  for (const [args, told] of wrong) {
    const { status, stderr } = bench(...args);
    assert.is(status, 2, stderr);
    assert.ok(stderr.startsWith(told), stderr);
    assert.is(stderr.trim().split('\n').length, 1, stderr);
  }
});

test('the documents have a section for every benchmark, and name all in their list', () => {
  const text = readFileSync(join(PROJECT_ROOT, 'docs/benchmarks.md'), 'utf8');
  const [, list = ''] = /# one of: (.*)/.exec(text) ?? [];
  const names = Object.keys(BENCHMARKS).sort();
  assert.equal(list.split(', ').sort(), names);
  assert.equal([...text.matchAll(/^## (.*)$/gm)].map(([, name]) => name).sort(), names);
});

test.run();
