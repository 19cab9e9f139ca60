import { type MetricRow, single } from '../../foundation/metric-row.js';
import { daysLeft } from './certificate-validity.js';
import { PUBLISH_DROP_CAUSES } from './publish-drops.js';
import type { PublisherState } from './publisher.js';

/** What the metrics tell of a publisher. */
export type PublisherReading = Pick<
  PublisherState,
  | 'phase'
  | 'queued'
  | 'inFlight'
  | 'sent'
  | 'wireBytes'
  | 'connections'
  | 'dropped'
  | 'birthOmitted'
  | 'takenOver'
  | 'certificates'
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
      type: 'counter',
      name: 'mqtt_wire_bytes',
      unit: 'bytes',
      labels: [],
      step: 1000,
      help: 'Bytes to and from the broker since the start, with what the protocol adds.',
      read: () => single(state()?.wireBytes ?? null),
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
    {
      type: 'gauge',
      name: 'mqtt_birth_complete',
      unit: '',
      labels: [],
      step: 1,
      help: '1 where the broker has the whole birth message, 0 where it took a shorter one or none; no reading without a connection.',
      read: () => {
        const now = state();
        return single(now?.phase === 'connected' ? Number(now.birthOmitted?.length === 0) : null);
      },
    },
    {
      type: 'counter',
      name: 'mqtt_taken_over',
      unit: '',
      labels: [],
      step: 1,
      help: 'Connections that the broker gave to another client with the same client id (MQTT 5).',
      read: () => single(state()?.takenOver ?? null),
    },
    {
      type: 'gauge',
      name: 'mqtt_certificate_days',
      unit: 'days',
      labels: ['whose'],
      step: 1,
      help: 'Days until the certificate of the broker (or of an authority above it), and that of this device, expires; no reading without TLS.',
      series: () => [['broker'], ['device']],
      *read() {
        const certificates = state()?.certificates;
        for (const [whose, validity] of [
          ['broker', certificates?.broker],
          ['device', certificates?.own],
        ] as const) {
          yield [[whose], validity ? daysLeft(validity, Date.now()) : null];
        }
      },
    },
  ];
}

/** The metrics of what single events cost. */
export function eventChoiceMetrics(
  cameras: () => Iterable<{ readonly camera: string; readonly leftOut: number }>,
): readonly MetricRow[] {
  return [
    {
      type: 'counter',
      name: 'events_left_out',
      unit: 'events',
      labels: ['camera'],
      step: 1,
      help: 'Events that were not published because the bytes of the day were used up (publish.dailyBytes); traffic counts them all the same.',
      *read() {
        for (const { camera, leftOut } of cameras()) yield [[camera], leftOut];
      },
    },
  ];
}
