import { type MetricRow, type NumberMetric, type Reading, single } from '../../../foundation/metric-row.js';
import type { Machine } from '../machine.js';
import type { InterfaceTraffic } from '../network-reader.js';

/** What goes over the interfaces that packets leave the device by. */
export function networkRows({ network }: Machine): readonly MetricRow[] {
  function* traffic(value: (traffic: InterfaceTraffic) => number | null): Iterable<Reading<number>> {
    for (const [name, passed] of network.traffic) yield [[name], value(passed)];
  }
  return [
    {
      type: 'counter',
      name: 'machine_network_errors',
      unit: 'packets',
      labels: [],
      step: 1,
      help: 'Broken packets on all real interfaces together, received or to be sent, since the program started: a bad cable or plug.',
      read: () => single(network.errors),
    },
    counter('received', 'bytes', 'Bytes received by a real interface since the program started.', () =>
      traffic(({ receivedBytes }) => receivedBytes),
    ),
    counter('sent', 'bytes', 'Bytes sent by a real interface since the program started.', () =>
      traffic(({ sentBytes }) => sentBytes),
    ),
    counter('errors', 'packets', 'Broken packets, received or to be sent, since the program started.', () =>
      traffic(({ errors }) => errors),
    ),
    counter('drops', 'packets', 'Packets thrown away, for want of room or unknown protocols, since it started.', () =>
      traffic(({ drops }) => drops),
    ),
    {
      type: 'gauge',
      name: 'machine_interface_speed',
      unit: 'Mbit/s',
      labels: ['interface'],
      step: 1,
      mqtt: false,
      help: 'What the link of an interface can carry; no reading without a link, or over Wi-Fi.',
      *read() {
        for (const [name, speed] of network.speeds) yield [[name], speed];
      },
    },
  ];
}

const counter = (what: string, unit: string, help: string, read: NumberMetric['read']): NumberMetric => ({
  type: 'counter',
  name: `machine_interface_${what}`,
  unit,
  labels: ['interface'],
  step: 1,
  mqtt: false,
  help,
  read,
});
