import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlertDeclaration } from '../../../src/foundation/alert-declaration.js';
import { type AlertSink, Alerts } from '../../../src/telemetry/alerts/alerts.js';

const HOT: AlertDeclaration = {
  code: 'overheated',
  severities: ['warning', 'critical'],
  help: 'The board is too hot.',
};
const FULL: AlertDeclaration = { code: 'disk-full', severities: ['warning'], help: 'The disk has no room.' };

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
  assert.equal(sent, [['overheated', { severity: 'warning', message: '91 °C', since: 5 }]]);
});

test('tells each state of an alert once, and keeps its beginning', () => {
  const { alerts, sent, at } = alertsAt();
  at(5);
  alerts.raise('overheated', { severity: 'warning', message: '91 °C' });
  at(60_000);
  alerts.raise('overheated', { severity: 'warning', message: '91 °C' });
  assert.is(sent.length, 1);
  alerts.raise('overheated', { severity: 'critical', message: '91 °C', details: { celsius: 91 } });
  assert.equal(sent[1], ['overheated', { severity: 'critical', message: '91 °C', since: 5, details: { celsius: 91 } }]);
  assert.equal(alerts.active(), [
    { code: 'overheated', severity: 'critical', message: '91 °C', since: 5, details: { celsius: 91 } },
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
    ['overheated', { severity: 'warning', message: '91 °C', since: 0 }],
    ['overheated', null],
    ['overheated', { severity: 'warning', message: '91 °C', since: 9 }],
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

test.run();
