import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';
import { publisherMetrics } from '../../../src/telemetry/mqtt/metrics.js';
import { EVENT, publisherAt } from './capture-broker.js';

test('what waits, what was dropped and whether there is a connection come out by name', async () => {
  const publisher = publisherAt('mqtt://127.0.0.1:1', { queueMessages: 2 });
  for (let s = 0; s < 5; s++) publisher.event('north', EVENT);
  const metrics = new Metrics();
  metrics.register(publisherMetrics(() => publisher.state()));
  const values = metrics.snapshot();
  assert.is(values['mqtt_queued'], 2);
  assert.is(values['mqtt_dropped.queue-full'], 3);
  assert.is(values['mqtt_dropped.stopped'], 0);
  assert.is(values['mqtt_connections'], 0);
  assert.is('mqtt_connected' in values, false);
  const lines = (await metrics.prometheus()).split('\n');
  assert.ok(lines.includes('edge_mqtt_connected 0'));
  assert.ok(lines.includes('edge_mqtt_in_flight 0'));
  assert.ok(lines.includes('edge_mqtt_sent_total 0'));
  await publisher.stop();
});

test('where nothing is published, every name is there and none has a reading', () => {
  const metrics = new Metrics();
  metrics.register(publisherMetrics(() => null));
  assert.equal(
    Object.entries(metrics.snapshot()).filter(([, value]) => value !== null),
    [],
  );
  assert.is(metrics.definitions().length, 15);
});

test.run();
