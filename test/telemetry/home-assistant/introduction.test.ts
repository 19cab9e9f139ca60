import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeOf } from '../../../src/foundation/scope.js';
import type { DiscoveryOptions } from '../../../src/telemetry/home-assistant/discovery.js';
import { introductionOf } from '../../../src/telemetry/home-assistant/introduction.js';

const camera = (id: string) => ({ id, lines: [], zones: [] });
const wanted = (more: Partial<DiscoveryOptions> = {}): DiscoveryOptions => ({
  scope: scopeOf({ site: 'demo', device: 'cabinet7' }),
  prefix: 'homeassistant',
  version: '0.1.0',
  cameras: [camera('north'), camera('south')],
  alerts: [],
  metricsFullIntervalMs: 3_600_000,
  trafficIntervalMin: 5,
  ...more,
});
const TOPIC = 'homeassistant/device/demo/cabinet7/config';
const components = (payload: string | null | undefined) => JSON.parse(payload ?? '{}').cmps as Record<string, object>;

test('where it was never wanted nothing is told and nothing remembered', () => {
  assert.equal(introductionOf(null, null), { messages: [], remembered: null, next: null });
});

test('a device is introduced whole, and remembered', () => {
  const { messages, remembered, next } = introductionOf(wanted(), null);
  assert.equal(
    messages.map(({ topic }) => topic),
    [TOPIC],
  );
  assert.is(remembered?.topic, TOPIC);
  assert.is(remembered?.entities['north/vehicles'], 'sensor');
  assert.is(remembered?.entities['throttled'], 'binary_sensor');
  assert.is(next, null);
  assert.equal(introductionOf(wanted(), remembered).messages, messages, 'the same again at the next start');
});

test('a camera that is gone is taken away first, and left out afterwards; until then a restart does it again', () => {
  const { remembered: before } = introductionOf(wanted(), null);
  const less = wanted({ cameras: [camera('north')] });
  const first = introductionOf(less, before);
  assert.equal(components(first.messages[0]?.payload)['south/vehicles'], { p: 'sensor' });
  assert.is(first.remembered?.entities['south/vehicles'], 'sensor');
  assert.equal(introductionOf(less, first.remembered).messages, first.messages);
  const last = first.next!;
  assert.is('south/vehicles' in components(last.messages[0]?.payload), false);
  assert.is('south/vehicles' in last.remembered!.entities, false);
  assert.is(last.next, null);
});

test('where it is not wanted any more the device is cleared, which is forgotten once that was heard', () => {
  const { remembered: before } = introductionOf(wanted(), null);
  const { messages, remembered, next } = introductionOf(null, before);
  assert.equal(messages, [{ topic: TOPIC, payload: null }]);
  assert.is(remembered, before);
  assert.equal(next, { messages: [], remembered: null, next: null });
});

test('with another prefix or name what was at the old topic is cleared', () => {
  const { remembered: before } = introductionOf(wanted(), null);
  const { messages, remembered, next } = introductionOf(wanted({ prefix: 'ha' }), before);
  assert.equal(messages[0], { topic: TOPIC, payload: null });
  assert.is(messages[1]?.topic, 'ha/device/demo/cabinet7/config');
  assert.is(remembered, before);
  assert.is(next?.remembered?.topic, 'ha/device/demo/cabinet7/config');
});

test.run();
