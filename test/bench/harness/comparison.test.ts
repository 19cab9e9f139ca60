import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparison, differences, ratiosOf, toleranceOf } from '../../../bench/harness/comparison.js';
import type { RunRecord } from '../../../bench/harness/record.js';
import type { Row } from '../../../bench/harness/report.js';

const MACHINE = { cpu: 'a', cores: 2, node: '20.20.2' };

const record = (rows: readonly Row[], rest: Partial<RunRecord> = {}): RunRecord => ({
  name: 'speed',
  rows,
  goals: [],
  args: [],
  commit: 'abc1234',
  versions: { 'onnxruntime-node': '1.29.0' },
  machine: MACHINE,
  at: '2026-11-26T10:20:30.000Z',
  ...rest,
});

test('figures are compared where both runs have them, by what their row is about', () => {
  const published = [
    { space: 'device', which: 'searched', fps: 10, ms: null },
    { space: 'device', which: 'replayed', fps: 20, ms: 4 },
  ];
  const now = [
    { space: 'device', which: 'replayed', fps: 30, ms: 0 },
    { space: 'device', which: 'searched', fps: 11, ms: 3 },
    { space: 'elsewhere', which: 'searched', fps: 1, ms: 1 },
  ];
  assert.equal(ratiosOf(now, published), [
    { subject: 'device, replayed', column: 'fps', now: 30, was: 20 },
    { subject: 'device, searched', column: 'fps', now: 11, was: 10 },
  ]);
});

test('the tolerance is what most figures stray from the others of their column, however far all of them moved', () => {
  const moved = [2, 1.8, 2.2, 2, 6].map((ratio) => ({ subject: 'a', column: 'fps', now: ratio, was: 1 }));
  assert.is(Math.round(toleranceOf(moved, []) * 1000), 111);
});

test('rounds that spread wider than that raise it, and still figures leave 5 %', () => {
  const still = [{ subject: 'a', column: 'fps', now: 10, was: 10 }];
  assert.is(toleranceOf(still, [{ contender: 'a', fpsSpread: 0.36 }]), 0.18);
  assert.is(toleranceOf(still, []), 0.05);
});

test('other arguments, another machine and other versions are told', () => {
  const now = record([], { args: ['--quick'], machine: { ...MACHINE, cores: 8 } });
  const published = record([], { versions: { 'onnxruntime-node': '1.28.0' } });
  assert.equal(differences(now, published), [
    'arguments differ: --quick (published: none)',
    'machine differs: cores 8 (published: 2)',
    'versions differ: onnxruntime-node 1.29.0 (published: 1.28.0)',
  ]);
  assert.equal(differences(published, published), []);
});

test('a comparison has the ratios, what moved beyond the noise, and the rows that stand alone', () => {
  const rows = (fps: number) => ['a', 'b', 'c', 'd'].map((name) => ({ case: name, fps: name === 'd' ? fps : 100 }));
  const text = comparison(record(rows(50)), record([...rows(100), { case: 'old', fps: 1 }]));
  assert.is(
    text,
    `speed: the run of 2026-11-26 10:20 UTC (commit abc1234) beside the figures published 2026-11-26 10:20 UTC (commit abc1234)

now / published:
about    fps
    a      1
    b      1
    c      1
    d  0.500

tolerance 19 %, from the spread of the figures themselves: 1 of 4 moved by more:
  0.50  d: fps 50, was 100

only in the published figures: old`,
  );
});

test('figures that were published before arguments were recorded say so', () => {
  const { args: _args, commit: _commit, versions: _versions, ...old } = record([{ case: 'a', fps: 1 }]);
  const text = comparison(record([{ case: 'a', fps: 1 }]), old);
  assert.match(text, 'arguments differ: none (published: not recorded)');
  assert.match(text, 'published 2026-11-26 10:20 UTC\n');
});

test.run();
