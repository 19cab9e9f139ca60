import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dispatcher } from '../../src/schedule/dispatcher.js';
import { TenantLine } from '../../src/schedule/tenant-line.js';
import type { Ticket } from '../../src/schedule/waiting-line.js';
import { Random } from '../../src/simulator/random.js';

const ticket = (tenant: string | null, source: string, askedAt = 0, budgetMs: number | null = null): Ticket => ({
  source,
  tenant,
  askedAt,
  arrivedAt: askedAt,
  budgetMs,
});

const nameOf = ({ tenant, source }: Ticket): string => `${tenant ?? 'device'}/${source}`;

function namesIn(line: TenantLine): string[] {
  return Array.from({ length: line.length }, (_, index) => nameOf(line.at(index)));
}

/** A worker that takes batches of these sizes, each picture `ms`, and is trusted. */
function dispatcherOf(
  shares: ReadonlyMap<string | null, number>,
  ms: number,
  sizes: readonly number[] = [1],
): Dispatcher {
  const dispatcher = new Dispatcher({
    pools: ['default'],
    inFlightPerWorker: 2,
    batching: { maxBatch: sizes.at(-1)!, windowMs: 0 },
    shares,
  });
  dispatcher.changed(0, sizes);
  for (const size of sizes) dispatcher.tried(0, size, ms * size ** 0.7, 0);
  for (let i = 0; i < 7; i++) dispatcher.workers[0]!.health.answered(ms, ms, 0);
  return dispatcher;
}

test('ten cameras of one tenant and one of another: they alternate, and the ten take turns among themselves', () => {
  const line = new TenantLine(
    new Map([
      ['north', 1],
      ['south', 1],
    ]),
  );
  for (let camera = 0; camera < 3; camera++) line.add(ticket('north', `n${camera}`));
  line.add(ticket('south', 's0'));
  line.add(ticket('south', 's0'));
  assert.equal(namesIn(line), ['north/n0', 'south/s0', 'north/n1', 'south/s0', 'north/n2']);
});

test('a share of three has three turns for one', () => {
  const line = new TenantLine(
    new Map([
      ['large', 3],
      ['small', 1],
    ]),
  );
  for (let i = 0; i < 6; i++) line.add(ticket('large', `l${i}`));
  for (let i = 0; i < 2; i++) line.add(ticket('small', `s${i}`));
  const taken = line.take(0, 8, 10).map(({ tenant }) => tenant);
  assert.is(taken.slice(0, 4).filter((tenant) => tenant === 'large').length, 3);
  assert.is(taken.slice(4).filter((tenant) => tenant === 'large').length, 3);
});

test('how many are before a picture is told by the turns of its tenant, not by all that wait', () => {
  const line = new TenantLine(
    new Map([
      ['noisy', 1],
      ['quiet', 1],
    ]),
  );
  for (let i = 0; i < 20; i++) line.add(ticket('noisy', `n${i}`));
  line.take(0, 1, 20);
  assert.is(line.ahead('q', 'quiet'), 0);
  assert.is(line.ahead('n20', 'noisy'), 19);
  line.add(ticket('quiet', 'q'));
  assert.is(nameOf(line.at(0)), 'quiet/q');
  assert.is(line.ahead('q2', 'quiet'), 2);
});

test('taken from the middle, each tenant loses its own', () => {
  const line = new TenantLine(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  );
  for (let i = 0; i < 3; i++) {
    line.add(ticket('a', `a${i}`));
    line.add(ticket('b', `b${i}`));
  }
  const all = namesIn(line);
  assert.equal(line.take(2, 3, 0).map(nameOf), all.slice(2, 5));
  assert.equal(namesIn(line).sort(), [...all.slice(0, 2), all[5]!].sort());
  assert.is(line.lengthOf('a') + line.lengthOf('b'), 3);
});

interface Load {
  readonly tenant: string;
  readonly sources: number;
}

/** Every source asks again as soon as its picture was taken; so long that it is fair or not. @returns ms of service by tenant */
function run(dispatcher: Dispatcher, loads: readonly Load[], ms: (size: number) => number, untilMs: number) {
  const busy = new Map(loads.map(({ tenant }) => [tenant, 0]));
  const batches: { doneAt: number; answer: () => void }[] = [];
  let now = 0;
  let freeAt = 0;
  for (const { tenant, sources } of loads) {
    for (let i = 0; i < sources; i++) dispatcher.ask(ticket(tenant, `${tenant}-${i}`));
  }
  while (now < untilMs) {
    const decision = dispatcher.next(now);
    if (decision.kind === 'wait') {
      const until = Math.min(decision.until ?? Number.POSITIVE_INFINITY, batches[0]?.doneAt ?? now + 1);
      now = Math.max(now, until);
      if (batches.length > 0 && batches[0]!.doneAt <= now) batches.shift()!.answer();
    } else if (decision.kind === 'send') {
      const { worker, tickets, batch } = decision;
      const takes = ms(batch.size);
      freeAt = Math.max(now, freeAt) + takes;
      batches.push({ doneAt: freeAt, answer: () => dispatcher.answered(worker, batch, now) });
      for (const { tenant, source } of tickets) {
        busy.set(tenant!, busy.get(tenant!)! + takes / tickets.length);
        dispatcher.ask(ticket(tenant!, source, now));
      }
    } else throw new Error(`nothing is to be dropped or probed: ${decision.kind}`);
  }
  return busy;
}

test('whatever the numbers of cameras, tenants that always wait have the workers for their shares, within two batches', () => {
  const random = new Random(3);
  for (let round = 0; round < 30; round++) {
    const loads = ['a', 'b', 'c'].map((tenant) => ({ tenant, sources: 8 + random.index(40) }));
    const shares = new Map(loads.map(({ tenant }) => [tenant, 1 + random.index(4)]));
    const sizes = random.next() < 0.5 ? [1] : [1, 2, 4, 8];
    const takes = (size: number): number => 20 * size ** 0.7 * (0.9 + 0.2 * random.next());
    const busy = run(dispatcherOf(shares, 20, sizes), loads, takes, 20_000);
    const all = [...busy.values()].reduce((sum, one) => sum + one, 0);
    const weights = [...shares.values()].reduce((sum, one) => sum + one, 0);
    // two batches are under way, and each is charged by what one is expected to take until it is answered
    const allowed = 2 * 20 * sizes.at(-1)! ** 0.7 * 1.1;
    for (const [tenant, ms] of busy) {
      const due = (all * shares.get(tenant)!) / weights;
      assert.ok(Math.abs(ms - due) <= allowed, `${tenant} had ${ms} of ${due} in round ${round}`);
    }
  }
});

test('a tenant that asks alone has all of the worker, and one that comes then waits for no more than what is under way', () => {
  const dispatcher = dispatcherOf(
    new Map([
      ['noisy', 1],
      ['quiet', 1],
    ]),
    20,
  );
  for (let i = 0; i < 10; i++) dispatcher.ask(ticket('noisy', `n${i}`));
  const first = dispatcher.next(0);
  assert.is(first.kind === 'send' && first.tickets[0]!.tenant, 'noisy');
  // the next one is chosen when the worker nears its end: until then it may be anybody's
  assert.equal(dispatcher.next(0), { kind: 'wait', until: 18 });
  dispatcher.ask(ticket('quiet', 'q', 5, 1000));
  const second = dispatcher.next(18);
  assert.is(second.kind === 'send' && second.tickets[0]!.tenant, 'quiet');
});

test('when all are late, those that the tenant over its share has too many of are given up', () => {
  const dispatcher = dispatcherOf(
    new Map([
      ['noisy', 1],
      ['quiet', 1],
    ]),
    20,
  );
  for (let i = 0; i < 20; i++) dispatcher.ask(ticket('noisy', `n${i}`, 0, 100));
  assert.is(dispatcher.outlook('n20', 0, 'noisy')!.answerAt, 420);
  assert.is(dispatcher.outlook('q', 0, 'quiet')!.answerAt, 40);
  const dropped: (string | null | undefined)[] = [];
  const answered: (string | null | undefined)[] = [];
  let asked = 0;
  for (let now = 0; now <= 200; now += 20) {
    dispatcher.ask(ticket('quiet', 'q', now, 100));
    asked++;
    for (;;) {
      const decision = dispatcher.next(now);
      if (decision.kind === 'drop') dropped.push(decision.ticket.tenant);
      if (decision.kind === 'wait') break;
      if (decision.kind === 'send') {
        answered.push(decision.tickets[0]!.tenant);
        dispatcher.answered(0, decision.batch, now + 20);
        break;
      }
    }
  }
  assert.is(dropped.filter((tenant) => tenant === 'quiet').length, 0);
  assert.ok(dropped.length >= 10, `${dropped.length} of the noisy ones were given up`);
  assert.ok(answered.filter((tenant) => tenant === 'quiet').length >= asked / 2);
});

test('who asked for nothing for long is a picture ahead when it comes, and no more than that', () => {
  const line = new TenantLine(
    new Map([
      ['busy', 1],
      ['late', 1],
    ]),
  );
  for (let i = 0; i < 100; i++) {
    line.add(ticket('busy', `b${i}`));
    line.take(0, 1, 20);
    line.settle('busy', 20, 20);
  }
  for (let i = 0; i < 6; i++) line.add(ticket('busy', `busy-${i}`, 100));
  for (let i = 0; i < 6; i++) line.add(ticket('late', `late-${i}`, 101));
  const tenants = line.take(0, 12, 20).map(({ tenant }) => tenant);
  assert.equal(tenants.slice(0, 6), ['late', 'late', 'busy', 'late', 'busy', 'late']);
});

test('a picture that had a place and stayed away costs its tenant nothing', () => {
  const dispatcher = dispatcherOf(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
    20,
  );
  dispatcher.ask(ticket('a', 'a0'));
  const sent = dispatcher.next(0);
  if (sent.kind !== 'send') throw new Error('it is not sent');
  assert.is(dispatcher.restsFor('a'), false);
  dispatcher.stayedAway(sent.batch, sent.tickets[0]!);
  dispatcher.unanswered(0, sent.batch, 'empty', 1);
  assert.is(dispatcher.restsFor('a'), true);
  assert.equal(dispatcher.workFor('a'), { pictures: 0, busyMs: 0 });
  dispatcher.ask(ticket('a', 'a0', 1));
  dispatcher.ask(ticket('b', 'b0', 2));
  const next = dispatcher.next(2);
  assert.is(next.kind === 'send' && next.tickets[0]!.tenant, 'a');
});

test.run();
