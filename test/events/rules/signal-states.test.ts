import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeCrossing } from '../../../src/events/rules/red-light.js';
import { SignalInbox } from '../../../src/events/rules/signal-inbox.js';
import { SignalStates } from '../../../src/events/rules/signal-states.js';

const T = 1_700_000_000_000;
const MAX_AGE = 5000;

test('what a signal showed is known between its words, and so long after the last of them as is allowed', () => {
  const states = new SignalStates(['north']);
  assert.is(states.shown('north', T, MAX_AGE), null, 'never heard of');
  assert.ok(states.say('north', 'green', T));
  assert.ok(states.say('north', 'green', T + 1000));
  assert.ok(states.say('north', 'red', T + 2000, T + 1400));
  assert.equal(states.shown('north', T + 1200, MAX_AGE), { id: 'north', state: 'green', sinceMs: 1200, ageMs: 200 });
  assert.equal(states.shown('north', T + 1900, MAX_AGE), { id: 'north', state: 'red', sinceMs: 500, ageMs: 0 });
  assert.is(states.shown('north', T + 7000, MAX_AGE)?.ageMs, 5000);
  assert.is(states.shown('north', T + 7001, MAX_AGE), null, 'stale: nobody knows');
  assert.is(states.shown('north', T - 1, MAX_AGE), null, 'before the first word');
  assert.is(states.shown('south', T, MAX_AGE), null);
});

test('what is older than what was said, and what is said of a signal that nobody asked for, is not taken', () => {
  const states = new SignalStates(['north']);
  states.say('north', 'red', T);
  assert.not.ok(states.say('north', 'green', T - 1));
  assert.not.ok(states.say('south', 'green', T));
  assert.is(states.shown('north', T, MAX_AGE)?.state, 'red');
});

test('a red that began again after a green counts from then on', () => {
  const states = new SignalStates(['north']);
  for (const [at, state] of [
    [0, 'red'],
    [10, 'green'],
    [20, 'yellow'],
    [23, 'red'],
  ] as const)
    states.say('north', state, T + at * 1000);
  assert.is(states.shown('north', T + 24_000, MAX_AGE)?.sinceMs, 1000);
  assert.is(states.shown('north', T + 22_000, MAX_AGE)?.state, 'yellow');
});

test('only what is short, well formed, of now and not too often is taken from the network, and each refusal is counted', () => {
  const inbox = new SignalInbox(new SignalStates(['north']));
  const say = (report: unknown, steady = 0) =>
    inbox.receive('north', typeof report === 'string' ? report : JSON.stringify(report), T, steady);
  assert.is(say({ state: 'red', at: T }), 'taken');
  assert.is(say({ state: 'red', at: T - 1 }), 'old');
  assert.is(say({ state: 'red', at: T - 6000 }), 'clock');
  assert.is(say({ state: 'red', at: T + 6000 }), 'clock');
  for (const wrong of [
    '',
    '{',
    '[]',
    { state: 'blue', at: T },
    { state: 'red' },
    { state: 'red', at: T, since: T + 1 },
  ]) {
    assert.is(say(wrong), 'malformed', JSON.stringify(wrong));
  }
  assert.is(say(`{"state":"red","at":${T},"x":"${'x'.repeat(600)}"}`), 'malformed');
  for (let i = 0; i < 20; i++) say({ state: 'red', at: T });
  assert.is(say({ state: 'red', at: T }), 'flood');
  assert.is(say({ state: 'red', at: T + 1 }, 1000), 'taken');
  assert.is(inbox.receive('south', '{}', T, 0), 'flood', 'no signal of that name');
  const { taken, malformed } = inbox.counts.get('north')!;
  assert.ok(taken >= 2 && malformed === 7);
});

test('crossing is an offence on red after the grace, on yellow only where that is said, and never where nobody knows', () => {
  const seen = (state: 'red' | 'red-yellow' | 'yellow' | 'green' | 'flashing' | 'dark', sinceMs: number) => ({
    id: 'north',
    state,
    sinceMs,
    ageMs: 100,
  });
  const grace = { graceMs: 500, yellowAfterMs: null };
  assert.is(judgeCrossing(seen('red', 501), grace), 'offence');
  assert.is(judgeCrossing(seen('red-yellow', 501), grace), 'offence');
  assert.is(judgeCrossing(seen('red', 500), grace), 'lawful');
  assert.is(judgeCrossing(seen('yellow', 9000), grace), 'lawful');
  assert.is(judgeCrossing(seen('yellow', 2001), { ...grace, yellowAfterMs: 2000 }), 'offence');
  assert.is(judgeCrossing(seen('yellow', 2000), { ...grace, yellowAfterMs: 2000 }), 'lawful');
  assert.is(judgeCrossing(seen('green', 1), grace), 'lawful');
  for (const verdict of [null, seen('flashing', 900), seen('dark', 900)])
    assert.is(judgeCrossing(verdict, grace), 'unknown');
});

test.run();
