import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import { collectorMetrics, collectorRows } from '../../src/collector/api/collector-metrics.js';
import { DEFAULT_PRESENCE_LIMITS } from '../../src/collector/device/presence.js';
import { FleetSnapshots } from '../../src/collector/overview/fleet-snapshot.js';
import { OPERATOR } from '../../src/foundation/viewer.js';
import { prometheusName } from '../../src/telemetry/metrics/prometheus.js';
import { temporaryFolder } from '../temporary.js';
import { fedCollector } from './fed-collector.js';

const folder = temporaryFolder('collector-metrics');
const FROM = 1_795_000_000_000;
const BROKER = { connected: true, connections: 3 };

test('what Prometheus reads is what was collected', async () => {
  const { messages, truths } = simulatedFleet({ devices: 3, hours: 2, seed: 8, from: FROM });
  const fed = await fedCollector(folder, { file: join(folder, 'fleet.sqlite') });
  const wrong = ['edge/v1/a/b/event/north', 'edge/v2/a/b/status'].map((topic) => ({ at: FROM, topic, payload: '{}' }));
  await fed.feed([...messages, ...wrong]);
  const now = () => messages.at(-1)!.at;
  const snapshots = new FleetSnapshots({ store: fed.store, limits: DEFAULT_PRESENCE_LIMITS, now });
  const { collector } = fed;
  const route = collectorMetrics({
    state: () => collector.state(),
    broker: () => BROKER,
    figures: () => collector.figures,
    waitingSince: () => collector.waitingSince,
    snapshot: () => snapshots.latest(),
    now,
  });
  const { body } = await route.handle(new URLSearchParams(), OPERATOR, {} as never);
  const text = String(body);
  const value = (series: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    assert.ok(line !== undefined, `${series} in ${text}`);
    return Number(line!.slice(series.length + 1));
  };
  const { counts } = collector.state();
  assert.is(value('edge_collector_messages_received_total'), messages.length + 2);
  assert.is(value('edge_collector_messages_kept_total'), counts.taken);
  assert.is(value('edge_collector_messages_doubled_total'), counts.doubles);
  assert.is(value('edge_collector_messages_quarantined_total{reason="unknown-version"}'), 1);
  assert.is(value('edge_collector_messages_quarantined_total{reason="not-by-schema"}'), 1);
  assert.is(value('edge_collector_messages_quarantined_total{reason="oversize"}'), 0);
  assert.is(
    value('edge_collector_messages_lost'),
    truths.reduce((all, { lost }) => all + lost, 0),
  );
  assert.is(value('edge_collector_devices_losing'), truths.filter(({ lost }) => lost > 0).length);
  assert.is(value('edge_collector_devices{state="online"}'), 3);
  assert.is(value('edge_collector_devices{state="gone"}'), 0);
  assert.is(
    value('edge_collector_alerts{severity="warning"}'),
    truths.reduce((all, { alerts }) => all + alerts.size, 0),
  );
  const bytes = [...messages, ...wrong].reduce((all, { payload }) => all + Buffer.byteLength(payload), 0);
  assert.is(value('edge_collector_received_bytes_total'), bytes);
  assert.is(value('edge_collector_messages_waiting'), 0);
  assert.is(value('edge_collector_lag_seconds'), 0);
  assert.ok(value('edge_collector_commit_seconds_count') > 0 && value('edge_collector_batch_messages') > 0);
  assert.is(value('edge_collector_failing'), 0);
  assert.is(value('edge_collector_broker_connections_total'), 3);
  await snapshots.stop();
  await fed.close();
});

test('docs/collector.md names every metric, and no other', () => {
  const rows = collectorRows({} as never, () => []);
  const has = rows.map((row) => prometheusName(row) + (row.labels.length > 0 ? `{${row.labels.join(',')}}` : ''));
  const text = readFileSync('docs/collector.md', 'utf8');
  const told = [...text.matchAll(/^\| `(edge_collector_[^`]+)` \|/gm)].map(([, name]) => name!);
  assert.equal(told.toSorted(), has.toSorted());
});

test.run();
