import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlertDeclaration } from '../../../src/foundation/alert-declaration.js';
import { type AlertSink, Alerts, type AlertTransition } from '../../../src/telemetry/alerts/alerts.js';

const HOT: AlertDeclaration = {
  code: 'overheated',
  severities: ['warning', 'critical'],
  help: 'The board is too hot.',
  action: 'Cool it.',
};
const FULL: AlertDeclaration = {
  code: 'disk-full',
  severities: ['warning'],
  help: 'The disk has no room.',
  action: 'Make room.',
};

function recorded(): { sink: AlertSink; sent: [string, unknown][] } {
  const sent: [string, unknown][] = [];
  return { sink: { alert: (code, payload) => sent.push([code, payload]) }, sent };
}

function alertsAt(): { alerts: Alerts; sent: [string, unknown][]; at: (ms: number) => void } {
  let now = 0;
  const alerts = new Alerts(() => now);
  const { sink, sent } = recorded();
  alerts.tell(sink);
  alerts.declare([HOT]);
  sent.length = 0;
  return { alerts, sent, at: (ms) => void (now = ms) };
}

test('what an earlier run may have left is cleared, whether the code or the sink comes first', () => {
  const alerts = new Alerts(() => 0);
  const { sink, sent } = recorded();
  alerts.declare([HOT]);
  alerts.tell(sink);
  alerts.declare([FULL]);
  assert.equal(sent, [
    ['overheated', null],
    ['disk-full', null],
  ]);
});

test('a sink that comes later hears of what holds', () => {
  const { alerts, at } = alertsAt();
  at(5);
  alerts.raise('overheated', { severity: 'warning', message: '91 °C' });
  const { sink, sent } = recorded();
  alerts.tell(sink);
  assert.equal(sent, [['overheated', { severity: 'warning', message: '91 °C', action: 'Cool it.', since: 5 }]]);
});

test('tells each state of an alert once, and keeps its beginning', () => {
  const { alerts, sent, at } = alertsAt();
  at(5);
  alerts.raise('overheated', { severity: 'warning', message: '91 °C' });
  at(60_000);
  alerts.raise('overheated', { severity: 'warning', message: '91 °C' });
  assert.is(sent.length, 1);
  alerts.raise('overheated', { severity: 'critical', message: '91 °C', details: { celsius: 91 } });
  assert.equal(sent[1], [
    'overheated',
    { severity: 'critical', message: '91 °C', action: 'Cool it.', since: 5, details: { celsius: 91 } },
  ]);
  assert.equal(alerts.active(), [
    {
      code: 'overheated',
      severity: 'critical',
      message: '91 °C',
      action: 'Cool it.',
      since: 5,
      details: { celsius: 91 },
    },
  ]);
});

test('clears an alert once, when its cause is gone, and the next one has a beginning of its own', () => {
  const { alerts, sent, at } = alertsAt();
  alerts.clear('overheated');
  alerts.set('overheated', { severity: 'warning', message: '91 °C' });
  alerts.set('overheated', null);
  alerts.set('overheated', null);
  at(9);
  alerts.set('overheated', { severity: 'warning', message: '91 °C' });
  assert.equal(sent, [
    ['overheated', { severity: 'warning', message: '91 °C', action: 'Cool it.', since: 0 }],
    ['overheated', null],
    ['overheated', { severity: 'warning', message: '91 °C', action: 'Cool it.', since: 9 }],
  ]);
});

test('a message longer than a broker is told is cut', () => {
  const { alerts, sent } = alertsAt();
  alerts.raise('overheated', { severity: 'warning', message: 'x'.repeat(1001) });
  assert.is((sent[0]![1] as { message: string }).message.length, 1000);
});

test('a code is declared by one part, and nothing else is raised or cleared', () => {
  const { alerts } = alertsAt();
  assert.throws(() => alerts.declare([HOT]), /alert overheated is declared already/);
  assert.throws(() => alerts.raise('disk-full', { severity: 'warning', message: 'm' }), /disk-full was not declared/);
  assert.throws(() => alerts.clear('disk-full'), /disk-full was not declared/);
  assert.throws(
    () => alerts.raise('overheated', { severity: 'info', message: 'm' }),
    /overheated: expected warning or critical, got info/,
  );
});

const WARM = { severity: 'warning', message: '91 °C' } as const;
const HOTTER = { severity: 'critical', message: '99 °C' } as const;

function transitionsOf(alerts: Alerts): AlertTransition[] {
  const heard: AlertTransition[] = [];
  alerts.onTransition((transition) => heard.push(transition));
  return heard;
}

const kinds = (heard: readonly AlertTransition[]): string[] => heard.map(({ kind }) => kind);

test('an alert that names a better action than its declaration tells that one', () => {
  const { alerts } = alertsAt();
  alerts.raise('overheated', { ...WARM, action: 'Clean the fan.', value: 91, expected: 85, unit: '°C' });
  assert.equal(alerts.active(), [
    {
      code: 'overheated',
      since: 0,
      severity: 'warning',
      message: '91 °C',
      action: 'Clean the fan.',
      value: 91,
      expected: 85,
      unit: '°C',
    },
  ]);
});

test('a new value under the same words is shown, and told to nobody', () => {
  const { alerts, sent } = alertsAt();
  alerts.raise('overheated', { ...WARM, value: 91 });
  alerts.raise('overheated', { ...WARM, value: 93 });
  assert.is(alerts.active()[0]!.value, 93);
  assert.is(sent.length, 1);
});

test('each step of an alert is heard once, with the time and the alert', () => {
  const { alerts, at } = alertsAt();
  const heard = transitionsOf(alerts);
  at(5);
  alerts.raise('overheated', WARM);
  alerts.raise('overheated', WARM);
  at(6);
  alerts.raise('overheated', HOTTER);
  at(7);
  alerts.clear('overheated');
  alerts.clear('overheated');
  assert.equal(
    heard.map(({ at, kind, alert }) => [at, kind, alert?.severity, alert?.since]),
    [
      [5, 'raised', 'warning', 5],
      [6, 'changed', 'critical', 5],
      [7, 'cleared', 'critical', 5],
    ],
  );
});

test('words that change at the same severity are a step every five minutes at most', () => {
  const { alerts, sent, at } = alertsAt();
  const heard = transitionsOf(alerts);
  for (const s of [0, 10, 299, 300, 400]) {
    at(s * 1000);
    alerts.raise('overheated', { severity: 'warning', message: `91 °C for ${s} s` });
  }
  assert.equal(
    heard.map(({ at, kind }) => [at, kind]),
    [
      [0, 'raised'],
      [300_000, 'changed'],
    ],
  );
  assert.is(sent.length, 5);
});

test('who acknowledges an alert is told with it until it is worse or over', () => {
  const { alerts, sent, at } = alertsAt();
  const heard = transitionsOf(alerts);
  alerts.raise('overheated', WARM);
  at(9);
  assert.equal(alerts.acknowledge('overheated', 'Ana').acknowledged, { at: 9, by: 'Ana' });
  alerts.raise('overheated', { ...WARM, message: '92 °C' });
  assert.equal(alerts.active()[0]!.acknowledged, { at: 9, by: 'Ana' });
  alerts.raise('overheated', HOTTER);
  assert.is(alerts.active()[0]!.acknowledged, undefined);
  assert.equal(
    sent.map(([, payload]) => (payload as { acknowledged?: unknown }).acknowledged),
    [undefined, { at: 9, by: 'Ana' }, { at: 9, by: 'Ana' }, undefined],
  );
  assert.equal(kinds(heard), ['raised', 'acknowledged', 'changed']);
  assert.is(heard[1]!.by, 'Ana');
});

test('an alert that does not hold cannot be acknowledged', () => {
  const { alerts } = alertsAt();
  assert.throws(() => alerts.acknowledge('overheated', 'Ana'), /overheated does not hold: there is nothing to/);
});

test('a code that no alert has is named with the one that was meant', () => {
  const { alerts } = alertsAt();
  assert.throws(
    () => alerts.acknowledge('overheatd', 'Ana'),
    /^there is no alert overheatd: did you mean overheated\?$/,
  );
  assert.throws(() => alerts.snooze('nothing', 0, 'Ana'), /^there is no alert nothing$/);
});

test('a snoozed alert is taken back, stays among those that hold, and is told again when the time is over', () => {
  const { alerts, sent, at } = alertsAt();
  const heard = transitionsOf(alerts);
  alerts.raise('overheated', WARM);
  alerts.snooze('overheated', 60_000, 'Ana');
  assert.equal(sent[1], ['overheated', null]);
  assert.is(alerts.active()[0]!.snoozedUntil, 60_000);
  at(59_999);
  alerts.endSnoozes();
  alerts.raise('overheated', { ...WARM, message: '92 °C' });
  assert.equal(sent[2], ['overheated', null]);
  at(60_000);
  alerts.endSnoozes();
  assert.equal(sent[3], ['overheated', { severity: 'warning', message: '92 °C', action: 'Cool it.', since: 0 }]);
  assert.is(alerts.active()[0]!.snoozedUntil, undefined);
  assert.equal(kinds(heard), ['raised', 'snoozed', 'unsnoozed']);
  assert.is(heard[1]!.until, 60_000);
});

test('a code that is snoozed before it begins is heard by listeners alone, its end too', () => {
  const { alerts, sent, at } = alertsAt();
  const heard = transitionsOf(alerts);
  alerts.snooze('overheated', 60_000, 'Ana');
  at(1000);
  alerts.raise('overheated', WARM);
  alerts.clear('overheated');
  assert.equal(
    sent.filter(([, payload]) => payload !== null),
    [],
  );
  assert.equal(kinds(heard), ['snoozed', 'raised', 'cleared']);
  assert.is(heard[0]!.alert, null);
});

test('an alert that becomes worse is told in spite of its snooze', () => {
  const { alerts, sent } = alertsAt();
  alerts.raise('overheated', WARM);
  alerts.snooze('overheated', 60_000, 'Ana');
  alerts.raise('overheated', HOTTER);
  assert.equal(sent.at(-1), ['overheated', { severity: 'critical', message: '99 °C', action: 'Cool it.', since: 0 }]);
});

test('a snooze until now or earlier ends one', () => {
  const { alerts, sent, at } = alertsAt();
  alerts.raise('overheated', WARM);
  alerts.snooze('overheated', 60_000, 'Ana');
  at(10);
  alerts.snooze('overheated', 10, 'Bo');
  assert.equal(sent.at(-1), ['overheated', { severity: 'warning', message: '91 °C', action: 'Cool it.', since: 0 }]);
});

test('nothing is snoozed for more than 30 days, nor for ever by a clock that is set back', () => {
  const { alerts, at } = alertsAt();
  const years = 400 * 86_400_000;
  at(years);
  assert.throws(() => alerts.snooze('overheated', years + 31 * 86_400_000, 'Ana'), /at most 30 days, got 31/);
  assert.throws(() => alerts.snooze('overheated', Number.NaN, 'Ana'), /at most 30 days, got NaN/);
  alerts.snooze('overheated', years + 60_000, 'Ana');
  at(0);
  alerts.raise('overheated', WARM);
  assert.is(alerts.active()[0]!.snoozedUntil, undefined);
});

/** A run of the program after one that left something. */
function restarted(
  before: Alerts,
  at: number,
): { alerts: Alerts; sent: [string, unknown][]; heard: AlertTransition[] } {
  const alerts = new Alerts(() => at);
  alerts.declare([HOT, FULL]);
  const states = ['overheated', 'disk-full'].flatMap((code) => before.state(code) ?? []);
  alerts.restore(JSON.parse(JSON.stringify(states)));
  const { sink, sent } = recorded();
  const heard = transitionsOf(alerts);
  alerts.tell(sink);
  return { alerts, sent, heard };
}

test('an alert that is raised again after a restart goes on: beginning and acknowledgement stay, and it is no step', () => {
  const { alerts: before, at } = alertsAt();
  at(5);
  before.raise('overheated', WARM);
  before.acknowledge('overheated', 'Ana');
  const { alerts, sent, heard } = restarted(before, 1000);
  // nothing is known of it yet: what the broker retains stays
  assert.equal(sent, [['disk-full', null]]);
  assert.equal(alerts.active(), []);
  alerts.clear('overheated');
  alerts.raise('overheated', WARM);
  alerts.forgetEarlier();
  const told = {
    severity: 'warning',
    message: '91 °C',
    action: 'Cool it.',
    since: 5,
    acknowledged: { at: 5, by: 'Ana' },
  };
  assert.equal(sent.slice(1), [['overheated', told]]);
  assert.equal(alerts.active(), [{ code: 'overheated', ...told }]);
  assert.equal(heard, []);
});

test('an alert that is not raised again after a restart is over after a while', () => {
  const { alerts: before } = alertsAt();
  before.raise('overheated', WARM);
  const { alerts, sent, heard } = restarted(before, 1000);
  assert.is(alerts.state('overheated')!.alert!.message, '91 °C');
  alerts.forgetEarlier();
  assert.equal(sent.at(-1), ['overheated', null]);
  assert.equal(
    heard.map(({ kind, alert, at }) => [kind, alert!.message, at]),
    [['cleared', '91 °C', 1000]],
  );
  assert.is(alerts.state('overheated'), null);
});

test('a snooze outlives a restart, and an alert of a code that is gone is over', () => {
  const { alerts: before } = alertsAt();
  before.snooze('overheated', 60_000, 'Ana');
  const { alerts, sent } = restarted(before, 1000);
  alerts.raise('overheated', WARM);
  assert.is(alerts.active()[0]!.snoozedUntil, 60_000);
  assert.equal(
    sent.filter(([, payload]) => payload !== null),
    [],
  );
  const heard = transitionsOf(alerts);
  alerts.restore([
    { code: 'of-an-old-version', alert: { ...alerts.active()[0]!, code: 'of-an-old-version' }, snooze: null },
  ]);
  alerts.forgetEarlier();
  assert.equal(
    heard.map(({ code, kind }) => [code, kind]),
    [['of-an-old-version', 'cleared']],
  );
});

test.run();
