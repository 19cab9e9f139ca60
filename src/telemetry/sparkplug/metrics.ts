import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { SparkplugEdgeNode } from './edge-node.js';

/** The metrics of an edge node. @param node null where there is none */
export function sparkplugMetrics(node: () => SparkplugEdgeNode | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'sparkplug_born',
      unit: '',
      labels: [],
      step: 1,
      mqtt: false,
      help: '1 while Sparkplug hosts know this device as born, 0 while it waits for the broker or the primary host.',
      read: () => single(isBorn(node())),
    },
    {
      type: 'counter',
      name: 'sparkplug_sent',
      unit: 'messages',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Sparkplug messages that the socket took.',
      read: () => single(node()?.sent ?? null),
    },
  ];
}

const isBorn = (node: SparkplugEdgeNode | null): number | null => (node === null ? null : Number(node.isBorn));
