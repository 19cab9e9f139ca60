import { type MetricRow, single } from '../../foundation/metric-row.js';
import { DURABLE_KINDS } from './outbox.js';
import type { OutboxHealth } from './outbox-health.js';

/** The metrics of what waits on disk. @param health null where nothing does */
export function outboxMetrics(health: () => OutboxHealth | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'outbox_bytes',
      unit: 'bytes',
      labels: [],
      step: 4096,
      mqtt: false,
      help: 'What the file of the outbox takes on the disk, without its log.',
      read: () => single(health()?.fileBytes ?? null),
    },
    {
      type: 'gauge',
      name: 'outbox_messages',
      unit: 'messages',
      labels: ['kind'],
      step: 1,
      mqtt: false,
      help: `Messages that wait for the broker or its acknowledgement, by kind: ${DURABLE_KINDS.join(', ')}.`,
      *read() {
        const messages = health()?.messages;
        for (const kind of DURABLE_KINDS) yield [[kind], messages?.[kind] ?? null];
      },
    },
    {
      type: 'counter',
      name: 'outbox_dropped',
      unit: 'messages',
      labels: ['kind'],
      step: 1,
      mqtt: false,
      help: 'Messages that had to arrive and were given up, by kind; mqtt_dropped tells why, report/delivery which.',
      *read() {
        const dropped = health()?.dropped;
        for (const kind of DURABLE_KINDS) yield [[kind], dropped?.[kind] ?? null];
      },
    },
    {
      type: 'gauge',
      name: 'outbox_oldest',
      unit: 's',
      labels: [],
      step: 10,
      help: 'How long the oldest message has been waiting for the broker, of the time that the program ran; no reading where none waits.',
      read: () => {
        const ms = health()?.oldestMs ?? null;
        return single(ms === null ? null : ms / 1000);
      },
    },
    {
      type: 'gauge',
      name: 'outbox_degraded',
      unit: '',
      labels: [],
      step: 1,
      help: '1 while what must arrive cannot be stored, else 0.',
      read: () => {
        const state = health()?.state ?? null;
        return single(state === null ? null : Number(state === 'degraded'));
      },
    },
  ];
}
