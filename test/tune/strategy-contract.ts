import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OPTIMIZATIONS } from '../../src/config/optimizations.js';
import { KNOBS } from '../../src/config/sections/tune.js';
import type { OptimizationStrategy } from '../../src/tune/optimization-strategy.js';

/** A strategy over something real, and a hand on that. */
export interface StrategySubject {
  readonly strategy: OptimizationStrategy;
  /** Brings about what the strategy has a remedy for. */
  provoke(): void | Promise<void>;
  /** All that the strategy may move, JSON. */
  state(): unknown;
  /** From now on nothing can be moved. */
  jam?(): void;
  close?(): void | Promise<void>;
}

/** What everything must hold to that the engine tries changes with. */
export function strategyContract(name: string, make: () => StrategySubject | Promise<StrategySubject>): void {
  const test = suite(`contract: ${name}`);
  const each = (title: string, check: (subject: StrategySubject) => Promise<void>): void =>
    test(title, async () => {
      const subject = await make();
      try {
        await check(subject);
      } finally {
        await subject.close?.();
      }
    });
  const proposed = async ({ strategy, provoke }: StrategySubject) => {
    await provoke();
    await strategy.observe();
    const change = await strategy.propose();
    assert.ok(change, 'it proposes something for what it was provoked with');
    return change;
  };

  each('it has a type that can be turned on and off', async ({ strategy }) => {
    assert.ok(OPTIMIZATIONS.includes(strategy.type));
  });

  each(
    'before anything happened it proposes nothing, and its score is a number or nothing',
    async ({ strategy, state }) => {
      const before = state();
      await strategy.observe();
      assert.is(await strategy.propose(), null);
      const { value, parts } = strategy.score();
      assert.ok(value === null || Number.isFinite(value));
      for (const part of Object.values(parts)) assert.ok(part === null || Number.isFinite(part));
      assert.equal(state(), before);
    },
  );

  each('what it proposes says from where, to where, why, which knobs and how long it takes', async (subject) => {
    const { knobs, from, to, reason, windowMs } = await proposed(subject);
    assert.ok(from.length > 0 && to.length > 0 && from !== to);
    assert.match(reason, /\d/);
    assert.ok(knobs.every((knob) => KNOBS.includes(knob)));
    assert.ok(Number.isFinite(windowMs) && windowMs >= 0);
  });

  each('proposing and scoring change nothing', async (subject) => {
    const before = subject.state();
    await proposed(subject);
    subject.strategy.score();
    assert.equal(subject.state(), before);
  });

  each(
    'applying moves something, and undoing brings back what was; a second time does nothing more',
    async (subject) => {
      const before = subject.state();
      const undo = await subject.strategy.apply(await proposed(subject));
      assert.not.equal(subject.state(), before);
      await undo();
      assert.equal(subject.state(), before);
      await undo();
      assert.equal(subject.state(), before);
    },
  );

  each('what was applied is not proposed again', async (subject) => {
    const change = await proposed(subject);
    await subject.strategy.apply(change);
    await subject.strategy.observe();
    const next = await subject.strategy.propose();
    assert.is.not(next?.to, change.to);
  });

  each('where it cannot be applied it says so, and everything is as it was', async (subject) => {
    if (!subject.jam) return;
    const change = await proposed(subject);
    const before = subject.state();
    subject.jam();
    let failure: unknown = null;
    await subject.strategy.apply(change).catch((error: unknown) => {
      failure = error;
    });
    assert.instance(failure, Error);
    assert.equal(subject.state(), before);
  });

  each('by its way back a later one takes back what was kept, once, and nothing else', async (subject) => {
    const { strategy } = subject;
    if (!strategy.wayBack || !strategy.goBack || !strategy.save) return;
    const change = await proposed(subject);
    const before = subject.state();
    const way = JSON.parse(JSON.stringify(strategy.wayBack(change))) as unknown;
    await strategy.apply(change);
    strategy.kept?.();
    const saved = JSON.parse(JSON.stringify(strategy.save())) as unknown;
    const other = await make();
    try {
      await other.strategy.restore?.(saved);
      await other.strategy.goBack!(way);
      assert.equal(other.state(), before);
      for (const wrong of [way, {}, null]) {
        await other.strategy.goBack!(wrong).then(
          () => assert.unreachable('nothing of that stands there'),
          (error: unknown) => assert.instance(error, Error),
        );
        assert.equal(other.state(), before);
      }
    } finally {
      await other.close?.();
    }
  });

  each('what it saved brings another one to where it stood, and anything else is left alone', async (subject) => {
    const { strategy } = subject;
    if (!strategy.save || !strategy.restore) return;
    await strategy.apply(await proposed(subject));
    strategy.kept?.();
    const saved = JSON.parse(JSON.stringify(strategy.save())) as unknown;
    const other = await make();
    try {
      const fresh = other.state();
      for (const stranger of [{}, [], 'x', 7, { strategy: 5 }]) {
        await other.strategy.restore!(stranger);
        assert.equal(other.state(), fresh);
      }
      await other.strategy.restore!(saved);
      assert.equal(other.state(), subject.state());
    } finally {
      await other.close?.();
    }
  });

  test.run();
}
