import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnStatus, leapOf, SharedClientId } from '../../../src/telemetry/mqtt/shared-client-id.js';
import { seeded } from '../../seeded.js';

const closedAt = (at: number, more = {}) => {
  return { code: null, byBroker: true, connectedMs: 2000, at, withMessages: false, ...more };
};
const retained = (bdSeq: number, online = false) => ({ bdSeq, online, retained: true });
const live = (bdSeq: number, online: boolean) => ({ bdSeq, online, retained: false });

test('what the broker says twice is certain, for half an hour', () => {
  const shared = new SharedClientId();
  shared.ended(closedAt(0, { code: 142 }));
  assert.is(shared.verdict(0), null);
  shared.ended(closedAt(5000, { code: 142 }));
  assert.is(shared.verdict(5000), 'client-id');
  assert.is(shared.takenOver, 2);
  assert.is(shared.verdict(1_805_000), null);
});

test('connections that did nothing and were closed soon look like it, and are it once another was heard', () => {
  const shared = new SharedClientId();
  for (const at of [0, 5000, 10_000]) shared.ended(closedAt(at));
  assert.is(shared.verdict(10_000), null);
  shared.ended(closedAt(15_000));
  assert.is(shared.verdict(15_000), 'client-id-likely');
  shared.heardStranger(retained(17), 15_000);
  shared.heardStranger(retained(17), 15_000);
  assert.is(shared.verdict(15_000), 'client-id-likely', 'that may be the previous run of this device');
  assert.is(shared.rival(15_000), null);
  shared.heardStranger(retained(18), 15_000);
  assert.is(shared.verdict(15_000), 'client-id');
});

test('somebody heard after our own birth is enough with two closed connections, whatever was on its way', () => {
  const shared = new SharedClientId();
  shared.heardOurs();
  shared.ended(closedAt(90_000_000, { connectedMs: 90_000_000, withMessages: true }));
  shared.heardStranger(retained(17, true), 90_001_000);
  assert.is(shared.rival(90_001_000), null, 'a broker may have it from its disk');
  shared.heardStranger(retained(18, false), 90_001_500);
  assert.is(shared.rival(90_001_500), 18);
  shared.ended(closedAt(90_002_000, { withMessages: true }));
  assert.is(shared.verdict(90_002_000), null, 'one may be a restart of the broker');
  shared.ended(closedAt(90_004_000, { connectedMs: 600_000 }));
  assert.is(shared.verdict(90_004_000), 'client-id');
  assert.is(shared.verdict(92_000_000), null, 'half an hour later nothing of it was seen any more');
});

test('a broker that crashes again and again, and brings an old status back each time, does not look like it', () => {
  const shared = new SharedClientId();
  shared.heardStranger(retained(7), 0);
  shared.heardOurs();
  for (let n = 1; n < 4; n++) {
    shared.ended(closedAt(n * 100_000, { connectedMs: 30_000, withMessages: true }));
    shared.heardStranger(retained(n === 1 ? 5 : 7, true), n * 100_000 + 1);
  }
  assert.is(shared.rival(300_001), null);
  assert.is(shared.verdict(300_001), null);
});

test('a network that breaks, a broker that dislikes messages and one that restarts do not look like it', () => {
  const shared = new SharedClientId();
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { byBroker: false }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { withMessages: true }));
  for (let n = 0; n < 9; n++) shared.ended(closedAt(n, { code: 139 }));
  for (const connectedMs of [2000, 2000, 2000, 70_000, 2000]) shared.ended(closedAt(9, { connectedMs }));
  assert.is(shared.verdict(9), null);
});

test('a birth of another while this connection goes on is of a device with the name and another client id, until it ends', () => {
  const shared = new SharedClientId();
  shared.heardOurs();
  shared.heardStranger(live(9, false), 0);
  assert.is(shared.verdict(0), null, 'a last will of the previous run that came late');
  shared.heardStranger(live(17, true), 1000);
  assert.is(shared.verdict(1000), 'name');
  shared.heardStranger(live(17, false), 2000);
  assert.is(shared.verdict(2000), null);
});

test('a status is of this run by the name of the run, and by its number only where it names none', () => {
  const run = { boot: '1f6b2c3d', first: 100, last: 102 };
  const own = (bdSeq: number, boot?: string) => isOwnStatus({ ...retained(bdSeq), ...(boot && { boot }) }, run);
  assert.equal([own(101, '1f6b2c3d'), own(101, '0ea6bcc2'), own(100, '0ea6bcc2')], [true, false, false]);
  assert.equal([own(100), own(102), own(99), own(103)], [true, true, false, false]);
});

const MINUTE_MS = 60_000;

/**
 * Two runs of the program with one client id at one broker for three hours, as `BrokerLink` and `StatusEcho` use what is
 * tested here; what they retain is heard, unless the connection is thrown out before.
 *
 * @param firsts numbers of their first connections
 * @param heard share of the connections of the first hour that last long enough to hear anything
 * @returns who steps back in the end
 */
function fight(firsts: readonly [number, number], heard: number, random: () => number): boolean[] {
  const sides = firsts.map((first, n) => {
    return {
      boot: `run ${n}`,
      first,
      last: first,
      accepted: 0,
      since: 0,
      due: n,
      hasLeapt: false,
      shared: new SharedClientId(),
    };
  });
  type Side = (typeof sides)[number];
  const stepsBack = (side: Side, at: number) => side.shared.stepsBack(side.accepted, at);
  let there: Side | null = null;
  let status = { bdSeq: 0, online: false, boot: 'a run before', retained: true };
  for (;;) {
    const [next] = sides.filter((side) => side !== there).sort((a, b) => a.due - b.due);
    const { due: at } = next!;
    if (at > 180 * MINUTE_MS) return sides.map((side) => stepsBack(side, at));
    if (there !== null) {
      const out: Side = there;
      out.shared.ended({ code: null, byBroker: true, connectedMs: at - out.since, at, withMessages: false });
      status = { bdSeq: out.last++, online: false, boot: out.boot, retained: true };
      // an attempt that broke uses up a number that nobody hears of
      if (random() < 0.1) out.last++;
      if (stepsBack(out, at) && !out.hasLeapt)
        Object.assign(out, { hasLeapt: true, last: out.last + leapOf(random()) });
      out.due = at + (stepsBack(out, at) ? 10 : 1) * MINUTE_MS * (0.75 + random() / 2);
    }
    Object.assign(next!, { accepted: next!.last, since: at });
    if (at > 60 * MINUTE_MS || random() < heard) {
      for (const one of [status, { ...status, bdSeq: next!.last, boot: next!.boot, online: true }]) {
        if (isOwnStatus(one, next!)) next!.shared.heardOurs();
        else next!.shared.heardStranger(one, at);
      }
    }
    there = next!;
  }
}

test('of two with one client id exactly one steps back in the end, in whichever moment each of them started', () => {
  const random = seeded(3);
  for (let round = 0; round < 200; round++) {
    assert.equal(fight([5000, 9_000_000], 1, random), [false, true], 'who was there first stays');
    assert.equal(fight([9_000_000, 5000], 0.8, random), [true, false]);
    // in the same millisecond, or from one card without a clock, the one for longer than the other
    for (const firsts of [
      [500, 500],
      [500, 501],
      [503, 500],
      [500, 540],
      [999, 500],
    ] as const) {
      const back = fight(firsts, round % 2 ? 1 : 0.8, random);
      assert.is(back.filter(Boolean).length, 1, `${firsts}: ${back}`);
    }
  }
});

test.run();
