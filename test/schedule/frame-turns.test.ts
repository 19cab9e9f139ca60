import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameTurns } from '../../src/schedule/frame-turns.js';

/** Turns of an event loop that the test makes. */
function loop() {
  const due: (() => void)[] = [];
  return {
    nextTurn: (callback: () => void): void => void due.push(callback),
    async turn(): Promise<void> {
      for (const callback of due.splice(0)) callback();
      await Promise.resolve();
    },
  };
}

const EQUAL = new Map([
  ['noisy', 1],
  ['quiet', 1],
]);

test('without tenants no frame ever waits', () => {
  const turns = new FrameTurns(new Map([[null, 1]]));
  assert.equal([turns.turn(null, 100), turns.turn(null, 100)], [null, null]);
});

test('a frame that comes while none is looked at is looked at at once', async () => {
  const { nextTurn, turn } = loop();
  const turns = new FrameTurns(EQUAL, nextTurn);
  assert.is(turns.turn('quiet', 100), null);
  await turn();
  assert.is(turns.turn('noisy', 100), null);
});

test('of ten frames that came before it in one turn of the loop, a frame of another tenant waits for one more', async () => {
  const { nextTurn, turn } = loop();
  const turns = new FrameTurns(EQUAL, nextTurn);
  const order: string[] = [];
  for (let i = 0; i < 10; i++) void turns.turn('noisy', 100)?.then(() => order.push(`noisy ${i}`));
  void turns.turn('quiet', 100)?.then(() => order.push('quiet'));
  assert.is(turns.waiting, 10);
  for (let i = 0; i < 12; i++) await turn();
  assert.equal(order.slice(0, 3), ['quiet', 'noisy 1', 'noisy 2']);
  assert.is(order.length, 10);
  assert.is(turns.waiting, 0);
});

test('large pictures cost more turns than small ones, and a share of three has three of four', async () => {
  const { nextTurn, turn } = loop();
  const turns = new FrameTurns(
    new Map([
      ['large', 3],
      ['small', 1],
    ]),
    nextTurn,
  );
  const bytes = { large: 0, small: 0 };
  for (let i = 0; i < 100; i++) {
    void turns.turn('large', 600)?.then(() => (bytes.large += 600));
    void turns.turn('small', 200)?.then(() => (bytes.small += 200));
  }
  for (let i = 0; i < 60; i++) await turn();
  assert.ok(Math.abs(bytes.large / bytes.small - 3) < 0.3, `${bytes.large} to ${bytes.small}`);
});

test('on the real event loop, frames of all tenants come through', async () => {
  const turns = new FrameTurns(EQUAL);
  const all = Array.from({ length: 50 }, (_, i) => turns.turn(i % 5 === 0 ? 'quiet' : 'noisy', 100));
  await Promise.all(all);
  assert.is(turns.waiting, 0);
});

test.run();
