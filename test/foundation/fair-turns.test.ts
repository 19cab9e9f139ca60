import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FairTurns } from '../../src/foundation/fair-turns.js';
import { Random } from '../../src/simulator/random.js';

/** Serves whoever of them is next, so often; each piece costs what `cost` says. */
function serve(
  turns: FairTurns<string>,
  waiting: readonly string[],
  times: number,
  cost: (party: string) => number,
): Map<string, number> {
  const served = new Map(waiting.map((party) => [party, 0]));
  for (const party of waiting) turns.waits(party);
  for (let i = 0; i < times; i++) {
    const next = waiting.reduce((one, other) => (turns.tagOf(other) < turns.tagOf(one) ? other : one));
    const service = cost(next);
    turns.served(next, service);
    served.set(next, served.get(next)! + service);
  }
  return served;
}

test('whoever always waits gets its share of the service, never more than a piece of each beside it', () => {
  const random = new Random(5);
  for (let round = 0; round < 50; round++) {
    const weights = new Map(['a', 'b', 'c'].map((name) => [name, 0.25 + 4 * random.next()]));
    const largest = new Map([...weights.keys()].map((name) => [name, 1 + 30 * random.next()]));
    const turns = new FairTurns(weights);
    const cost = (party: string): number => largest.get(party)! * (0.1 + 0.9 * random.next());
    const served = new Map([...weights.keys()].map((name) => [name, 0]));
    for (let step = 0; step < 20; step++) {
      for (const [party, ms] of serve(turns, [...weights.keys()], 10, cost)) served.set(party, served.get(party)! + ms);
      for (const one of weights.keys()) {
        for (const other of weights.keys()) {
          const apart = served.get(one)! / weights.get(one)! - served.get(other)! / weights.get(other)!;
          const bound = largest.get(one)! / weights.get(one)! + largest.get(other)! / weights.get(other)!;
          assert.ok(Math.abs(apart) <= bound + 1e-9, `${apart} apart, at most ${bound}, in round ${round}`);
        }
      }
    }
  }
});

test('what one does not use the others have, in proportion to their weights', () => {
  const turns = new FairTurns(
    new Map([
      ['idle', 6],
      ['twice', 2],
      ['once', 1],
    ]),
  );
  const served = serve(turns, ['twice', 'once'], 300, () => 10);
  assert.is(served.get('twice'), 2000);
  assert.is(served.get('once'), 1000);
});

test('who was idle for long has no turns saved for a burst', () => {
  const turns = new FairTurns(
    new Map([
      ['busy', 1],
      ['late', 1],
    ]),
  );
  serve(turns, ['busy'], 1000, () => 10);
  const served = serve(turns, ['busy', 'late'], 10, () => 10);
  assert.is(served.get('late'), 50);
});

test('who had more while nobody else waited owes nothing once all rested', () => {
  const turns = new FairTurns(
    new Map([
      ['light', 0.01],
      ['heavy', 1],
    ]),
  );
  serve(turns, ['light'], 1, () => 10);
  turns.waitsNoMore('light');
  turns.rested();
  assert.is(turns.tagOf('light'), turns.tagOf('heavy'));
});

test('a piece that took longer than was expected is paid for with later turns', () => {
  const turns = new FairTurns(
    new Map([
      ['slow', 1],
      ['quick', 1],
    ]),
  );
  for (const party of ['slow', 'quick']) turns.waits(party);
  turns.served('slow', 10);
  turns.corrected('slow', 30);
  const served = serve(turns, ['slow', 'quick'], 6, () => 10);
  assert.is(served.get('quick'), 50);
});

test.run();
