import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProcessorReader } from '../../../src/board/machine/processor-reader.js';
import { tree, write } from './trees.js';

function readerOf(stat: string, loadavg = '0.50 1.25 2.00 3/456 7890\n'): { reader: ProcessorReader; root: string } {
  const root = tree({ 'proc/stat': stat, 'proc/loadavg': loadavg });
  const reader = new ProcessorReader(root);
  reader.look();
  reader.read();
  return { reader, root };
}

test('shares of the time are known from the second reading on', () => {
  const { reader, root } = readerOf('cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0\nintr 1 2 3\n');
  assert.is(reader.total, null);
  assert.equal(reader.cores, [null]);
  write(root, {
    'proc/stat': 'cpu  120 10 115 830 10 2 3 10 50 0\ncpu0 110 0 100 890 0 0 0 0 0 0\nintr 1 2 3\n',
  });
  reader.read();
  assert.equal(reader.total, { busy: 60, user: 30, system: 20, iowait: 10, steal: 10 });
  assert.equal(reader.cores, [{ busy: 10, user: 10, system: 0, iowait: 0, steal: 0 }]);
  assert.equal(reader.load, [0.5, 1.25, 2]);
});

test('a core that is switched off has no reading, and comes back without a leap', () => {
  const { reader, root } = readerOf(
    'cpu  0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\ncpu2 0 0 0 0 0 0 0 0\n',
  );
  write(root, { 'proc/stat': 'cpu  5 0 0 5 0 0 0 0\ncpu0 5 0 0 5 0 0 0 0\ncpu2 0 0 0 10 0 0 0 0\n' });
  reader.read();
  assert.equal(
    reader.cores.map((core) => core?.busy ?? null),
    [50, null, 0],
  );
  write(root, {
    'proc/stat': 'cpu  9 0 0 9 0 0 0 0\ncpu0 9 0 0 9 0 0 0 0\ncpu1 70 0 0 1 0 0 0 0\ncpu2 0 0 0 20 0 0 0 0\n',
  });
  reader.read();
  assert.is(reader.cores[1], null, 'one reading of it is not enough');
});

test('counters that go back are no negative share', () => {
  const { reader, root } = readerOf('cpu  100 0 0 1000 50 0 0 0\n');
  write(root, { 'proc/stat': 'cpu  110 0 0 1010 20 0 0 0\n' });
  reader.read();
  assert.equal(reader.total, { busy: 50, user: 50, system: 0, iowait: 0, steal: 0 });
});

test('nothing is made up where the file is missing, garbled or went', () => {
  for (const stat of ['', 'cpu\n', 'cpu  1 2 x\n', 'cpu  1 2 3 4\n', '\0\0\0', 'cpucpucpu\ncpu']) {
    const { reader, root } = readerOf(stat, 'nonsense');
    write(root, { 'proc/stat': stat });
    reader.read();
    assert.is(reader.total, null);
    assert.is(reader.load, null);
  }
  const nowhere = new ProcessorReader('/no/such/root');
  nowhere.look();
  nowhere.read();
  assert.is(nowhere.total, null);
  assert.equal(nowhere.cores, []);
});

test('a machine with 200 cores and a long list of interrupts is read whole', () => {
  const cores = (busy: number) =>
    Array.from({ length: 200 }, (_, i) => `cpu${i} ${busy} 0 0 100 0 0 0 0 0 0`).join('\n');
  const text = (busy: number) => `cpu  ${busy} 0 0 100 0 0 0 0 0 0\n${cores(busy)}\nintr ${'0 '.repeat(30_000)}\n`;
  const { reader, root } = readerOf(text(0));
  write(root, { 'proc/stat': text(7) });
  reader.read();
  assert.is(reader.cores.length, 200);
  assert.is(reader.cores[199]!.busy, 100);
});

test.run();
