import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

type Processor = { times: Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number> };
const { restMeter } = (await import(pathToFileURL(join(PROJECT_ROOT, 'scripts/processor-rest.mjs')).href)) as {
  restMeter(read?: () => Processor[], own?: number): () => number;
};

const processor = (busy: number, idle: number): Processor => ({
  times: { user: busy / 2, nice: 0, sys: busy / 2, idle, irq: 0 },
});

/** A meter over readings that are given, of a machine with two processors. */
function meter(readings: Processor[][], own = 2): () => number {
  const left = [...readings];
  return restMeter(() => left.shift() ?? [], own);
}

test('what was unused since the call before, in processors', () => {
  const rest = meter([
    [processor(1000, 500), processor(1000, 500)],
    [processor(2000, 500), processor(1000, 1500)],
    [processor(3000, 500), processor(2000, 1500)],
    [processor(3000, 1500), processor(2000, 2500)],
  ]);
  assert.equal([rest(), rest(), rest()], [1, 0, 2]);
});

test('nothing where no time has passed, nor where others have a part of the processors', () => {
  const [first, second] = [
    [processor(0, 0), processor(0, 0)],
    [processor(0, 1000), processor(0, 1000)],
  ];
  assert.is(meter([first, first])(), 0);
  assert.is(meter([first, second], 1)(), 0);
});

test('of this machine it is between none and all', () => {
  const rest = restMeter()();
  assert.ok(rest >= 0 && rest <= 1024, `${rest}`);
});

test.run();
