import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OPTIMIZATIONS } from '../../../src/config/optimizations.js';
import { OptimizationEngine } from '../../../src/tune/engine/optimization-engine.js';
import type { Optimization } from '../../../src/tune/optimization-strategy.js';
import type { GuardReadings } from '../../../src/tune/trials/guards.js';
import type { TrialRecord } from '../../../src/tune/trials/trial.js';
import { CALM, NOON } from '../trials/samples.js';
import { Dial } from './dial.js';

const UNIX = 1_800_000_000_000;

/** An engine with a clock in hand, whose ledger is a list. */
function bench(
  dials: readonly Dial[] = [new Dial()],
  earlier: readonly TrialRecord[] = [],
  states = new Map<string, object>(),
) {
  let now = 0;
  let guards: GuardReadings = CALM;
  const told: string[] = [];
  const ledger: TrialRecord[] = [];
  const engine = new OptimizationEngine({
    enabled: Object.fromEntries(OPTIMIZATIONS.map((type) => [type, true])) as Record<Optimization, boolean>,
    ledger: {
      put: (trial) => void ledger.push(trial),
      closeInterrupted: () => [],
      recent: () => earlier,
    },
    states: {
      keep: (name, state) => void states.set(name, state),
      kept: (name) => states.get(name) ?? null,
    },
    guards: () => guards,
    circumstances: () => NOON,
    listener: {
      begun: ({ to }) => void told.push(`begun ${to}`),
      ended: ({ to, verdict, why }) => void told.push(`${verdict} ${to}: ${why}`),
      undoFailed: ({ to }, error) => void told.push(`stuck ${to}: ${(error as Error).message}`),
      undone: ({ to }) => void told.push(`undone ${to}`),
      notRestored: (strategy, error) => void told.push(`${strategy} not restored: ${(error as Error).message}`),
    },
    clock: { now: () => now, unixNow: () => UNIX + now },
  });
  for (const dial of dials) engine.register(dial);
  return {
    engine,
    dial: dials[0]!,
    told,
    ledger,
    states,
    set guards(readings: Partial<GuardReadings>) {
      guards = { ...CALM, ...readings };
    },
    async pass(seconds: number) {
      for (const until = now + seconds * 1000; now < until; ) {
        now += 1000;
        await engine.tick();
        await turn();
      }
    },
  };
}

test('a change is tried once its score before is known, kept where it helps, and saved for the next run', async () => {
  const { engine, dial, told, ledger, states, pass } = bench();
  await engine.start();
  dial.wants = 4;
  const [first] = (await engine.optimizeSystem({ only: ['batching'] })).strategies;
  assert.equal([first!.outcome, first!.why], ['measuring', 'the score before is measured for 18 s more']);
  await pass(25);
  assert.equal([dial.at, told], [4, ['begun 4']]);
  assert.is(states.get('batching'), undefined);
  dial.value = 2;
  await pass(30);
  assert.equal(told.at(-1), 'kept 4: it helps: the score went from 1 to 2 (noise 0)');
  assert.equal(states.get('batching'), { at: 4 });
  assert.equal(
    ledger.map(({ verdict }) => verdict),
    [null, 'kept'],
  );
  const { ended } = await engine.optimizeSystem();
  assert.equal(
    ended.map(({ to, verdict }) => [to, verdict]),
    [['4', 'kept']],
  );
  assert.equal((await engine.optimizeSystem()).ended, []);
});

test('one that harms is taken back, and refused the next time', async () => {
  const bed = bench();
  const { engine, dial, told, states, pass } = bed;
  await engine.start();
  await pass(25);
  dial.wants = 4;
  assert.is(
    (await engine.optimizeSystem()).strategies.find(({ strategy }) => strategy === 'batching')?.outcome,
    'tried',
  );
  bed.guards = { errorShare: 0.3 };
  await pass(30);
  assert.is(told.at(-1), 'rolled-back 4: it harms: 30 % of the inferences ended in an error, 0.0 % before');
  assert.equal([dial.at, states.size], [1, 0]);
  bed.guards = {};
  await pass(60);
  const [again] = (await engine.optimizeSystem({ only: ['batching'] })).strategies;
  assert.equal([again!.outcome, dial.at], ['refused', 1]);
  assert.match(again!.why, /^it was rolled back 1 time, and may be tried again in 59 min/);
});

test('the ledger has a trial before its change is made', async () => {
  const { engine, dial, ledger, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  let open = (): void => undefined;
  dial.gate = new Promise((resolve) => {
    open = resolve;
  });
  const optimizing = engine.optimizeSystem({ only: ['batching'] });
  await turn();
  assert.equal([dial.at, ledger.length, ledger[0]!.verdict], [1, 1, null]);
  assert.is((await engine.consider('batching')).outcome, 'waits');
  open();
  await optimizing;
  assert.is(dial.at, 4);
});

test('a change that cannot be made leaves everything as it was, and is written down as rolled back', async () => {
  const { engine, dial, ledger, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  dial.isJammed = true;
  const [report] = (await engine.optimizeSystem({ only: ['batching'] })).strategies;
  assert.equal([report!.outcome, report!.why], ['failed', 'it could not be applied: the dial is jammed']);
  assert.equal([ledger.at(-1)!.verdict, ledger.at(-1)!.undone, dial.at], ['rolled-back', true, 1]);
});

test('a dry run says what would be tried, and tries nothing', async () => {
  const { engine, dial, told, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  const { dryRun, strategies } = await engine.optimizeSystem({ dryRun: true });
  assert.equal(
    [dryRun, strategies.map(({ outcome }) => outcome)],
    [true, ['unavailable', 'unavailable', 'would-try', 'unavailable', 'unavailable', 'unavailable']],
  );
  assert.equal(strategies[2]!.change, { knobs: ['batchSize'], from: '1', to: '4', reason: '4 is wanted' });
  await pass(10);
  assert.equal([dial.at, told], [1, []]);
});

test('waiting for it, the report has what became of it', async () => {
  const { engine, dial, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  const optimizing = engine.optimizeSystem({ only: ['batching'], wait: true });
  await turn();
  dial.value = 0.5;
  await pass(40);
  const [report] = (await optimizing).strategies;
  assert.equal([report!.outcome, report!.trial!.verdict, dial.at], ['tried', 'rolled-back', 1]);
});

test('a strategy that is off is neither asked nor looked at, and turning it off takes back what it tries', async () => {
  const { engine, dial, told, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem();
  assert.is(engine.disableOptimization('batching').isEnabled, false);
  await turn();
  assert.equal([dial.at, told.at(-1)], [1, 'expired 4: the strategy was turned off during it']);
  const { observed } = dial;
  await pass(60);
  assert.is((await engine.optimizeSystem({ only: ['batching'] })).strategies[0]!.outcome, 'off');
  assert.equal([dial.observed, dial.at], [observed, 1]);
  engine.enableOptimization('batching');
  await pass(25);
  // what was only turned off was not harmful
  assert.is((await engine.optimizeSystem({ only: ['batching'] })).strategies[0]!.outcome, 'tried');
});

test('an undo that fails is told and tried again, and nothing else moves its knobs meanwhile', async () => {
  const bed = bench();
  const { engine, dial, told, ledger, pass } = bed;
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem();
  dial.isUndoJammed = true;
  bed.guards = { errorShare: 1 };
  await pass(10);
  assert.is(told.at(-1), 'stuck 4: the dial is stuck');
  assert.equal([ledger.at(-1)!.undone, engine.stuck.length], [false, 1]);
  bed.guards = {};
  dial.wants = 2;
  await pass(60);
  assert.equal((await engine.consider('batching')).why, '4 of batching could not be taken back yet');
  dial.isUndoJammed = false;
  await pass(60);
  assert.equal([dial.at, told.at(-1), ledger.at(-1)!.undone, engine.stuck.length], [1, 'undone 4', true, 0]);
});

test('an emergency does not wait: what is being tried of its knobs ends, and it goes on from there', async () => {
  const [up, down] = [new Dial('model', ['variant']), new Dial('scheduling', ['variant', 'workers'])];
  const { engine, told, pass } = bench([up, down]);
  await engine.start();
  await pass(25);
  up.wants = 4;
  await engine.consider('model');
  down.wants = 2;
  assert.is((await engine.consider('scheduling')).why, 'model tries 4 since 08:00:25 UTC');
  down.more = { isEmergency: true, reason: '91 °C' };
  assert.is((await engine.consider('scheduling')).outcome, 'tried');
  assert.equal(told, ['begun 4', 'rolled-back 4: an emergency ended it: 91 °C', 'begun 2']);
  // the emergency moves all that the other moved: nothing is moved back first
  assert.equal([up.at, down.at], [4, 2]);
  down.wants = 1;
  assert.is((await engine.consider('scheduling')).outcome, 'tried');
  assert.is(told[3], 'kept 2: a further step followed: 91 °C');
});

test('two strategies of different knobs may try at the same time', async () => {
  const [one, other] = [new Dial('batching', ['batchSize']), new Dial('scheduling', ['workers'])];
  const { engine, pass } = bench([one, other]);
  await engine.start();
  await pass(25);
  one.wants = 2;
  other.wants = 3;
  const { strategies } = await engine.optimizeSystem({ only: ['batching', 'scheduling'] });
  assert.equal(
    strategies.map(({ outcome }) => outcome),
    ['tried', 'tried'],
  );
  assert.is(engine.underWay.length, 2);
});

test('what was kept is taken back by hand, saved so, and refused afterwards', async () => {
  const { engine, dial, told, ledger, states, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem({ only: ['batching'] });
  dial.value = 2;
  await pass(40);
  const { id } = ledger.at(-1)!;
  assert.equal([ledger.at(-1)!.verdict, engine.reversible, states.get('batching')], ['kept', [id], { at: 4 }]);
  const trial = await engine.takeBack(id, 'taken back by hand');
  assert.equal([trial.verdict, trial.undone, trial.why], ['rolled-back', true, 'taken back by hand']);
  assert.equal([dial.at, ledger.at(-1), told.at(-1)], [1, trial, 'undone 4']);
  assert.equal([states.get('batching'), engine.reversible], [{ at: 1 }, []]);
  await pass(60);
  const [again] = (await engine.optimizeSystem({ only: ['batching'] })).strategies;
  assert.is(again!.outcome, 'refused');
  assert.match(engine.obstacleToTakingBack(id)!, /^what stood before is not known any more/);
  await rejects(engine.takeBack(id, ''), /pin the knob at its earlier value instead$/);
});

test('what an earlier run kept is taken back after a restart, once, as long as it stands', async () => {
  const before = bench();
  await before.engine.start();
  await before.pass(25);
  before.dial.wants = 4;
  await before.engine.optimizeSystem({ only: ['batching'] });
  before.dial.value = 2;
  await before.pass(40);
  const { id } = before.ledger.at(-1)!;
  before.engine.stop();
  // as it comes from the medium
  const states = new Map([...before.states].map(([name, state]) => [name, JSON.parse(JSON.stringify(state))]));

  const { engine, dial, ledger } = bench([new Dial()], [], states);
  assert.equal(engine.reversible, []);
  await engine.start();
  assert.equal([dial.at, engine.reversible], [4, [id]]);
  dial.at = 6;
  await rejects(engine.takeBack(id, ''), /the dial is at 6 by now/);
  assert.equal(engine.reversible, [id]);
  dial.at = 4;
  const trial = await engine.takeBack(id, 'taken back by hand');
  assert.equal([trial.verdict, trial.undone, trial.why], ['rolled-back', true, 'taken back by hand']);
  assert.equal([dial.at, ledger.at(-1), states.get('batching')], [1, trial, { at: 1 }]);
  const third = bench([new Dial()], [], states);
  await third.engine.start();
  assert.equal([third.dial.at, third.engine.reversible], [1, []]);
});

test('what somebody else has moved is not taken back after a restart either, nor what cannot be read, nor of a strategy that is not there', async () => {
  const { engine, dial, states, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem({ only: ['batching'] });
  dial.value = 2;
  await pass(40);
  const [id] = engine.reversible;
  const kept = structuredClone(states.get('ways-back')!);
  engine.moved(['batchSize'], 'by hand');
  const moved = bench([new Dial()], [], states);
  await moved.engine.start();
  assert.equal(moved.engine.reversible, []);
  const broken = bench([new Dial()], [], new Map([['ways-back', { kept: [{ trial: { id }, way: {} }, 7] }]]));
  await broken.engine.start();
  assert.equal(broken.engine.reversible, []);
  const without = bench([], [], new Map([['ways-back', kept]]));
  await without.engine.start();
  await rejects(without.engine.takeBack(id!, ''), /the batching strategy has nothing to work on now/);
});

test('of two that were kept of the same knobs the later one is taken back first, and the earlier one after it', async () => {
  const { engine, dial, ledger, pass } = bench();
  await engine.start();
  await pass(25);
  for (const [wants, value] of [
    [4, 2],
    [8, 4],
  ] as const) {
    dial.wants = wants;
    await engine.optimizeSystem({ only: ['batching'] });
    await pass(25);
    dial.value = value;
    await pass(60);
  }
  const [first, second] = ledger.filter(({ verdict }) => verdict === 'kept').map(({ id }) => id);
  assert.equal(engine.reversible, [second]);
  assert.is(engine.obstacleToTakingBack(first!), '8 was kept after it: take that back first');
  await engine.takeBack(second!, '');
  assert.equal([dial.at, engine.reversible], [4, [first]]);
  await engine.takeBack(first!, '');
  assert.is(dial.at, 1);
});

test('what a later trial moves to and fro is told as moved, and keeps nobody from taking back what was kept before it', async () => {
  const { engine, dial, told, pass } = bench();
  const apply = dial.apply.bind(dial);
  dial.apply = async (change) => {
    const undo = await apply(change);
    engine.moved(dial.knobs, 'the batch was changed');
    return async () => {
      await undo();
      engine.moved(dial.knobs, 'the batch was changed');
    };
  };
  await engine.start();
  await pass(25);
  for (const [wants, value] of [
    [4, 2],
    [8, 4],
    [9, 1],
  ] as const) {
    dial.wants = wants;
    await engine.optimizeSystem({ only: ['batching'] });
    while (engine.underWay.length === 0) await pass(1);
    dial.value = value;
    await pass(60);
  }
  assert.equal(
    told.map((what) => what.split(':')[0]),
    ['begun 4', 'kept 4', 'begun 8', 'kept 8', 'begun 9', 'rolled-back 9'],
  );
  assert.is(dial.at, 8);
  for (const before of [4, 1]) {
    await engine.takeBack(engine.reversible[0]!, 'by hand');
    assert.is(dial.at, before);
  }
});

test('beneath a step of an emergency that went on from there nothing can be taken back', async () => {
  const { engine, dial, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 8;
  await engine.optimizeSystem({ only: ['batching'] });
  dial.value = 2;
  await pass(40);
  const [kept] = engine.reversible;
  dial.more = { isEmergency: true };
  for (const wants of [4, 2]) {
    dial.wants = wants;
    assert.is((await engine.consider('batching')).outcome, 'tried');
  }
  await pass(60);
  await engine.takeBack(engine.reversible[0]!, 'by hand');
  assert.equal([dial.at, engine.reversible], [4, []]);
  assert.match(engine.obstacleToTakingBack(kept!)!, /^what stood before is not known any more/);
});

test('what is under way is taken back by hand; what an undo cannot take back stands, and can be tried again', async () => {
  const { engine, dial, ledger, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem({ only: ['batching'] });
  const [id] = engine.reversible;
  assert.equal((await engine.takeBack(id!, 'by hand')).why, 'by hand');
  assert.equal([dial.at, engine.underWay.length], [1, 0]);
  dial.wants = 2;
  await pass(25);
  await engine.optimizeSystem({ only: ['batching'] });
  dial.value = 2;
  await pass(40);
  assert.is(ledger.at(-1)!.verdict, 'kept');
  dial.isUndoJammed = true;
  const [kept] = engine.reversible;
  await rejects(engine.takeBack(kept!, ''), /the dial is stuck/);
  assert.equal([dial.at, engine.reversible, ledger.at(-1)!.verdict], [2, [kept], 'kept']);
  dial.isUndoJammed = false;
  await engine.takeBack(kept!, '');
  assert.is(dial.at, 1);
});

test('what somebody else has moved since it was kept is not taken back', async () => {
  const { engine, dial, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.optimizeSystem({ only: ['batching'] });
  dial.value = 2;
  await pass(40);
  assert.is(engine.reversible.length, 1);
  engine.moved(['batchSize'], 'somebody moved it');
  assert.equal(engine.reversible, []);
});

test('what somebody else moves ends the trial of it, and is not taken back', async () => {
  const { engine, dial, told, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.consider('batching');
  engine.moved(['model'], 'a command changed the model');
  assert.is(engine.underWay.length, 1);
  dial.at = 8;
  engine.moved(['batchSize'], 'a command changed the batch');
  assert.equal([dial.at, told.at(-1)], [8, 'expired 4: a command changed the batch']);
});

test('what a trial moves itself, while it is being made, ends no trial', async () => {
  const { engine, dial, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  let open = (): void => undefined;
  dial.gate = new Promise((resolve) => {
    open = resolve;
  });
  const considering = engine.consider('batching');
  await turn();
  engine.moved(['batchSize'], 'the batch was changed');
  open();
  assert.equal([(await considering).outcome, engine.underWay.length], ['tried', 1]);
});

test('a stop in the middle of a trial closes it, and the next run begins with what was before', async () => {
  const { engine, dial, ledger, states, pass } = bench();
  await engine.start();
  await pass(25);
  dial.wants = 4;
  await engine.consider('batching');
  engine.stop();
  assert.equal([ledger.at(-1)!.verdict, ledger.at(-1)!.why], ['expired', 'the program was stopped during it']);
  assert.is(states.size, 0);
  assert.is((await engine.consider('batching')).why, 'the program does not run');
});

test('what an earlier run kept is taken up at the start', async () => {
  const { engine, dial, states } = bench();
  states.set('batching', { at: 8 });
  await engine.start();
  assert.is(dial.at, 8);
});

test('what an earlier run kept and cannot be had again is told, and the rest goes on', async () => {
  const [first, second] = [new Dial('model', ['model']), new Dial('batching')];
  first.restore = () => {
    throw new Error('its file is damaged');
  };
  const { engine, states, told } = bench([first, second]);
  states.set('model', { at: 3 });
  states.set('batching', { at: 8 });
  await engine.start();
  assert.equal(told, ['model not restored: its file is damaged']);
  assert.is(second.at, 8);

  // one that comes later, when nobody waits for it
  engine.register(first);
  await turn();
  assert.is(told.length, 2);
});

test('a strategy that is not there yet is answered in words, and a name that is none with what was meant', async () => {
  const { engine } = bench();
  assert.is(engine.enableOptimization('database').note, 'nothing that the database strategy moves is in use here');
  assert.is(engine.getStatus().batching.note, null);
  assert.throws(
    () => engine.enableOptimization('cach' as Optimization),
    (error: unknown) => error instanceof RangeError && error.message.endsWith('got cach; did you mean cache?'),
  );
});

test('a strategy that fails to look has no score then, and is reported when it is asked', async () => {
  const { engine, dial, pass } = bench();
  await engine.start();
  dial.observe = () => {
    throw new Error('no readings');
  };
  await pass(25);
  const [report] = (await engine.optimizeSystem({ only: ['batching'] })).strategies;
  assert.equal([report!.outcome, report!.why], ['failed', 'no readings']);
});

async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason as Error,
  );
  assert.match(error?.message ?? 'nothing was thrown', message);
}

test.run();
