import type { InfoMetric, MetricRow } from '../../foundation/metric-row.js';
import type { Machine } from './machine.js';
import { clockRows } from './metrics/clock-rows.js';
import { diskRows } from './metrics/disk-rows.js';
import { memoryRows } from './metrics/memory-rows.js';
import { networkRows } from './metrics/network-rows.js';
import { processorRows } from './metrics/processor-rows.js';
import { sensorRows } from './metrics/sensor-rows.js';
import type { MachineIdentity } from './system-information.js';

/**
 * The rows of the machine that the program runs on. What MQTT carries is the short list that an operator looks at; the rest
 * has `mqtt: false`, since each core and each interface would be a name more in every birth message.
 */
export function machineMetrics(machine: Machine): readonly MetricRow[] {
  return [
    ...processorRows(machine),
    ...memoryRows(machine),
    ...diskRows(machine),
    ...networkRows(machine),
    ...sensorRows(machine),
    ...clockRows(machine),
  ];
}

/** What the machine is; no reading until it was asked. */
export function identityRow(identity: () => MachineIdentity | null): InfoMetric {
  return {
    type: 'info',
    name: 'machine_info',
    unit: '',
    labels: ['model', 'cpu', 'os', 'kernel', 'virtual'],
    help: 'What the machine is: maker and model, processor, system, kernel, and what it is virtual in; asked once.',
    *read() {
      const told = identity();
      if (told !== null) yield [[told.model, told.cpu, told.os, told.kernel, told.virtual], 1];
    },
  };
}
