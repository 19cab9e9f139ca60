import type { Severity } from '../../foundation/alert-declaration.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import type { MetricRow, Reading } from '../../foundation/metric-row.js';
import { sum } from '../../foundation/statistics.js';
import { Metrics } from '../../telemetry/metrics/metrics.js';
import type { CollectorState } from '../collector.js';
import type { CollectorFigures } from '../collector-figures.js';
import { PRESENCES } from '../device/presence.js';
import { QUARANTINE_REASONS } from '../inbound/inspection.js';
import type { DeviceStanding, FleetSnapshot } from '../overview/fleet-snapshot.js';

/** What the metrics are read from. */
export interface MeasuredCollector {
  state(): CollectorState;
  broker(): { readonly connected: boolean; readonly connections: number };
  figures(): CollectorFigures;
  /** Unix ms at which the message that waits longest arrived; null: none waits. */
  waitingSince(): number | null;
  /** @throws as the store does */
  snapshot(): Promise<FleetSnapshot>;
  /** Unix ms. */
  now(): number;
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/** `GET /metrics` of a collector: Prometheus's text. There are no labels but those of short lists: no device makes a series of its own. */
export function collectorMetrics(collector: MeasuredCollector): HttpRoute {
  let standings: readonly DeviceStanding[] = [];
  const metrics = new Metrics();
  metrics.register(collectorRows(collector, () => standings));
  const { path, handle } = metrics.route;
  return {
    path,
    handle: async (...asked) => {
      standings = (await collector.snapshot()).devices;
      return handle(...asked);
    },
  };
}

/** @param standings how the devices are */
export function collectorRows(
  { state, broker, figures, waitingSince, now }: Omit<MeasuredCollector, 'snapshot'>,
  standings: () => readonly DeviceStanding[],
): MetricRow[] {
  const counter = (name: string, help: string, read: () => number): MetricRow => ({
    ...one(name, help, read),
    type: 'counter',
  });
  const gauge = (name: string, help: string, read: () => number | null): MetricRow => ({
    ...one(name, help, read),
    type: 'gauge',
  });
  const lag = (): number => {
    const since = waitingSince();
    return since === null ? 0 : Math.max(0, now() - since);
  };
  return [
    counter('collector_messages_received', 'Messages that arrived.', () => state().counts.received),
    counter('collector_messages_kept', 'Messages that were new, and are kept.', () => state().counts.taken),
    counter('collector_messages_doubled', 'Messages that came before.', () => state().counts.doubles),
    counter('collector_messages_ignored', 'Messages to devices and between them.', () => state().counts.ignored),
    {
      ...several(
        'collector_messages_quarantined',
        'reason',
        'Messages that were put aside.',
        QUARANTINE_REASONS,
        (reason) => state().quarantined[reason] ?? 0,
      ),
      type: 'counter',
    },
    gauge('collector_messages_lost', 'Messages that will never come, and of which no device told.', () =>
      sum(standings().map(({ lost }) => lost)),
    ),
    gauge(
      'collector_devices_losing',
      'Devices of which something was lost.',
      () => standings().filter(({ lost }) => lost > 0).length,
    ),
    counter('collector_births_asked', 'Births that devices were asked for.', () => state().counts.rebirths),
    { ...counter('collector_received', 'Bytes of the payloads that arrived.', () => figures().bytes), unit: 'bytes' },
    {
      ...several(
        'collector_devices',
        'state',
        'Devices by how they are.',
        PRESENCES,
        (presence) => standings().filter((standing) => standing.state === presence).length,
      ),
      type: 'gauge',
    },
    {
      ...several('collector_alerts', 'severity', 'Alerts of devices that hold.', SEVERITIES, (severity) =>
        sum(standings().map(({ alerts }) => alerts.filter((alert) => alert.severity === severity).length)),
      ),
      type: 'gauge',
    },
    gauge('collector_messages_waiting', 'Messages that wait to be written.', () => state().waiting),
    { ...gauge('collector_lag', 'For how long the message waits that waits longest.', lag), unit: 'ms' },
    gauge('collector_batch_messages', 'Messages of the newest batch.', () => figures().newestBatch),
    {
      name: 'collector_commit',
      unit: 'ms',
      labels: [],
      help: 'How long the store took for a batch.',
      type: 'histogram',
      read: () => [[[], figures().commits]],
    },
    gauge('collector_failing', '1 while nothing can be written.', () => Number(state().problem !== null)),
    gauge('collector_broker_connected', '1 while there is a connection to the broker.', () =>
      Number(broker().connected),
    ),
    counter('collector_broker_connections', 'Connections to the broker that were made.', () => broker().connections),
  ];
}

const one = (name: string, help: string, read: () => number | null) => ({
  name,
  unit: '',
  labels: [],
  help,
  step: 1,
  mqtt: false,
  read: (): Reading<number>[] => [[[], read()]],
});

const several = <Word extends string>(
  name: string,
  label: string,
  help: string,
  words: readonly Word[],
  read: (word: Word) => number,
) => ({
  ...one(name, help, () => null),
  labels: [label],
  read: () => words.map((word): Reading<number> => [[word], read(word)]),
});
