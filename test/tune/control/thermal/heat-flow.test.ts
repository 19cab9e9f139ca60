import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HeatFlow } from '../../../../src/tune/control/thermal/heat-flow.js';

const EVERY_S = 5;

/** A board of known parameters: 22 °C around it, 2 °C a watt within 30 s and 3 °C a watt within 10 minutes. */
class Board {
  readonly #fast = { of: 0, seconds: 30, perWatt: 2 };
  readonly #slow = { of: 0, seconds: 600, perWatt: 3 };
  ambient = 22;

  step(seconds: number, watts: number): void {
    for (const part of [this.#fast, this.#slow]) part.of += (watts - part.of) * (1 - Math.exp(-seconds / part.seconds));
  }

  /** As a sensor of half degrees reads it. */
  get read(): number {
    const celsius = this.ambient + this.#fast.of * this.#fast.perWatt + this.#slow.of * this.#slow.perWatt;
    return Math.round(celsius * 2) / 2;
  }
}

/** Four hours of a load that changes every ten minutes between 3 and 9 W. */
const wattsAt = (s: number): number => 3 + ((Math.floor(s / 600) * 5) % 7);

function learnt(board: Board, flow: HeatFlow, hours: number): void {
  for (let s = 0; s < hours * 3600; s += EVERY_S) {
    board.step(EVERY_S, wattsAt(s));
    flow.advance(s === 0 ? 0 : EVERY_S, wattsAt(s));
    flow.learn(board.read);
  }
}

function ahead(flow: HeatFlow, seconds: number, watts: number): number {
  const line = { base: 0, perWatt: 0 };
  flow.line(seconds, line);
  return line.base + line.perWatt * watts;
}

test('after some hours it foretells a board of known parameters five minutes ahead to a degree', () => {
  const [board, flow] = [new Board(), new HeatFlow()];
  learnt(board, flow, 4);
  const before = board.read;
  const expected = ahead(flow, 300, 9);
  for (let s = 0; s < 300; s += EVERY_S) board.step(EVERY_S, 9);
  assert.is(Math.abs(board.read - before) > 5, true, 'the board itself changes');
  assert.is(Math.abs(expected - board.read) < 1.2, true, `${expected} °C expected, ${board.read} °C read`);
  assert.is(flow.sd(300, 9) > 0.3 && flow.sd(300, 9) < 6, true);
});

test('it finds what a watt makes in the long run', () => {
  const [board, flow] = [new Board(), new HeatFlow()];
  learnt(board, flow, 8);
  assert.is(Math.abs(flow.rise - 5) < 1, true, `${flow.rise} °C a watt`);
});

test('the sun on the cabinet is told from the load within minutes', () => {
  const [board, flow] = [new Board(), new HeatFlow()];
  learnt(board, flow, 4);
  board.ambient += 12;
  const rise = flow.rise;
  for (let s = 0; s < 300; s += EVERY_S) {
    board.step(EVERY_S, 5);
    flow.advance(EVERY_S, 5);
    flow.learn(board.read);
  }
  assert.is(Math.abs(flow.now - board.read) < 1, true);
  assert.is(Math.abs(flow.rise - rise) < 1, true);
});

test('no reading makes a board of it that cools by being used', () => {
  const flow = new HeatFlow();
  for (let s = 0; s < 3600; s += EVERY_S) {
    const watts = wattsAt(s);
    flow.advance(EVERY_S, watts);
    flow.learn(70 - 4 * watts);
  }
  const line = { base: 0, perWatt: 0 };
  flow.line(600, line);
  assert.is(line.perWatt >= 0, true);
});

test('a board of forty watts at 65 °C is not thought to stand in the arctic', () => {
  const flow = new HeatFlow();
  for (let s = 0; s < 600; s += EVERY_S) {
    flow.advance(EVERY_S, 40);
    flow.learn(65);
  }
  assert.is(flow.rise < 2, true, `${flow.rise} °C a watt`);
  assert.is(Math.abs(ahead(flow, 300, 40) - 65) < 0.5, true);
});

test('what a watt makes is known again after a restart, the temperature is not', () => {
  const [board, flow] = [new Board(), new HeatFlow()];
  learnt(board, flow, 8);
  const next = new HeatFlow();
  next.restore(JSON.parse(JSON.stringify(flow.save())));
  assert.is(next.isStarted, false);
  assert.is(Math.abs(next.rise - flow.rise) < 1e-6, true);
});

test.run();
