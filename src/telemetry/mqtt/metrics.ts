import { type MetricRow, single } from '../../foundation/metric-row.js';
import { PUBLISH_DROP_CAUSES } from './publish-drops.js';
import type { PublisherState } from './publisher.js';

/** What the metrics tell of a publisher. */
export type PublisherReading = Pick<
  PublisherState,
  'phase' | 'queued' | 'inFlight' | 'sent' | 'connections' | 'dropped'
>;

/** The metrics of what is published. @param state null where nothing is */
export function publisherMetrics(state: () => PublisherReading | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'mqtt_connected',
      unit: '',
      labels: [],
      step: 1,
      mqtt: false,
      help: '1 while there is a connection to the broker, else 0.',
      read: () => {
        const phase = state()?.phase;
        return single(phase === undefined ? null : Number(phase === 'connected'));
      },
    },
    {
      type: 'gauge',
      name: 'mqtt_queued',
      unit: 'messages',
      labels: [],
      step: 1,
      help: 'Messages waiting in memory for the broker.',
      read: () => single(state()?.queued ?? null),
    },
    {
      type: 'gauge',
      name: 'mqtt_in_flight',
      unit: 'messages',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Messages sent that the broker has not acknowledged.',
      read: () => single(state()?.inFlight ?? null),
    },
    {
      type: 'counter',
      name: 'mqtt_sent',
      unit: 'messages',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Messages delivered to the broker.',
      read: () => single(state()?.sent ?? null),
    },
    {
      type: 'counter',
      name: 'mqtt_dropped',
      unit: 'messages',
      labels: ['cause'],
      step: 1,
      help: `Messages that never reached the broker, by cause: ${PUBLISH_DROP_CAUSES.join(', ')}.`,
      *read() {
        const dropped = state()?.dropped;
        for (const cause of PUBLISH_DROP_CAUSES) yield [[cause], dropped?.[cause] ?? null];
      },
    },
    {
      type: 'counter',
      name: 'mqtt_connections',
      unit: '',
      labels: [],
      step: 1,
      help: 'Connections that the broker accepted.',
      read: () => single(state()?.connections ?? null),
    },
  ];
}
